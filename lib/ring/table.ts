/** All points in ascending order, and the slot of the member that each belongs to. */
export interface Table {
  readonly points: Uint32Array;
  readonly slots: Uint32Array;
}

/** A table without points. */
export const EMPTY_TABLE: Table = { points: new Uint32Array(0), slots: new Uint32Array(0) };

/** Points to put in, in ascending order of their places in the table. */
export interface Additions extends Table {
  /** Each goes in before the point that is at this index now. */
  readonly at: Uint32Array;
}

/** The index of the first point that is not below `value`; the number of points where none is. */
export function seek(points: Uint32Array, value: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the point that owns `value`: the next one, and past the last the first; -1 of none. */
export function seekOwner({ points }: Table, value: number): number {
  const at = seek(points, value);
  return at < points.length ? at : points.length === 0 ? -1 : 0;
}

/**
 * The indexes of points to take out, ascending. A slot may have one value twice; those lie side by
 * side, so the second is found after the first.
 */
export function placesOf(table: Table, removed: Table): Uint32Array {
  const places = removed.points.map((value, nth) => {
    let at = seek(table.points, value);
    while (table.slots[at] !== removed.slots[nth]) at += 1;
    return at;
  });
  places.sort();
  for (let nth = 1; nth < places.length; nth += 1) {
    const before = places[nth - 1] ?? 0;
    if ((places[nth] ?? 0) <= before) places[nth] = before + 1;
  }
  return places;
}

/**
 * A table with some points taken out and some put in. What lies between two edits is copied as one
 * block, so an edit costs its own points and two copies of memory, not a new sorting.
 */
export function edited(table: Table, removedAt: Uint32Array, added: Additions): Table {
  const length = table.points.length - removedAt.length + added.points.length;
  const into = { points: new Uint32Array(length), slots: new Uint32Array(length) };
  let from = 0;
  let to = 0;
  const copyUpTo = (end: number): void => {
    into.points.set(table.points.subarray(from, end), to);
    into.slots.set(table.slots.subarray(from, end), to);
    to += end - from;
    from = end;
  };
  let taken = 0;
  for (let nth = 0; nth <= added.points.length; nth += 1) {
    const place = added.at[nth] ?? table.points.length;
    for (; taken < removedAt.length && (removedAt[taken] ?? 0) < place; taken += 1) {
      copyUpTo(removedAt[taken] ?? 0);
      from += 1;
    }
    copyUpTo(place);
    if (nth === added.points.length) break;
    into.points[to] = added.points[nth] ?? 0;
    into.slots[to] = added.slots[nth] ?? 0;
    to += 1;
  }
  return into;
}
