import type { Collector, LeaveProof } from "../client/farewell.ts";
import type { Card } from "../core/peer.ts";
import type { ClientNode } from "./client-node.ts";
import type { ConsumerBook } from "./consumer-book.ts";
import type { PeerBook } from "./peer-book.ts";

/** What a client node is. */
export interface ClientSpec {
  /** The service it is a peer of; left out, it is a watcher. */
  readonly service?: string;
  /** Default: the name of the node. */
  readonly id?: string;
  /** Services it consumes; `["*"]` is all. Default its own service, and all for a watcher. */
  readonly services?: readonly string[];
  /** Registrars that it joins or watches, by name. Default all there are. */
  readonly registrars?: readonly string[];
  /** A watcher that knows the roster endpoints alone. */
  readonly anonymous?: boolean;
  /** False for a member that never looks at the list. Default true. */
  readonly follows?: boolean;
  readonly card?: Partial<Card>;
}

/** A goodbye or a drain under way, as a member collects what its registrars say of it. */
export interface Farewelling {
  readonly collector: Collector;
  /** The edition that drains; null for a goodbye. */
  readonly edition: number | null;
  readonly sinceMs: number;
  /** What is known once all have spoken or the time is up. */
  proof: LeaveProof | null;
}

/** One client process that runs, and its books. */
export interface Resident {
  readonly name: string;
  readonly spec: ClientSpec;
  readonly node: ClientNode;
  /** Its registrars by their places. */
  readonly registrars: readonly string[];
  /** Null for a watcher. */
  readonly peer: PeerBook | null;
  /** Null for a member that never looks. */
  readonly consumer: ConsumerBook | null;
  farewell: Farewelling | null;
}
