import { isUtf8 } from "node:buffer";

/** What a subscriber asked the roster socket for. */
export type Subscription =
  | { readonly kind: "subscribed"; readonly topic: string }
  | { readonly kind: "unsubscribed"; readonly topic: string };

/** Longer than any topic of ours, so nothing is published under a longer one. */
const TOPIC_BYTES_MAX = 1024;
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

  note({ kind, topic }: Subscription): void {
    const count = (this.#counts.get(topic) ?? 0) + (kind === "subscribed" ? 1 : -1);
    if (count > 0) this.#counts.set(topic, count);
    else this.#counts.delete(topic);
  }

  /** All of them, a topic as often as it was subscribed; none are left. */
  drain(): readonly string[] {
    const topics = [...this.#counts].flatMap(([topic, count]) =>
      Array.from({ length: count }, () => topic),
    );
    this.#counts.clear();
    return topics;
  }
}
