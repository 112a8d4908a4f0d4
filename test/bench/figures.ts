/** What was measured repeatedly. */
export interface Spread {
  /** The median; the mean where everything that happened counts, the worst where each has to do. */
  readonly middle: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Median and ends of some measurements; throws where there are none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new Error("nothing was measured");
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? min;
  const lower = sorted.length % 2 === 0 ? (sorted[half - 1] ?? min) : upper;
  return { middle: (lower + upper) / 2, min, max, count: sorted.length };
}

/** Mean and ends of costs: what happens rarely is paid for as well. */
export function meanOf(values: readonly number[]): Spread {
  const sum = values.reduce((total, value) => total + value, 0);
  return { ...spreadOf(values), middle: sum / values.length };
}

/** The worst and the ends of what has to stay within a bound each time. */
export function worstOf(values: readonly number[]): Spread {
  const spread = spreadOf(values);
  return { ...spread, middle: spread.max };
}

/** One figure of ours beside the figure it is compared with, both of the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: "ms" | "µs" | "bytes" | "publications" | "changes" | "peers" | "per second";
  readonly ours: Spread;
  /** What is compared with: the same over bare ZeroMQ, or a documented bound. */
  readonly floor?: Spread;
  /** What the floor is, in a few words. */
  readonly against?: string;
  /** The largest ratio of our middle to that of the floor that is aimed at. */
  readonly ratioMax?: number;
  /** The largest middle that is aimed at, where no ratio says it. */
  readonly oursMax?: number;
}

/** How often our middle contains that of the floor. */
export function ratioOf({ ours, floor }: Figure): number | undefined {
  return floor === undefined || floor.middle === 0 ? undefined : ours.middle / floor.middle;
}

/** True where the figure has no target, or meets it. */
export function holds(figure: Figure): boolean {
  const { ours, ratioMax, oursMax } = figure;
  if (oursMax !== undefined && ours.middle > oursMax) return false;
  const ratio = ratioOf(figure);
  return ratioMax === undefined || ratio === undefined || ratio <= ratioMax;
}
