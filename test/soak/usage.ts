/** What a process holds at one moment. */
export interface Usage {
  readonly atMs: number;
  readonly rssMb: number;
  /** What keeps the event loop alive, by `process.getActiveResourcesInfo()`. */
  readonly handles: number;
  readonly fds: number;
}

/** How one number of a process went. */
export interface Trend {
  readonly of: string;
  readonly count: number;
  /** Medians of the first and of the last third. */
  readonly first: number;
  readonly last: number;
  /** By least squares. */
  readonly perHour: number;
  readonly isFlat: boolean;
}

/** What may be added from the first third to the last: caches fill and the heap settles. */
interface Room {
  readonly share: number;
  readonly more: number;
}

const ROOM: Readonly<Record<"rssMb" | "handles" | "fds", Room>> = {
  rssMb: { share: 0.15, more: 8 },
  handles: { share: 0.05, more: 5 },
  fds: { share: 0.05, more: 5 },
};

/** Fewer samples say nothing: a process that has just begun still grows. */
const SAMPLES_MIN = 30;

/** What became of each number of one process. Without enough samples everything counts as flat. */
export function trendsOf(name: string, samples: readonly Usage[]): readonly Trend[] {
  return (["rssMb", "handles", "fds"] as const).map((of) => {
    const points = samples.map((sample) => ({ atMs: sample.atMs, value: sample[of] }));
    const third = Math.ceil(points.length / 3);
    const values = points.map(({ value }) => value);
    const [first, last] = [median(values.slice(0, third)), median(values.slice(-third))];
    const { share, more } = ROOM[of];
    const isFlat = points.length < SAMPLES_MIN || last <= first * (1 + share) + more;
    return {
      of: `${name} ${of}`,
      count: points.length,
      first,
      last,
      perHour: slopeOf(points),
      isFlat,
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const HOUR_MS = 3_600_000;

/** Least squares, per hour; 0 for fewer than two points. */
function slopeOf(points: readonly { readonly atMs: number; readonly value: number }[]): number {
  if (points.length < 2) return 0;
  const mean = (pick: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [atMs, value] = [mean((point) => point.atMs), mean((point) => point.value)];
  let above = 0;
  let below = 0;
  for (const point of points) {
    above += (point.atMs - atMs) * (point.value - value);
    below += (point.atMs - atMs) ** 2;
  }
  return below === 0 ? 0 : (above / below) * HOUR_MS;
}
