import type { ErrorCode } from "./errors.ts";
import type { Card, Entry, LeftCause, Tombstone } from "./peer.ts";
import type { Explain, Explanation, Export, Exported } from "./record-messages.ts";

export type { Explain, Explanation, Export, Exported } from "./record-messages.ts";

/** The protocol versions this code speaks. */
export const VERSION_MIN = 1;
export const VERSION_MAX = 1;

/** A version that this code speaks. */
export function speaks(version: number): boolean {
  return version >= VERSION_MIN && version <= VERSION_MAX;
}

/** In a JOIN that goes ahead of the WELCOME: whatever run of the registrar reads it. */
export const ANY_EPOCH = "0".repeat(32);

/**
 * How far a source can be trusted: `live` judges, `learning` is new or was stalled and removes
 * nobody, `held` refuses a mass loss, `stale` is not heard from.
 */
export type Authority = "live" | "learning" | "held" | "stale";

/** The timing a registrar tells its clients, in milliseconds. */
export interface Timing {
  readonly surveyIntervalMs: number;
  readonly answerWindowMs: number;
  readonly announceIntervalMs: number;
  readonly reconnectMaxMs: number;
  readonly rejoinJitterMs: number;
}

/** First on every connection, sent by the transport itself: who this registrar is. */
export interface Welcome {
  readonly kind: "welcome";
  readonly versionMin: number;
  readonly versionMax: number;
  /** One registrar run: 128 random bits in hexadecimal, compared for equality only. */
  readonly epoch: string;
  /** 16 random bytes in hexadecimal for key proofs. */
  readonly nonce: string;
  /** Where the roster is published; a wildcard host means the host that was dialled. */
  readonly roster: string;
  readonly timing: Timing;
}

/** The question: are you there? */
export interface Survey {
  readonly kind: "survey";
  readonly round: number;
}

/** The membership or the watch is accepted on this connection. */
export interface Accepted {
  readonly kind: "accepted";
  /** The edition accepted; 0 for a watcher. */
  readonly edition: number;
  /**
   * To a WATCH: the consumer's number among those who follow the same services; null where there
   * are too many to number, and to a JOIN.
   */
  readonly ordinal: number | null;
}

/** An edition is published: every watcher of the service was sent it in this revision. */
export interface Recorded {
  readonly kind: "recorded";
  readonly edition: number;
  readonly revision: number;
}

/** The goodbye is published. */
export interface Left {
  readonly kind: "left";
  readonly revision: number;
  /** Named consumers that were watching. */
  readonly named: number;
  /** Other subscribers. */
  readonly anonymous: number;
}

/**
 * Which named consumers have dropped a peer that left or drains: all of them, or those who had when
 * the time was up. Long lists come in several messages.
 */
export interface Proof {
  readonly kind: "proof";
  /** The edition that drains; null for a goodbye. */
  readonly edition: number | null;
  /** Instances whose merged lists have emitted without the peer. */
  readonly acknowledged: readonly string[];
  /** Instances that did not say so. */
  readonly missing: readonly string[];
  /** Other subscribers, who cannot say so. */
  readonly anonymous: number;
  /** Another message of this proof follows. */
  readonly more: boolean;
}

/** No, and why. */
export interface Refused {
  readonly kind: "refused";
  readonly code: ErrorCode;
  readonly text: string;
}

/** We do not know this connection: join or watch again. */
export interface Rejoin {
  readonly kind: "rejoin";
}

export type FromRegistrar =
  | Welcome
  | Survey
  | Accepted
  | Recorded
  | Left
  | Proof
  | Refused
  | Rejoin
  | Explanation
  | Exported;

/** "List me." Repeated on every connection; same id and instance is a reconnect. */
export interface Join {
  readonly kind: "join";
  readonly version: number;
  readonly epoch: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly edition: number;
  readonly card: Card;
  /** The epoch this member was listed in before, or null. */
  readonly previous: string | null;
  /** Proof that the sender holds a listed key, or null. */
  readonly proof: Uint8Array | null;
  /** Counts what one instance asks for; what has a smaller number than the last is left over. */
  readonly sequence: number;
  /** What `instance` is the fingerprint of: nobody else can show it. 32 hexadecimal digits. */
  readonly secret: string;
  /** Set by the reader: bytes of the frame, the measure of what listing it costs. */
  readonly bytes: number;
}

