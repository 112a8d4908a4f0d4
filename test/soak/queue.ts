import type { Fact } from "./facts.ts";

/**
 * Puts the facts of many processes into one order, that of time: each waits until nothing older is
 * likely to come.
 */
export class FactQueue {
  readonly #waitMs: number;
  readonly #take: (fact: Fact) => void;
  #facts: Fact[] = [];

  constructor(waitMs: number, take: (fact: Fact) => void) {
    this.#waitMs = waitMs;
    this.#take = take;
  }

  add(...facts: readonly Fact[]): void {
    for (const fact of facts) this.#facts.push(fact);
  }

  /** Hands on what is old enough, and says what time it is then. */
  release(nowMs: number): void {
    const untilMs = nowMs - this.#waitMs;
    const sorted = this.#facts.toSorted((a, b) => a.atMs - b.atMs);
    const ready = sorted.findIndex(({ atMs }) => atMs > untilMs);
    this.#facts = ready < 0 ? [] : sorted.slice(ready);
    for (const fact of ready < 0 ? sorted : sorted.slice(0, ready)) this.#take(fact);
    this.#take({ kind: "tick", atMs: untilMs });
  }
}
