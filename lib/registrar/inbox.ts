import { LIMITS } from "../core/limits.ts";
import { attempt } from "../transport/guard.ts";

/** What those who wait in one lane may cost in one turn of the event loop. */
const TURN_MS = 5;
/** What one lane may cost in so much time without waiting. */
const AT_ONCE_MS = 1;

/** `now` overtakes all. `known` is said by those who are listed, and `new` by those who want to be. */
export type Urgency = "now" | "known" | "new";

/** Something that came over a connection, or the end of it. */
export interface Arrival {
  readonly route: string;
  readonly urgency: Urgency;
  /** Bytes of its frame; what waits is limited by them. */
  readonly bytes: number;
  /** It is the end of the connection; a second one is no news. */
  readonly isEnd?: boolean;
  readonly handle: () => void;
}

/** Those of one urgency: one message of each connection in turn, in the order in which they came. */
class Lane {
  readonly #routes = new Map<string, Arrival[]>();
  #size = 0;
  #sinceMs = -Infinity;
  #spentMs = 0;

  get size(): number {
    return this.#size;
  }

  isBusy(nowMs: number): boolean {
    if (this.#size > 0) return true;
    if (nowMs - this.#sinceMs >= TURN_MS) [this.#sinceMs, this.#spentMs] = [nowMs, 0];
    return this.#spentMs >= AT_ONCE_MS;
  }

  /** Something was handled without waiting. */
  spent(ms: number): void {
    this.#spentMs += ms;
  }

  has(route: string): boolean {
    return this.#routes.has(route);
  }

  /** False where the connection has ended already. */
  push(arrival: Arrival): boolean {
    const { route } = arrival;
    const waiting = this.#routes.get(route);
    if (waiting === undefined) this.#routes.set(route, [arrival]);
    else if (waiting.at(-1)?.isEnd === true) return false;
    else waiting.push(arrival);
    this.#size += 1;
    return true;
  }

  shift(): Arrival | undefined {
    const [next] = this.#routes;
    if (next === undefined) return undefined;
    const [route, waiting] = next;
    const arrival = waiting.shift();
    this.#routes.delete(route);
    if (waiting.length > 0) this.#routes.set(route, waiting);
    this.#size -= 1;
    return arrival;
  }

  clear(): void {
    this.#routes.clear();
    this.#size = 0;
  }
}

/**
 * Answers do not wait behind a crowd. libzmq hands out one message of each connection in turn, and
 * appends new connections to the row: while a crowd comes as fast as it is read, nothing of the
 * others is read at all (saw: answers to surveys that came 4 s late while 10,000 joined). Reading is
 * ten times as fast as admitting or burying somebody, so everything is read, and what costs much is
 * done in slices. What comes over one connection stays in order, but for what is `now`.
 */
export class Inbox {
  readonly #known = new Lane();
  readonly #new = new Lane();
  readonly #lanes = [this.#known, this.#new] as const;
  readonly #nowMs: () => number;
  readonly #failed: (error: unknown) => void;
  #bytes = 0;
  #turn: NodeJS.Immediate | null = null;

  /** `failed` is told what handling one of those who waited threw; it costs that one alone. */
  constructor(nowMs: () => number, failed: (error: unknown) => void) {
    this.#nowMs = nowMs;
    this.#failed = failed;
  }

  /** Messages that wait. */
  get size(): number {
    return this.#known.size + this.#new.size;
  }

  /** Handles it, or puts it behind those who wait. */
  take(arrival: Arrival): void {
    if (arrival.urgency === "now") return arrival.handle();
    // All that waits of one connection waits in one lane, and so stays in order.
    for (const lane of this.#lanes) if (lane.has(arrival.route)) return this.#put(lane, arrival);
    const own = arrival.urgency === "known" ? this.#known : this.#new;
    const beganMs = this.#nowMs();
    if (own.isBusy(beganMs)) return this.#put(own, arrival);
    arrival.handle();
    own.spent(this.#nowMs() - beganMs);
  }

  /** Forgets those who wait. */
  close(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
    for (const lane of this.#lanes) lane.clear();
    this.#bytes = 0;
  }

  /**
   * Where too much waits, the oldest are handled at once: so reading slows down. Not for the end of a
   * connection: handling the next one may find another, and that one the next (saw: 2 s of it).
   */
  #put(lane: Lane, arrival: Arrival): void {
    if (!lane.push(arrival)) return;
    this.#bytes += arrival.bytes;
    this.#plan();
    if (arrival.isEnd === true) return;
    // It may be the other lane that is too full: then this one is at least empty.
    while (lane.size > 0 && this.#isFull) this.#handleNext(lane);
  }

  get #isFull(): boolean {
    return this.size > LIMITS.waitingMax || this.#bytes > LIMITS.waitingBytesMax;
  }

  #plan(): void {
    this.#turn ??= setImmediate(() => this.#serve());
  }

  #serve(): void {
    this.#turn = null;
    for (const lane of this.#lanes) {
      const endMs = this.#nowMs() + TURN_MS;
      while (lane.size > 0 && this.#nowMs() < endMs) this.#handleNext(lane);
    }
    if (this.size > 0) this.#plan();
  }

  #handleNext(lane: Lane): void {
    const arrival = lane.shift();
    if (arrival === undefined) return;
    this.#bytes -= arrival.bytes;
    attempt(() => arrival.handle(), this.#failed);
  }
}
