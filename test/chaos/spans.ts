/** A stretch of time in milliseconds of the machine's clock; the end is not part of it. */
export interface Span {
  readonly fromMs: number;
  /** Infinity while it lasts. */
  readonly toMs: number;
}

/** All time. */
export const ALWAYS: readonly Span[] = [{ fromMs: -Infinity, toMs: Infinity }];

/** The same time in spans that are sorted and do not touch; empty ones are dropped. */
export function union(...lists: readonly (readonly Span[])[]): readonly Span[] {
  const sorted = lists
    .flat()
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .toSorted((a, b) => a.fromMs - b.fromMs);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.fromMs > last.toMs) merged.push(span);
    else if (span.toMs > last.toMs) merged[merged.length - 1] = { ...last, toMs: span.toMs };
  }
  return merged;
}

/** All time that is not in these spans. */
export function outside(spans: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let fromMs = -Infinity;
  for (const span of union(spans)) {
    if (span.fromMs > fromMs) gaps.push({ fromMs, toMs: span.fromMs });
    fromMs = span.toMs;
  }
  if (fromMs < Infinity) gaps.push({ fromMs, toMs: Infinity });
  return gaps;
}

/** The time that is in both. */
export function both(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const [left, right] = [union(a), union(b)];
  const shared: Span[] = [];
  let at = 0;
  for (const span of left) {
    // Those that end before this one begins cannot meet a later one either.
    while ((right[at]?.toMs ?? Infinity) <= span.fromMs) at += 1;
    for (let here = at; (right[here]?.fromMs ?? Infinity) < span.toMs; here += 1) {
      const other = right[here];
      if (other === undefined) break;
      const fromMs = Math.max(span.fromMs, other.fromMs);
      shared.push({ fromMs, toMs: Math.min(span.toMs, other.toMs) });
    }
  }
  return union(shared);
}

/** The time of `a` that is not in `b`. */
export function without(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  return both(a, outside(b));
}

/** Each span and what comes after it: `byMs`, or less where a mark tells that it is over sooner. */
export function lingering(
  spans: readonly Span[],
  byMs: number,
  marks: readonly number[] = [],
): readonly Span[] {
  const sorted = marks.toSorted((a, b) => a - b);
  return union(
    spans.map(({ fromMs, toMs }) => {
      const mark = sorted.find((atMs) => atMs >= toMs) ?? Infinity;
      return { fromMs, toMs: Math.min(toMs + byMs, mark) };
    }),
  );
}

/** What is left of each span when its first `byMs` are taken off. */
export function settled(spans: readonly Span[], byMs: number): readonly Span[] {
  return union(union(spans).map(({ fromMs, toMs }) => ({ fromMs: fromMs + byMs, toMs })));
}

/** The time at which at least so many of the lists apply at once. */
export function atOnce(lists: readonly (readonly Span[])[], least: number): readonly Span[] {
  const edges = lists
    .flatMap((list) => union(list))
    .flatMap(({ fromMs, toMs }) => [
      { atMs: fromMs, step: 1 },
      { atMs: toMs, step: -1 },
    ])
    .toSorted((a, b) => a.atMs - b.atMs || a.step - b.step);
  const found: Span[] = [];
  let count = 0;
  edges.forEach(({ atMs, step }, at) => {
    count += step;
    if (count >= least) found.push({ fromMs: atMs, toMs: edges[at + 1]?.atMs ?? Infinity });
  });
  return union(found);
}

/** True where the moment is in one of the spans. */
export function covers(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
}

/** Milliseconds of all spans together. */
export function lengthOf(spans: readonly Span[]): number {
  return union(spans).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
