import type { ErrorCode } from "./errors.ts";
import type { LeftCause, Status } from "./peer.ts";
import type { Sighting } from "./standing.ts";

/** One thing that happened to a peer, as the registrar saw it. Rounds are those of the registrar. */
export type PeerEvent =
  /** Listed, as a run that was not. `address` is `host:port` of its first endpoint, or empty. */
  | {
      readonly kind: "joined";
      readonly instance: string;
      readonly edition: number;
      readonly address: string;
      /** A run of the registrar before this one had listed it. */
      readonly isReturning: boolean;
    }
  /** The same run on another connection. */
  | {
      readonly kind: "reconnected";
      /** The connection before was still open as far as the registrar knew. */
      readonly wasOpen: boolean;
    }
  | { readonly kind: "updated"; readonly edition: number; readonly status: Status }
  /** A question had no answer in time; `missed` of them in a row. */
  | {
      readonly kind: "late";
      readonly round: number;
      readonly missed: number;
      /** It was asked again at once. */
      readonly isProbed: boolean;
    }
  /** An answer, after `missed` questions without one. */
  | {
      readonly kind: "answered";
      readonly round: number;
      readonly missed: number;
      /** How long its event loop stood still, as it says itself. */
      readonly stalledMs: number;
    }
  | { readonly kind: "suspect"; readonly cause: LeftCause }
  /** Out of suspicion. `restored` was judged before it was known how many are lost. */
  | { readonly kind: "alive"; readonly by: Sighting | "restored" }
  /** Evidence that is not judged, because the registrar is learning. */
  | { readonly kind: "spared"; readonly sighting: Sighting }
  /** Evidence that is not judged, because `lost` of `of` members are lost at one time. */
  | {
      readonly kind: "held";
      readonly sighting: Sighting;
      readonly lost: number;
      readonly of: number;
    }
  /** What was held is judged now. */
  | { readonly kind: "released" }
  | { readonly kind: "stalled"; readonly stalledMs: number }
  /** Somebody cannot reach it, or can again, or its report ended: so many reporters there are now. */
  | {
      readonly kind: "reported";
      readonly what: "unreachable" | "reachable" | "expired";
      readonly reporters: number;
      readonly needed: number;
    }
  /** Another process claims the id, so that this one is asked at once. */
  | { readonly kind: "challenged"; readonly by: string }
  | { readonly kind: "kept"; readonly against: string }
  /** A process that wanted to be listed under this id was refused. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly instance: string }
  /** Consumers are to acknowledge its goodbye, or with an edition that it drains. */
  | {
      readonly kind: "fenced";
      readonly edition: number | null;
      readonly atRevision: number;
      readonly named: number;
      readonly anonymous: number;
    }
  /** Who has acknowledged, and who has not: the first names of each, and how many there are. */
  | {
      readonly kind: "proved";
      readonly edition: number | null;
      readonly atRevision: number;
      readonly acknowledged: readonly string[];
      readonly acknowledgedCount: number;
      readonly missing: readonly string[];
      readonly missingCount: number;
      readonly anonymous: number;
    }
  | { readonly kind: "gone"; readonly cause: LeftCause };

/** One thing that happened to the registrar itself. */
export type RegistrarEvent =
  /** Its run began, and it learns. */
  | { readonly kind: "started" }
  /** Its event loop stood still, and it learns anew. */
  | { readonly kind: "stalled"; readonly lateMs: number }
  | { readonly kind: "learned" }
  /** Packets are lost, as `late` connections show that answered late, beside `of` members; or not any more. */
  | {
      readonly kind: "path";
      readonly isLossy: boolean;
      readonly late: number;
      readonly of: number;
    }
  /** Removals are held: `lost` of `of` members left questions unanswered, or lost their connections. */
  | {
      readonly kind: "holding";
      readonly by: "silence" | "closing";
      readonly lost: number;
      readonly of: number;
    }
  | {
      readonly kind: "released";
      /** So many are judged now: closed connections, and those that did not answer the last call. */
      readonly judged: number;
      /** The ceiling was reached; else enough are there again. */
      readonly isCeiling: boolean;
    };
