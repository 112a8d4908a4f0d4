/** Slices that the window consists of. */
const SLICES = 10;

/** How many retries are allowed. */
export interface BudgetNumbers {
  /** Retries per request in the window, 0.2 is one for five. */
  readonly ratio: number;
  /** Retries per second that are allowed however few the requests are. */
  readonly minPerSecond: number;
  /** How long requests and retries count. */
  readonly windowMs: number;
}

/**
 * Bounds retries to a share of the requests, so that they cannot make an overload worse; the idea and
 * the defaults (20 %, 10 per second, 10 s) are Finagle's retry budget.
 */
export class Budget {
  readonly #numbers: BudgetNumbers;
  readonly #sliceMs: number;
  readonly #requests = new Uint32Array(SLICES);
  readonly #retries = new Uint32Array(SLICES);
  #slice = 0;

  constructor(numbers: BudgetNumbers) {
    this.#numbers = numbers;
    this.#sliceMs = numbers.windowMs / SLICES;
  }

  /** A request was made. */
  deposit(nowMs: number): void {
    const at = this.#at(nowMs);
    this.#requests[at] = (this.#requests[at] ?? 0) + 1;
  }

  /** True where one more retry is allowed, which is counted. */
  withdraw(nowMs: number): boolean {
    const at = this.#at(nowMs);
    const { ratio, minPerSecond, windowMs } = this.#numbers;
    const allowed = ratio * sum(this.#requests) + (minPerSecond * windowMs) / 1000;
    if (sum(this.#retries) + 1 > allowed) return false;
    this.#retries[at] = (this.#retries[at] ?? 0) + 1;
    return true;
  }

  /** The present slice; those that have passed are emptied. */
  #at(nowMs: number): number {
    const slice = Math.floor(nowMs / this.#sliceMs);
    for (let passed = Math.min(SLICES, slice - this.#slice); passed > 0; passed -= 1) {
      this.#requests[(slice - passed + 1) % SLICES] = 0;
      this.#retries[(slice - passed + 1) % SLICES] = 0;
    }
    this.#slice = Math.max(this.#slice, slice);
    return this.#slice % SLICES;
  }
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
