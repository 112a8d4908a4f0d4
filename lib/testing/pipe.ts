import type { World } from "./network.ts";
import type { Random } from "./random.ts";
import type { Planned } from "./timeline.ts";

interface Parcel<T> {
  readonly value: T;
  readonly sentMs: number;
  readonly readyMs: number;
}

/** One direction of one connection. */
export interface PipeOptions<T> {
  readonly world: World;
  readonly random: Random;
  /** Parcels under way; what is more is dropped. */
  readonly limit: number;
  /** False while the path is cut or the reader does not read. Call `pump` when it changes. */
  readonly isOpen: () => boolean;
  /** Pause after each parcel of a reader that is slow. */
  readonly paceMs: () => number;
  readonly deliver: (value: T, sentMs: number) => void;
}

/**
 * Bytes in order, as TCP keeps them: each parcel takes its time, none overtakes another, none is
 * lost unless the queue is full or the pipe is discarded with its connection.
 */
export class Pipe<T> {
  readonly #options: PipeOptions<T>;
  #queue: Parcel<T>[] = [];
  #head = 0;
  #lastReadyMs = 0;
  #notBeforeMs = 0;
  #next: Planned | null = null;

  constructor(options: PipeOptions<T>) {
    this.#options = options;
  }

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** False where the queue is full, and the parcel lost. An urgent one always fits. */
  push(value: T, urgency: "normal" | "urgent" = "normal"): boolean {
    const { world, random, limit } = this.#options;
    if (urgency === "normal" && this.length >= limit) return false;
    const { nowMs } = world.timeline;
    const readyMs = Math.max(
      this.#lastReadyMs,
      nowMs + random.within(world.network.options.delayMs),
    );
    this.#lastReadyMs = readyMs;
    this.#queue.push({ value, sentMs: nowMs, readyMs });
    this.pump();
    return true;
  }

  /** Forgets what is under way. */
  discard(): void {
    this.#queue = [];
    this.#head = 0;
    this.#next?.cancel();
    this.#next = null;
  }

  /** Holds everything back a while longer. */
  hold(pauseMs: number): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#options.world.timeline.nowMs + pauseMs);
    this.#next?.cancel();
    this.#next = null;
    this.pump();
  }

  /** Plans the next delivery, if there is one and none is planned. */
  pump(): void {
    const parcel = this.#queue[this.#head];
    if (parcel === undefined || this.#next !== null || !this.#options.isOpen()) return;
    const dueMs = Math.max(parcel.readyMs, this.#notBeforeMs);
    this.#next = this.#options.world.timeline.at(dueMs, () => this.#deliver(parcel));
  }

  #deliver(parcel: Parcel<T>): void {
    this.#next = null;
    if (!this.#options.isOpen()) return;
    this.#head += 1;
    if (this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    const paceMs = this.#options.paceMs();
    if (paceMs > 0) this.#notBeforeMs = this.#options.world.timeline.nowMs + paceMs;
    this.#options.deliver(parcel.value, parcel.sentMs);
    this.pump();
  }
}
