import { nowMs } from "./clock.ts";

/** A deterministic machine: an input and the time go in, effects come out. */
export interface Machine<I, E> {
  /** What is `urgent` may be performed before all else is thought through; it is not returned then. */
  handle(input: I, nowMs: number, urgent: (effect: E) => void): readonly E[];
  readonly nextDeadlineMs: number;
}

/** Timers cannot be set farther ahead than this. */
const TIMER_MAX_MS = 2_000_000_000;

/**
 * The one loop of a shell: take one input, perform the effects, arm one timer. Inputs that arise
 * while effects are performed wait their turn.
 */
export class Loop<I, E> {
  readonly #machine: Machine<I, E>;
  readonly #perform: (effect: E) => void;
  readonly #settled: (() => void) | undefined;
  readonly #wake: I;
  readonly #waiting: I[] = [];
  #isRunning = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;
  #alarm: NodeJS.Immediate | null = null;
  #timerMs = Infinity;

  constructor(options: {
    readonly machine: Machine<I, E>;
    readonly wake: I;
    readonly perform: (effect: E) => void;
    /** Called when an input is done with. */
    readonly settled?: () => void;
  }) {
    this.#machine = options.machine;
    this.#perform = options.perform;
    this.#settled = options.settled;
    this.#wake = options.wake;
  }

  /** After `stop` inputs are ignored. */
  take(input: I): void {
    if (this.#isStopped) return;
    this.#waiting.push(input);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        for (const effect of this.#machine.handle(next, nowMs(), this.#perform)) {
          this.#perform(effect);
        }
        this.#settled?.();
      }
    } finally {
      this.#isRunning = false;
      this.#arm();
    }
  }

  /** No timer and no input after this. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#alarm !== null) clearImmediate(this.#alarm);
    this.#timer = null;
    this.#alarm = null;
  }

  /** A wake-up that comes too early does no harm, so only an earlier deadline sets it anew. */
  #arm(): void {
    const dueMs = this.#machine.nextDeadlineMs;
    if (this.#isStopped || this.#alarm !== null) return;
    if (dueMs >= this.#timerMs || dueMs === Infinity) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerMs = dueMs;
    const delayMs = Math.min(TIMER_MAX_MS, Math.max(0, Math.ceil(dueMs - nowMs())));
    this.#timer = setTimeout(() => this.#ring(), delayMs);
  }

  /**
   * Timers come before input in a turn of the event loop. After a blocked or stopped time both have
   * waited, and whoever looked at the clock first would miss what has arrived.
   */
  #ring(): void {
    this.#timer = null;
    this.#alarm = setImmediate(() => {
      this.#alarm = null;
      this.#timerMs = Infinity;
      this.take(this.#wake);
    });
  }
}
