import type { ErrorCode } from "./errors.ts";
import { Follower } from "./follower.ts";
import type { ClientEffect, Connection } from "./io.ts";
import { Link } from "./link.ts";
import type { Welcome } from "./messages.ts";
import { TICK_MS } from "./options.ts";
import type { ClientTuning } from "./options.ts";
import { isSpoken, Respondent } from "./respondent.ts";
import type { Identity, Showing } from "./respondent.ts";
import type { Consumer } from "./view.ts";

/** Lateness of the clock that is passed on to every deadline. */
export const LATE_MS = 5 * TICK_MS;

/** What a client is. */
export interface ClientSetup {
  /** True for each registrar that is reached by its survey endpoint, false for a roster alone. */
  readonly sources: readonly boolean[];
  readonly instance: string;
  /** What `instance` is the fingerprint of. 32 hexadecimal digits. */
  readonly secret: string;
  /** Null for a watcher. */
  readonly identity: Identity | null;
  readonly showing: Showing | null;
  /** Services to follow; `["*"]` is all. */
  readonly services: readonly string[];
  readonly tuning: ClientTuning;
  /** Every JOIN needs the proof of a key, and hence a WELCOME before it. Default false. */
  readonly hasKeys?: boolean;
  /** In [0, 1). */
  readonly random: () => number;
}

/** One registrar of a client: the survey connection, what we want of it, and its roster. */
export interface Contact {
  readonly source: number;
  /** Null for a watcher that knows a roster endpoint alone. */
  readonly link: Link | null;
  readonly respondent: Respondent;
  readonly follower: Follower;
}

/** Why a client will not speak with a registrar. */
export interface Objection {
  readonly code: ErrorCode;
  readonly text: string;
}

/** What a client has against a registrar that greets it; undefined for nothing. */
export function objectionTo(
  welcome: Welcome,
  contact: Contact,
  all: readonly Contact[],
): Objection | undefined {
  if (!isSpoken(welcome)) {
    const text = `the registrar speaks ${welcome.versionMin} to ${welcome.versionMax}`;
    return { code: "ERR_VERSION", text };
  }
  // Two connections of one member would take its id from each other for ever.
  const other = all.find((c) => c !== contact && c.link?.welcome?.epoch === welcome.epoch);
  if (other === undefined) return undefined;
  const text = `registrar ${contact.source + 1} of the list is also number ${other.source + 1}`;
  return { code: "ERR_SAME_REGISTRAR", text };
}

/** One for each registrar; none is connected yet. */
export function contactsOf(
  { sources, services, tuning, random }: ClientSetup,
  emit: (effect: ClientEffect) => void,
): readonly Contact[] {
  let joins = 0;
  const nextSequence = (): number => (joins += 1);
  return sources.map((hasSurvey, source) => ({
    source,
    link: hasSurvey ? new Link(tuning, random) : null,
    respondent: new Respondent(tuning.helloTimeoutMs, nextSequence),
    follower: new Follower({ source, services, tuning, random, emit }),
  }));
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
