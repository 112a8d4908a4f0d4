import { pointsOf } from "./hash.ts";
import { placesOf, seek } from "./table.ts";
import type { Additions, Table } from "./table.ts";

/** What a ring should hold of one member. */
export interface Wanted {
  readonly name: string;
  /** Its virtual nodes: those with index 0 up to this. */
  readonly count: number;
}

/** What a ring holds of one member. */
export interface Placed extends Wanted {
  /** The number that its points bear in the table. */
  readonly slot: number;
}

/** The ring to be edited. */
interface Before {
  readonly table: Table;
  readonly placed: readonly Placed[];
  readonly names: readonly (string | undefined)[];
}

/** What turns one table into the next. */
export interface RingEdits extends Pick<Before, "placed" | "names"> {
  /** Indexes in the table, ascending. */
  readonly removedAt: Uint32Array;
  readonly added: Additions;
  /** Every point that is put in or taken out, ascending; one that is both is there twice. */
  readonly points: Uint32Array;
}

/** Members of one ring: a point beside the rank of its name fits exactly into a double, 32 and 20 bits. */
export const MEMBERS_MAX = 2 ** 20;

/** Compares two lists in the order of names; undefined where they hold the same. */
export function ringEdits(
  before: Before,
  { wanted, replicas }: { readonly wanted: readonly Wanted[]; readonly replicas: number },
): RingEdits | undefined {
  const placed = placedLike(before, wanted);
  const old = new Map(before.placed.map((member) => [member.name, member]));
  const added: number[] = [];
  const removed: { point: number; slot: number }[] = [];
  for (const [rank, { name, count }] of placed.entries()) {
    const had = old.get(name)?.count ?? 0;
    for (let index = had; index < count; index += 1) {
      for (const point of pointsOf(name, index, replicas)) added.push(point * MEMBERS_MAX + rank);
    }
  }
  const kept = new Map(wanted.map(({ name, count }) => [name, count]));
  for (const { name, count, slot } of before.placed) {
    for (let index = kept.get(name) ?? 0; index < count; index += 1) {
      for (const point of pointsOf(name, index, replicas)) removed.push({ point, slot });
    }
  }
  if (added.length + removed.length === 0 && placed.length === before.placed.length) {
    return undefined;
  }
  return editsOf(before, placed, { added: Float64Array.from(added).sort(), removed });
}

interface Points {
  /** Point and rank in one number, ascending. */
  readonly added: Float64Array;
  readonly removed: readonly { readonly point: number; readonly slot: number }[];
}

function editsOf(
  { table, names }: Before,
  placed: readonly Placed[],
  { added, removed }: Points,
): RingEdits {
  const next = namesOf(names.length, placed);
  const points = new Uint32Array(added.length);
  const slots = new Uint32Array(added.length);
  const at = new Uint32Array(added.length);
  for (const [nth, key] of added.entries()) {
    const member = placed[key % MEMBERS_MAX];
    points[nth] = Math.floor(key / MEMBERS_MAX);
    slots[nth] = member?.slot ?? 0;
    at[nth] = placeFor({ table, names }, points[nth] ?? 0, member?.name ?? "");
  }
  const gone = {
    points: Uint32Array.from(removed, ({ point }) => point),
    slots: Uint32Array.from(removed, ({ slot }) => slot),
  };
  const touched = new Uint32Array(points.length + gone.points.length);
  touched.set(points);
  touched.set(gone.points, points.length);
  return {
    placed,
    names: next,
    removedAt: placesOf(table, gone),
    added: { points, slots, at },
    points: touched.sort(),
  };
}

/** Where a point goes in: among equal points names are in order. */
function placeFor({ table, names }: Omit<Before, "placed">, point: number, name: string): number {
  let at = seek(table.points, point);
  while (table.points[at] === point && (names[table.slots[at] ?? 0] ?? "") < name) at += 1;
  return at;
}

/** Who stays keeps its slot; who comes takes a free one. */
function placedLike({ placed, names }: Before, wanted: readonly Wanted[]): readonly Placed[] {
  const slots = new Map(placed.map(({ name, slot }) => [name, slot]));
  const taken = new Set(wanted.map(({ name }) => slots.get(name)));
  const free = names.map((_, slot) => slot).filter((slot) => !taken.has(slot));
  let next = names.length;
  return wanted.map(({ name, count }) => {
    const slot = slots.get(name) ?? free.pop() ?? next++;
    return { name, count, slot };
  });
}

function namesOf(length: number, placed: readonly Placed[]): readonly (string | undefined)[] {
  const names = Array.from<string | undefined>({ length });
  for (const { name, slot } of placed) names[slot] = name;
  return names;
}
