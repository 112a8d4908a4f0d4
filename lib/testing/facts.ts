import type { LeaveProof } from "../client/farewell.ts";
import type { Change } from "../core/changes.ts";
import type { Connection } from "../core/io.ts";
import type { Listing, Source } from "../core/listing.ts";
import type { Authority } from "../core/messages.ts";
import type { Card, Entry, Peer } from "../core/peer.ts";
import type { Bounds } from "./bounds.ts";
import type { Delivery } from "./client-node.ts";
import type { Trouble } from "./trouble.ts";

/** How one run of a member came to its end. */
export type Ending = "left" | "crashed" | "refused";

/** What is true between one run of a member and one registrar. */
export interface MemberLine {
  /** When this registrar accepted it first; null before. */
  readonly acceptedMs: number | null;
  /** It refused for good: the id is somebody else's there. */
  readonly isRefused: boolean;
  /** It could not answer: stopped, blocked, or cut off in one direction or both. */
  readonly silence: Trouble;
  /** Its connection broke through no fault of the registrar, and it is not accepted again. */
  readonly unsettled: Trouble;
  /** When a connection of it closed first, at either end; Infinity before. */
  readonly closedMs: number;
  /** When the registrar was first left alone with a connection whose other end was gone; or Infinity. */
  readonly desertedMs: number;
  /** Since when it is accepted on its present connection; Infinity while it is not. */
  readonly settledMs: number;
}

/** What is true of one run of one member, whatever anybody believes. */
export interface PeerFacts {
  readonly node: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly bornMs: number;
  readonly ending: Ending | null;
  /** When it ended; Infinity while it has not. */
  readonly endedMs: number;
  /** It said goodbye, which is lost if it crashes right after. */
  readonly saidGoodbye: boolean;
  readonly card: Card;
  /** When the card was changed last. */
  readonly updatedMs: number;
  /** Its card says draining or critical. */
  readonly unusable: Trouble;
  /** Two consumers or more say that they cannot reach it. */
  readonly doubted: Trouble;
  /** Instances of consumers who acknowledged that it left, or that it drains as its card says. */
  readonly provenTo: readonly string[];
  /** All runs that claim its id, itself included, oldest first. */
  readonly namesakes: readonly PeerFacts[];
  /** Its registrars by name. */
  readonly lines: ReadonlyMap<string, MemberLine>;
}

/** What a consumer saw happen to its list. */
export interface SeenChange {
  readonly atMs: number;
  /** When the registrar sent what made the difference. */
  readonly sentMs: number;
  readonly change: Change;
}

/** What is true between one run of a consumer and one registrar. */
export interface ConsumerLine {
  /** The registrar's place in the consumer's list. */
  readonly source: number;
  /** It, its connection or the way to it does not work as it should. */
  readonly trouble: Trouble;
  /** When it had a list of this registrar first; null before. */
  readonly readyMs: number | null;
  /** This registrar refused it for good, so that it is anonymous there. */
  readonly isRefused: boolean;
  /** Since when it is accepted on its present connection; Infinity while it is not. */
  readonly settledMs: number;
  /**
   * Since when it holds the latest revision of all it follows over a whole connection, with nothing
   * under way that it could miss; Infinity while it does not.
   */
  readonly caughtUpMs: number;
}

/** One run of one consumer, what disturbs it, and what it believes. */
export interface ConsumerFacts {
  readonly node: string;
  readonly instance: string;
  readonly services: readonly string[];
  readonly bornMs: number;
  /** False for a subscriber that registrars know by its socket alone. */
  readonly isNamed: boolean;
  /** It said goodbye, crashed or was refused. */
  readonly isOver: boolean;
  /** When it had a list first; null before. */
  readonly readyMs: number | null;
  /** Its registrars by name, in the order of its list. */
  readonly lines: ReadonlyMap<string, ConsumerLine>;
  readonly usable: readonly Peer[];
  /** True for a run of a member that is in `usable`. */
  lists(peer: Pick<PeerFacts, "instance">): boolean;
  readonly authority: Authority;
  readonly connection: Connection;
  readonly sources: readonly Source[];
  /** Everything it saw, as far as it is remembered. */
  readonly changes: readonly SeenChange[];
}

/** What is true of one registrar, over all its runs. */
export interface RegistrarFacts {
  readonly name: string;
  /** Down, stopped or blocked. */
  readonly trouble: Trouble;
  /** No process listens. */
  readonly down: Trouble;
  /** Down, or up and not judging because it had been down or stood still, or holds removals. */
  readonly learning: Trouble;
  /** Starts, the first included. */
  readonly starts: number;
  /** Since when it judges those who were listed before; Infinity while it does not. */
  readonly liveMs: number;
  /** Since when it says that it is live, so that consumers hear it; Infinity while it does not. */
  readonly trustedMs: number;
  /** When the present learning began, or began anew; null while it does not learn. */
  readonly learningMs: number | null;
  /** When it began to hold removals; null while it does not. */
  readonly heldMs: number | null;
  readonly epoch: string;
  readonly members: number;
  readonly consumers: number;
}

/** What happened in one step. */
export type Happening =
  | {
      readonly kind: "changes";
      readonly consumer: ConsumerFacts;
      readonly seen: readonly SeenChange[];
      readonly isFirst: boolean;
      /** Where the consumer stood with each registrar before and after. */
      readonly before: readonly Source[];
      readonly after: readonly Source[];
    }
  | { readonly kind: "listed"; readonly consumer: ConsumerFacts; readonly listing: Listing }
  | { readonly kind: "delivered"; readonly consumer: ConsumerFacts; readonly delivery: Delivery }
  | {
      readonly kind: "proven";
      readonly peer: PeerFacts;
      readonly proof: LeaveProof;
      /** When it said goodbye or began to drain. */
      readonly sinceMs: number;
    }
  | { readonly kind: "broken"; readonly node: string; readonly what: string };

/** Everything an invariant may look at. */
export interface Facts {
  readonly nowMs: number;
  readonly bounds: Bounds;
  /** By name. */
  readonly registrars: ReadonlyMap<string, RegistrarFacts>;
  /** Present and past, oldest first. */
  readonly peers: readonly PeerFacts[];
  /** Present ones. */
  readonly consumers: readonly ConsumerFacts[];
  readonly happenings: readonly Happening[];
  /** A service as the registrar published it in this revision; undefined where it never did. */
  readonly published: (
    epoch: string,
    service: string,
    revision: number,
  ) => ReadonlyMap<string, Entry> | undefined;
}
