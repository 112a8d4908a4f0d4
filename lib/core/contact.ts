import type { Follower } from "./follower.ts";
import type { Connection } from "./io.ts";
import type { Link } from "./link.ts";
import type { Respondent } from "./respondent.ts";

/** One registrar of a client: the survey connection, what we want of it, and its roster. */
export interface Contact {
  readonly source: number;
  /** Null for a watcher that knows a roster endpoint alone. */
  readonly link: Link | null;
  readonly respondent: Respondent;
  readonly follower: Follower;
}

/** How a client stands: live with one registrar is live. */
export function judge(contacts: readonly Contact[], wasLive: boolean, nowMs: number): Connection {
  if (contacts.some(isLive)) return { kind: "live" };
  const codes = contacts.map(({ link }) =>
    link?.state.kind === "refused" ? link.state.code : undefined,
  );
  const [code] = codes;
  if (code !== undefined && codes.every((other) => other !== undefined)) {
    return { kind: "refused", code };
  }
  return wasLive ? { kind: "stale", sinceMs: nowMs } : { kind: "connecting" };
}

/** When any part of any contact wants to be woken. */
export function nextMs(contacts: readonly Contact[]): number {
  let next = Infinity;
  for (const { link, respondent, follower } of contacts) {
    next = Math.min(next, link?.nextMs() ?? Infinity, respondent.nextMs(), follower.nextMs());
  }
  return next;
}

function isLive({ link, respondent, follower }: Contact): boolean {
  return link === null ? follower.authority !== "stale" : respondent.isAccepted;
}
