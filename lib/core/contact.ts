import type { Follower } from "./follower.ts";
import type { Connection } from "./io.ts";
import type { Link } from "./link.ts";
import { TICK_MS } from "./options.ts";
import type { Respondent } from "./respondent.ts";
import type { Consumer } from "./view.ts";

/** Lateness of the clock that is passed on to every deadline. */
export const LATE_MS = 5 * TICK_MS;

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

/** Registrars that may list us, by their places: those that can be told something, or cannot. */
export function mayList(contacts: readonly Contact[], isOpen: boolean): readonly number[] {
  return contacts
    .filter(({ respondent }) => respondent.mayBeListed && respondent.isOpen === isOpen)
    .map(({ source }) => source);
}

/** As registrars know us; the number is that of the first registrar that has given one. */
export function consumerOf(contacts: readonly Contact[]): Consumer {
  const named = contacts.filter(({ link }) => link !== null);
  if (named.length === 0) return { kind: "anonymous" };
  const ordinals = named.map(({ respondent }) => respondent.ordinal);
  return { kind: "named", ordinal: ordinals.find((ordinal) => ordinal !== null) ?? null };
}

/** Our event loop stood still: deadlines move, with some time to read what came in meanwhile. */
export function noticeStall(contacts: readonly Contact[], lateMs: number): void {
  for (const { link, follower, respondent } of contacts) {
    link?.postpone(lateMs + LATE_MS);
    follower.postpone(lateMs + LATE_MS);
    respondent.stalled(lateMs);
  }
}

function isLive({ link, respondent, follower }: Contact): boolean {
  return link === null ? follower.authority !== "stale" : respondent.isAccepted;
}
