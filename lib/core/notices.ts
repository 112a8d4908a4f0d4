import type { Authority, RosterMessage } from "./messages.ts";
import type { Roster } from "./roster.ts";
import { deltaTopic, PULSE_TOPIC } from "./topics.ts";

/** A message and where it goes. */
export interface Publication {
  readonly topic: string;
  readonly message: RosterMessage;
}

/** Somebody who waits for a change of theirs to be published. */
export interface Waiting {
  readonly route: string;
  /** The edition that is waited for, or null for a goodbye. */
  readonly edition: number | null;
  /** The peer that it is about. */
  readonly id: string;
  /** How long proof is waited for after that; 0 wants none. */
  readonly proofMs: number;
  /** A run before ours had listed it, so that consumers may hold it of whom we know nothing. */
  readonly isReturning: boolean;
}

/** A wait that ended: everything that was known at the time is in this revision. */
export interface Settled extends Waiting {
  readonly service: string;
  readonly revision: number;
}

/** One open service: its list, and when it was spoken of. */
export interface Line {
  readonly roster: Roster;
  /** The last revision went out. */
  publishedMs: number;
  /** Anything was said. */
  saidMs: number;
  emptySinceMs: number;
  waiting: Waiting[];
}

/** One of which nothing was said yet. */
export function lineOf(roster: Roster): Line {
  return {
    roster,
    publishedMs: -Infinity,
    saidMs: -Infinity,
    emptySinceMs: Infinity,
    waiting: [],
  };
}

/** What is due to be said, in order, and the waits that end with it. */
export interface PublisherDue {
  readonly publications: readonly Publication[];
  readonly settled: readonly Settled[];
}

/** Who speaks, and how far it trusts its lists. */
export interface Speaker {
  readonly epoch: string;
  readonly authority: Authority;
}

/** The revision at which a service stands, for those who follow it. */
export function announcementOf(
  { epoch, authority }: Speaker,
  at: { readonly service: string; readonly revision: number; readonly fence: boolean },
): Publication {
  return { topic: deltaTopic(at.service), message: { kind: "announce", ...at, epoch, authority } };
}

/** The sign of life, for all who listen. */
export function pulseOf({ epoch, authority }: Speaker, intervalMs: number): Publication {
  return { topic: PULSE_TOPIC, message: { kind: "pulse", intervalMs, epoch, authority } };
}

/** True for a revision that consumers are to acknowledge. */
export function isFenced({ message }: Publication): boolean {
  return message.kind === "delta" && message.fence;
}
