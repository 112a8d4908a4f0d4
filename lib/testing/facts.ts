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

/** What is true of one run of one member, whatever anybody believes. */
export interface PeerFacts {
  readonly node: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly bornMs: number;
  /** When a registrar accepted it first; null before. */
  readonly acceptedMs: number | null;
  readonly ending: Ending | null;
  /** When it ended; Infinity while it has not. */
  readonly endedMs: number;
  /** It said goodbye, which is lost if it crashes right after. */
  readonly saidGoodbye: boolean;
  readonly card: Card;
  /** When the card was changed last. */
  readonly updatedMs: number;
  /** It could not answer: stopped, blocked, or cut off in one direction or both. */
  readonly silence: Trouble;
  /** Its connection broke through no fault of the registrar, and it is not accepted again. */
  readonly unsettled: Trouble;
  /** Its card says draining or critical. */
  readonly unusable: Trouble;
  /** When a connection of it closed first, at either end; Infinity before. */
  readonly closedMs: number;
  /** When the registrar was first left alone with a connection whose other end was gone; or Infinity. */
  readonly desertedMs: number;
  /** Since when it is accepted on its present connection; Infinity while it is not. */
  readonly settledMs: number;
  /** Instances of consumers who are said to have acknowledged its goodbye. */
  readonly provenTo: readonly string[];
}

/** What a consumer saw happen to its list. */
export interface SeenChange {
  readonly atMs: number;
  /** When the registrar sent what made the difference. */
  readonly sentMs: number;
  readonly change: Change;
}

/** One run of one consumer, what disturbs it, and what it believes. */
export interface ConsumerFacts {
  readonly node: string;
  readonly instance: string;
  readonly services: readonly string[];
  readonly bornMs: number;
  /** False for a subscriber that the registrar knows by its socket alone. */
  readonly isNamed: boolean;
  /** It said goodbye, crashed or was refused. */
  readonly isOver: boolean;
  /** It, its connection or the way to it does not work as it should. */
  readonly trouble: Trouble;
  /** When it had a list first; null before. */
  readonly readyMs: number | null;
  /**
   * Since when it holds the latest revision of all it follows over a whole connection, with nothing
   * under way that it could miss; Infinity while it does not.
   */
  readonly caughtUpMs: number;
  readonly usable: readonly Peer[];
  /** True for a run of a member that is in `usable`. */
  lists(peer: Pick<PeerFacts, "instance">): boolean;
  readonly authority: Authority;
  readonly connection: Connection;
  readonly sources: readonly Source[];
  /** Everything it saw, as far as it is remembered. */
  readonly changes: readonly SeenChange[];
}

/** What is true of the registrar. */
export interface RegistrarFacts {
  /** Down, stopped or blocked. */
  readonly trouble: Trouble;
  /** No process listens. */
  readonly down: Trouble;
  /** Down, or up and learning because it had been down or stood still. */
  readonly learning: Trouble;
  /** Starts, the first included. */
  readonly starts: number;
  /** Since when it judges those who were listed before; Infinity while it does not. */
  readonly liveMs: number;
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
    }
  | { readonly kind: "listed"; readonly consumer: ConsumerFacts; readonly listing: Listing }
  | { readonly kind: "delivered"; readonly consumer: ConsumerFacts; readonly delivery: Delivery }
  | { readonly kind: "broken"; readonly node: string; readonly what: string };

/** Everything an invariant may look at. */
export interface Facts {
  readonly nowMs: number;
  readonly bounds: Bounds;
  readonly registrar: RegistrarFacts;
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
