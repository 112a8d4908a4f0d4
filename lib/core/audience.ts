import { ALL } from "./topics.ts";

/** CPU of one publication for each subscriber, with room: 10 µs were measured. */
const WATCHER_MS = 0.02;

/** How many subscribe to what; those of all services count for each. */
export class Audience {
  readonly #counts = new Map<string, number>();
  /** Unnamed subscribers that we shook off ourselves, and until when they may come back. */
  #lost: ReadonlyMap<string, number> = new Map();
  #lostUntilMs = -Infinity;
  readonly #countedMax: number;

  /**
   * One connection can subscribe without end and is taken back once, so no more than `countedMax` are
   * believed to be there when it comes to what a publication costs.
   */
  constructor(countedMax = Infinity) {
    this.#countedMax = countedMax;
  }

  /** Subscribers of one service, those of all services included. */
  of(service: string): number {
    return (this.#counts.get(service) ?? 0) + (this.#counts.get(ALL) ?? 0);
  }

  /** CPU of one publication, nearly. */
  costMs(service: string): number {
    return Math.min(this.of(service), this.#countedMax) * WATCHER_MS;
  }

  add(service: string, count = 1): void {
    this.#counts.set(service, (this.#counts.get(service) ?? 0) + count);
  }

  /** One subscriber less; of a name that has none, nothing. */
  remove(service: string): void {
    const left = (this.#counts.get(service) ?? 0) - 1;
    if (left > 0) this.#counts.set(service, left);
    else this.#counts.delete(service);
  }

  /**
   * Nobody subscribes to anything, but whoever did may hold its lists and come back. `namedOf` tells how
   * many of those who subscribed to a name are known otherwise.
   */
  clear(
    namedOf: (name: string) => number,
    at: { readonly nowMs: number; readonly returnMs: number },
  ): void {
    const before = at.nowMs < this.#lostUntilMs ? this.#lost : new Map<string, number>();
    const lost = new Map(before);
    for (const [name, count] of this.#counts) {
      const unnamed = count - namedOf(name);
      if (unnamed > (before.get(name) ?? 0)) lost.set(name, unnamed);
    }
    this.#lost = lost;
    this.#lostUntilMs = at.nowMs + at.returnMs;
    this.#counts.clear();
  }

  /** Unnamed subscribers of a service that were shaken off, and may still come back. */
  lostOf(service: string, nowMs: number): number {
    if (nowMs >= this.#lostUntilMs) return 0;
    return (this.#lost.get(service) ?? 0) + (this.#lost.get(ALL) ?? 0);
  }
}

/**
 * Which topics are counted, and how often each is subscribed. Beyond `topicsMax` a new topic is
 * ignored, but remembered: when one of its subscribers goes, it is not taken for another's, and once
 * there is room all of them count.
 */
export class TopicBook {
  readonly #topicsMax: number;
  readonly #counted = new Map<string, number>();
  readonly #ignored = new Map<string, number>();

  /** As many topics as are counted are remembered as ignored; the transport lets no more come. */
  constructor(topicsMax: number) {
    this.#topicsMax = topicsMax;
  }

  /** One subscriber more. Returns how many more of this topic count now: 0 while it is ignored. */
  subscribed(topic: string): number {
    const counted = this.#counted.get(topic) ?? 0;
    const ignored = this.#ignored.get(topic) ?? 0;
    if (counted === 0 && this.#counted.size >= this.#topicsMax) {
      if (ignored > 0 || this.#ignored.size < this.#topicsMax)
        this.#ignored.set(topic, ignored + 1);
      return 0;
    }
    this.#ignored.delete(topic);
    this.#counted.set(topic, counted + ignored + 1);
    return ignored + 1;
  }

  /** One subscriber less. True where it was one of those that count. */
  unsubscribed(topic: string): boolean {
    if (decrease(this.#counted, topic)) return true;
    decrease(this.#ignored, topic);
    return false;
  }

  clear(): void {
    this.#counted.clear();
    this.#ignored.clear();
  }
}

/** False where there is nothing to take from. */
function decrease(counts: Map<string, number>, topic: string): boolean {
  const count = counts.get(topic) ?? 0;
  if (count > 1) counts.set(topic, count - 1);
  else counts.delete(topic);
  return count > 0;
}
