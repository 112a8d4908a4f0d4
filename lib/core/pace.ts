/** Things said in one step at most. */
const BATCH_MAX = 64;
/** CPU that one step may cost, with the last thing said in it. */
const BATCH_MS = 50;

/**
 * When to go on saying many small things: a few at a time, and then a pause by what they cost, so
 * that however many there are, they take no more than a share of the time and stop nobody else.
 */
export class Pace {
  readonly #leastMs: number;
  readonly #share: number;
  #count = 0;
  #costMs = 0;
  #freeMs = -Infinity;

  /** `leastMs` is the shortest pause, `share` what may be spent of all time, above 0 and at most 1. */
  constructor(options: { readonly leastMs: number; readonly share: number }) {
    this.#leastMs = options.leastMs;
    this.#share = options.share;
  }

  isFree(nowMs: number): boolean {
    return nowMs >= this.#freeMs;
  }

  /** One thing was said; a step that is full ends here. */
  spend(nowMs: number, costMs: number): void {
    this.#count += 1;
    this.#costMs += costMs;
    if (this.#count >= BATCH_MAX || this.#costMs >= BATCH_MS) this.rest(nowMs);
  }

  /** Ends a step: the pause begins. */
  rest(nowMs: number): void {
    const pauseMs = Math.max(this.#leastMs, this.#costMs / this.#share);
    this.#freeMs = Math.max(this.#freeMs, nowMs + pauseMs);
    this.#count = 0;
    this.#costMs = 0;
  }

  /** When the pause is over. */
  nextMs(): number {
    return this.#freeMs;
  }
}
