import type { Bounds } from "../bounds.ts";
import type { History } from "../history.ts";

/** Something that must not be. */
export interface Violation {
  /** The claim that it breaks. */
  readonly claim: string;
  readonly watcher: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What is wrong, in words. */
  readonly text: string;
}

/** Something that holds in every story, whatever happened in it. */
export interface Claim {
  readonly name: string;
  readonly text: string;
  /** Every breach, oldest first; a claim looks at nothing but the history. */
  readonly check: (history: History, bounds: Bounds) => readonly Violation[];
}

/** Breaches in the words of one claim, only within the time for which claims are made. */
export function within(history: History, violations: readonly Violation[]): readonly Violation[] {
  const { fromMs, toMs } = history.story;
  return violations
    .filter((violation) => violation.toMs > fromMs && violation.fromMs < toMs)
    .toSorted((a, b) => a.fromMs - b.fromMs);
}
