import { isUtf8 } from "node:buffer";

/** What a subscriber asked the roster socket for. */
export type Subscription =
  | { readonly kind: "subscribed"; readonly topic: string }
  | { readonly kind: "unsubscribed"; readonly topic: string };

/** Longer than any topic of ours, so nothing is published under a longer one. */
const TOPIC_BYTES_MAX = 1024;
/** Bytes of all topics together, for each of those that may be subscribed: most are short names. */
const TOPIC_BYTES_EACH = 2;
/** However few topics there may be, so many bytes of them: thousands of requests of snapshots. */
const TOPIC_BYTES_LEAST = 131_072;
/** For each client that is known otherwise: a request of a snapshot. */
const CLIENT_BYTES = 64;
const UNSUBSCRIBE = 0;
const SUBSCRIBE = 1;

/**
 * Reads one frame of an XPUB: a byte that says which, and the topic. Undefined for frames that any
 * client may send and that are no subscription to one of our topics. What is ignored here is
 * ignored both when it comes and when it is taken back, so counts stay right.
 */
export function readSubscription(frame: Uint8Array): Subscription | undefined {
  const bytes = frame.subarray(1);
  if (bytes.length > TOPIC_BYTES_MAX || !isUtf8(bytes)) return undefined;
  const topic = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  switch (frame[0]) {
    case SUBSCRIBE:
      return { kind: "subscribed", topic };
    case UNSUBSCRIBE:
      return { kind: "unsubscribed", topic };
    default:
      return undefined;
  }
}

/** What is subscribed at present: each topic, and how often. */
export class Subscriptions {
  readonly #counts = new Map<string, number>();
  readonly #topicsMax: number;
  #bytes = 0;

  readonly #clients: () => number;

  /** `clients` tells how many are known otherwise. */
  constructor(topicsMax: number, clients: () => number = () => 0) {
    this.#topicsMax = topicsMax;
    this.#clients = clients;
  }

  /** True where more is subscribed than this process should keep. */
  get isOverfull(): boolean {
    if (this.#counts.size > this.#topicsMax) return true;
    const bytesMax = Math.max(TOPIC_BYTES_LEAST, this.#topicsMax * TOPIC_BYTES_EACH);
    return this.#bytes > bytesMax && this.#bytes > bytesMax + this.#clients() * CLIENT_BYTES;
  }

  note({ kind, topic }: Subscription): void {
    const before = this.#counts.get(topic) ?? 0;
    const count = before + (kind === "subscribed" ? 1 : -1);
    if (count > 0) this.#counts.set(topic, count);
    else this.#counts.delete(topic);
    if (before <= 0 && count > 0) this.#bytes += topic.length;
    else if (before > 0 && count <= 0) this.#bytes -= topic.length;
  }

  clear(): void {
    this.#counts.clear();
    this.#bytes = 0;
  }
}
