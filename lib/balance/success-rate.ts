/** When a peer is an outlier by its rate of success. */
export interface RateNumbers {
  /** How long work is counted before it is judged. */
  readonly intervalMs: number;
  /** So many peers with enough work are needed to compare. */
  readonly peersMin: number;
  /** So much work is enough. */
  readonly requestsMin: number;
  /** An outlier lies so many standard deviations of the pool below its mean. */
  readonly deviations: number;
  /** And at least so much below it. */
  readonly differenceMin: number;
}

/** What came of the work of one peer in one interval. */
export interface Tally {
  readonly finished: number;
  readonly lost: number;
}

/**
 * A rate that lies within three standard errors of a sample of this size is chance: one peer in some
 * hundreds is judged wrongly in an interval.
 */
const CHANCE_ERRORS = 3;

/**
 * Those whose rate of success lies below the mean of the pool minus so many standard deviations, worst
 * first. Mean, deviation, the least number of peers and of requests are Envoy's success rate outlier
 * detection, and the defaults are its own. It alone ejects a good peer in most intervals: of twenty
 * that fail once in a hundred requests one always lies that far below. So the difference also has to
 * matter (`differenceMin`) and to be more than chance.
 */
export function outliersOf<T extends Tally>(all: readonly T[], numbers: RateNumbers): readonly T[] {
  const known = all.filter(({ finished }) => finished >= Math.max(1, numbers.requestsMin));
  if (known.length < numbers.peersMin) return [];
  const mean = known.reduce((sum, one) => sum + rateOf(one), 0) / known.length;
  const variance = known.reduce((sum, one) => sum + (rateOf(one) - mean) ** 2, 0) / known.length;
  const spread = numbers.deviations * Math.sqrt(variance);
  return known
    .filter((one) => {
      const below = mean - rateOf(one);
      const chance = CHANCE_ERRORS * Math.sqrt((mean * (1 - mean)) / one.finished);
      return below > spread && below >= numbers.differenceMin && below > chance;
    })
    .toSorted((a, b) => rateOf(a) - rateOf(b));
}

function rateOf({ finished, lost }: Tally): number {
  return 1 - lost / finished;
}
