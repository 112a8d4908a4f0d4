/** Where a pause lies between two attempts, in milliseconds. */
export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The pause before attempt number `attempt` (0 is the first): doubles from `minMs` up to `maxMs`,
 * and a random half of it is taken off, so that many who failed together do not come back together.
 * `random` is in [0, 1).
 */
export function backoffMs(attempt: number, limits: BackoffLimits, random: number): number {
  const doubled = limits.minMs * 2 ** Math.min(attempt, 30);
  return Math.min(limits.maxMs, doubled) * (1 - random / 2);
}
