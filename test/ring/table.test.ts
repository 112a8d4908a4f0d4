import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { edited, EMPTY_TABLE, placesOf, seek, seekOwner } from "../../lib/ring/table.ts";
import type { Table } from "../../lib/ring/table.ts";

type Pair = readonly [point: number, slot: number];

/** Few values, so that many points are equal; a lower slot sorts first. */
const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 4 })), {
  maxLength: 60,
});

const inOrder = (a: Pair, b: Pair): number => a[0] - b[0] || a[1] - b[1];

function tableOf(list: readonly Pair[]): Table {
  const sorted = list.toSorted(inOrder);
  return {
    points: Uint32Array.from(sorted, ([point]) => point),
    slots: Uint32Array.from(sorted, ([, slot]) => slot),
  };
}

test("points taken out and put in make the table that sorting makes, ties and doubles included", () => {
  fc.assert(
    fc.property(pairs, pairs, fc.array(fc.boolean()), (before, added, goes) => {
      const table = tableOf(before);
      const sorted = before.toSorted(inOrder);
      const removed = sorted.filter((_, at) => goes[at] === true);
      const kept = sorted.filter((_, at) => goes[at] !== true);
      const news = tableOf(added);
      const at = news.points.map((point, nth) => {
        const slot = news.slots[nth] ?? 0;
        return sorted.filter((old) => inOrder(old, [point, slot]) < 0).length;
      });
      const unordered: Table = {
        points: Uint32Array.from(removed.toReversed(), ([point]) => point),
        slots: Uint32Array.from(removed.toReversed(), ([, slot]) => slot),
      };
      const result = edited(table, placesOf(table, unordered), { ...news, at });
      assert.deepEqual(result, tableOf([...kept, ...added]));
    }),
  );
});

test("seek finds the first point that is not below, the owner of what is past the last is the first", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 0, max: 14 }), (list, value) => {
      const table = tableOf(list);
      const found = [...table.points].findIndex((point) => point >= value);
      assert.equal(seek(table.points, value), found < 0 ? list.length : found);
      assert.equal(seekOwner(table, value), list.length === 0 ? -1 : Math.max(0, found));
    }),
  );
  assert.equal(seekOwner(EMPTY_TABLE, 7), -1);
});
