import type { RegistrarTuning } from "./options.ts";

/**
 * When the registrar gives its sign of life: at every announce interval, and soon after somebody
 * began to listen, so that newcomers learn at once who speaks.
 */
export class PulseTimer {
  readonly #tuning: RegistrarTuning;
  #givenMs = -Infinity;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  /** There is news: the next one is due at once. */
  hasten(): void {
    this.#givenMs = -Infinity;
  }

  /** Somebody listens since now. A crowd is answered together, `spacingMs` later. */
  greet(nowMs: number, spacingMs: number): void {
    const { announceIntervalMs } = this.#tuning;
    this.#givenMs = Math.min(this.#givenMs, nowMs - announceIntervalMs + spacingMs);
  }

  /** True where it is time; it counts as given then. */
  due(nowMs: number): boolean {
    if (nowMs < this.nextMs()) return false;
    this.#givenMs = nowMs;
    return true;
  }

  nextMs(): number {
    return this.#givenMs + this.#tuning.announceIntervalMs;
  }
}
