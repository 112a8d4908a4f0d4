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
  readonly handle: () => void;
}

/** Those of one urgency, in their order. */
class Lane {
  readonly #arrivals: Arrival[] = [];
  #head = 0;
  #sinceMs = -Infinity;
  #spentMs = 0;

  get size(): number {
    return this.#arrivals.length - this.#head;
  }

  isBusy(nowMs: number): boolean {
    if (this.size > 0) return true;
    if (nowMs - this.#sinceMs >= TURN_MS) [this.#sinceMs, this.#spentMs] = [nowMs, 0];
    return this.#spentMs >= AT_ONCE_MS;
  }

  /** Something was handled without waiting. */
  spent(ms: number): void {
    this.#spentMs += ms;
  }

  push(arrival: Arrival): void {
    this.#arrivals.push(arrival);
  }

  shift(): Arrival | undefined {
    const arrival = this.#arrivals[this.#head];
    if (arrival === undefined) return undefined;
    this.#head += 1;
    if (this.#head * 2 > this.#arrivals.length) {
      this.#arrivals.splice(0, this.#head);
      this.#head = 0;
    }
    return arrival;
  }

  clear(): void {
    this.#arrivals.length = 0;
    this.#head = 0;
  }
}

/** Messages of one connection that wait: all in one lane, so that they stay in order. */
interface Queued {
  readonly lane: Lane;
  count: number;
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
  readonly #queued = new Map<string, Queued>();
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
    const lane = this.#queued.get(arrival.route)?.lane;
    if (lane !== undefined) return this.#put(lane, arrival);
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
    this.#known.clear();
    this.#new.clear();
    this.#queued.clear();
    this.#bytes = 0;
  }

  /** Where too much waits, the oldest are handled at once: so reading slows down. */
  #put(lane: Lane, arrival: Arrival): void {
    lane.push(arrival);
    this.#bytes += arrival.bytes;
    const queued = this.#queued.get(arrival.route);
    if (queued === undefined) this.#queued.set(arrival.route, { lane, count: 1 });
    else queued.count += 1;
    this.#plan();
    while (this.size > LIMITS.waitingMax || this.#bytes > LIMITS.waitingBytesMax) {
      this.#handleNext(lane);
    }
  }

  #plan(): void {
    this.#turn ??= setImmediate(() => this.#serve());
  }

  #serve(): void {
    this.#turn = null;
    for (const lane of [this.#known, this.#new]) {
      const endMs = this.#nowMs() + TURN_MS;
      while (lane.size > 0 && this.#nowMs() < endMs) this.#handleNext(lane);
    }
    if (this.size > 0) this.#plan();
  }

  #handleNext(lane: Lane): void {
    const arrival = lane.shift();
    if (arrival === undefined) return;
    this.#bytes -= arrival.bytes;
    const queued = this.#queued.get(arrival.route);
    if (queued !== undefined) queued.count -= 1;
    if (queued?.count === 0) this.#queued.delete(arrival.route);
    attempt(() => arrival.handle(), this.#failed);
  }
}
