import { CIRCLE } from "./hash.ts";
import { seek, seekOwner } from "./table.ts";
import type { Table } from "./table.ts";

/**
 * Keys that changed hands: those whose hash is above `from` and up to `to`, that included. Where
 * `from` is not below `to` it goes on past the end of the circle.
 */
export interface MovedRange {
  /** 0 to 2^32 - 1, exclusive. */
  readonly from: number;
  /** 0 to 2^32 - 1, inclusive. */
  readonly to: number;
  readonly previousOwner: string;
  readonly owner: string;
}

/** A table, and the name of each slot in it. */
export interface NamedTable {
  readonly table: Table;
  readonly nameOf: (slot: number) => string;
}

/**
 * What changed hands between two tables, in the order of `to`. `edited` holds every point that was
 * put in or taken out, ascending, be it several times: a stretch changes hands only if it ends in one of those. From and
 * to an empty ring nothing moves.
 */
export function movedBetween(
  before: NamedTable,
  after: NamedTable,
  edited: Iterable<number>,
): readonly MovedRange[] {
  const moved: MovedRange[] = [];
  if (before.table.points.length === 0 || after.table.points.length === 0) return moved;
  let done = -1;
  for (const to of edited) {
    if (to === done) continue;
    done = to;
    const previousOwner = ownerOf(before, to);
    const owner = ownerOf(after, to);
    if (owner === previousOwner) continue;
    const from = nearer(to, below(before.table, to), below(after.table, to));
    const last = moved.at(-1);
    const isNext = last?.to === from && last.owner === owner;
    if (isNext && last.previousOwner === previousOwner) moved[moved.length - 1] = { ...last, to };
    else moved.push({ from, to, previousOwner, owner });
  }
  return moved;
}

/** How much of the circle these ranges are, 0 to 1: the part of all keys that changed hands. */
export function movedShare(ranges: readonly MovedRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + lengthOf(from, to), 0) / CIRCLE;
}

/** The range with this hash; ranges are in the order of `to` and do not overlap. */
export function rangeWith(ranges: readonly MovedRange[], hash: number): MovedRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.to ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  // Only the first range can go past the end of the circle.
  const range = ranges[low] ?? ranges[0];
  if (range === undefined) return undefined;
  const { from, to } = range;
  const isInside = from < to ? hash > from && hash <= to : hash > from || hash <= to;
  return isInside ? range : undefined;
}

function ownerOf({ table, nameOf }: NamedTable, point: number): string {
  return nameOf(table.slots[seekOwner(table, point)] ?? 0);
}

/** The next point below, around the circle. */
function below({ points }: Table, point: number): number {
  const at = seek(points, point);
  return points[at === 0 ? points.length - 1 : at - 1] ?? 0;
}

function nearer(to: number, a: number, b: number): number {
  return lengthOf(a, to) < lengthOf(b, to) ? a : b;
}

/** From a point to itself it is the whole circle. */
function lengthOf(from: number, to: number): number {
  return to > from ? to - from : to - from + CIRCLE;
}
