/** The least share of a newcomer; Envoy's `min_weight_percent`. */
export const SLOW_START_SHARE_MIN = 0.1;

/**
 * The share of its normal work that a newcomer gets: max(10 %, age / `slowStartMs`), as Envoy with
 * aggression 1. `leftMs` is the time until it is warm.
 */
export function rampShare(leftMs: number, slowStartMs: number): number {
  if (leftMs <= 0) return 1;
  return Math.max(SLOW_START_SHARE_MIN, 1 - leftMs / slowStartMs);
}

/**
 * How long a peer of this age still is a newcomer. The age counts from the moment it joined first in
 * its run, by its own clock, so a restart of the registrar makes nobody new; a clock that is ahead
 * of ours makes it new for `slowStartMs` at most.
 */
export function rampLeftMs(ageMs: number, slowStartMs: number): number {
  return Math.min(slowStartMs, Math.max(0, slowStartMs - Math.max(0, ageMs)));
}
