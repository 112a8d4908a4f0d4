import { rangeWith } from "./moved.ts";
import type { MovedRange } from "./moved.ts";

/** Changes remembered at most; the oldest go first. */
export const PAST_CHANGES_MAX = 64;

/** Who held what before, for as long as its memory is likely to be of use. */
export class PastOwners {
  readonly #warmUpMs: number;
  readonly #changes: { readonly moved: readonly MovedRange[]; readonly untilMs: number }[] = [];

  constructor(warmUpMs: number) {
    this.#warmUpMs = warmUpMs;
  }

  add(moved: readonly MovedRange[], nowMs: number): void {
    if (this.#warmUpMs === 0 || moved.length === 0) return;
    this.#changes.push({ moved, untilMs: nowMs + this.#warmUpMs });
    this.#forget(nowMs);
  }

  /** Names that held this place of the circle, the latest first. */
  of(hash: number, nowMs: number): readonly string[] {
    this.#forget(nowMs);
    return this.#changes.toReversed().flatMap(({ moved }) => {
      const range = rangeWith(moved, hash);
      return range === undefined ? [] : [range.previousOwner];
    });
  }

  #forget(nowMs: number): void {
    while (this.#changes.length > PAST_CHANGES_MAX) this.#changes.shift();
    while ((this.#changes[0]?.untilMs ?? Infinity) <= nowMs) this.#changes.shift();
  }
}
