import type { Card } from "../core/peer.ts";
import type { ConsumerBook, PeerBook } from "./books.ts";
import type { ClientNode } from "./client-node.ts";

/** What a client node is. */
export interface ClientSpec {
  /** The service it is a peer of; left out, it is a watcher. */
  readonly service?: string;
  /** Default: the name of the node. */
  readonly id?: string;
  /** Services it consumes; `["*"]` is all. Default its own service, and all for a watcher. */
  readonly services?: readonly string[];
  /** A watcher that knows the roster endpoint alone. */
  readonly anonymous?: boolean;
  /** False for a member that never looks at the list. Default true. */
  readonly follows?: boolean;
  readonly card?: Partial<Card>;
}

/** One client process that runs, and its books. */
export interface Resident {
  readonly name: string;
  readonly spec: ClientSpec;
  readonly node: ClientNode;
  /** Null for a watcher. */
  readonly peer: PeerBook | null;
  /** Null for a member that never looks. */
  readonly consumer: ConsumerBook | null;
}