/** "I consume these services": makes a watcher a named consumer. An empty list ends it. */
export interface Watch {
  readonly kind: "watch";
  readonly version: number;
  readonly epoch: string;
  readonly instance: string;
  readonly services: readonly string[];
  /** The number it had before, which it gets again where it is free; null without one. */
  readonly ordinal: number | null;
  readonly proof: Uint8Array | null;
  /** As in JOIN; both are counted together. */
  readonly sequence: number;
  /** As in JOIN. */
  readonly secret: string;
}

/** The reply to a survey. */
export interface Answer {
  readonly kind: "answer";
  readonly epoch: string;
  readonly round: number;
  /** How long the sender's event loop was blocked since its last answer, in milliseconds. */
  readonly stalledMs: number;
}

/** A new edition of the card. */
export interface Update {
  readonly kind: "update";
  readonly epoch: string;
  readonly edition: number;
  readonly card: Card;
  /** How long a PROOF is waited for, in milliseconds; 0 asks for none. */
  readonly proofMs: number;
  readonly bytes: number;
}

/** Goodbye of a member or a named consumer. */
export interface Leave {
  readonly kind: "leave";
  readonly epoch: string;
  /** How long a PROOF is waited for, in milliseconds; 0 asks for none. */
  readonly proofMs: number;
}

/** A named consumer cannot reach a peer, or can again. */
export interface Report {
  readonly kind: "report";
  readonly epoch: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly isUnreachable: boolean;
}

/** A named consumer's merged list has emitted this revision (fences of `leave`). */
export interface Acknowledge {
  readonly kind: "acknowledge";
  readonly epoch: string;
  readonly service: string;
  readonly revision: number;
}

export type ToRegistrar =
  | Join
  | Watch
  | Answer
  | Update
  | Leave
  | Acknowledge
  | Report
  | Explain
  | Export;

/** One change within a revision. */
export type RosterChange =
  | { readonly kind: "put"; readonly entry: Entry; readonly returned: boolean }
  | {
      readonly kind: "standing";
      readonly id: string;
      readonly instance: string;
      readonly standing: "alive" | "suspect";
      readonly cause: LeftCause | null;
    }
  | {
      readonly kind: "gone";
      readonly id: string;
      readonly instance: string;
      readonly cause: LeftCause;
    };

/** One revision of one service: what changed since the revision before it. */
export interface Delta {
  readonly kind: "delta";
  readonly service: string;
  readonly epoch: string;
  readonly revision: number;
  readonly authority: Authority;
  /** Named consumers acknowledge this revision once their lists show it: somebody waits for proof. */
  readonly fence: boolean;
  readonly changes: readonly RosterChange[];
}

/** Nothing changed: the revision that stands, repeated while a topic is idle. */
export interface Announce {
  readonly kind: "announce";
  readonly service: string;
  readonly epoch: string;
  readonly revision: number;
  readonly authority: Authority;
  /** As in a delta, for those who missed that. */
  readonly fence: boolean;
}

/** The registrar's sign of life to all subscribers. */
export interface Pulse {
  readonly kind: "pulse";
  readonly epoch: string;
  readonly authority: Authority;
  readonly intervalMs: number;
}

/** The whole list of one service in one revision. */
export interface ServiceSnapshot {
  readonly service: string;
  readonly revision: number;
  readonly entries: readonly Entry[];
  readonly tombstones: readonly Tombstone[];
}

/** The answer to a private subscription: one service, or all of them. */
export interface Snapshot {
  readonly kind: "snapshot";
  readonly epoch: string;
  readonly authority: Authority;
  /** True where `services` is every service there is. */
  readonly all: boolean;
  readonly services: readonly ServiceSnapshot[];
}

export type RosterMessage = Delta | Announce | Pulse | Snapshot;
