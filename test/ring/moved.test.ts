import assert from "node:assert/strict";
import { test } from "node:test";
import { movedBetween, movedShare, rangeWith } from "../../lib/ring/moved.ts";
import type { MovedRange } from "../../lib/ring/moved.ts";
import { PAST_CHANGES_MAX, PastOwners } from "../../lib/ring/past.ts";

const range = (from: number, to: number, previousOwner = "a"): MovedRange => {
  return { from, to, previousOwner, owner: "b" };
};

test("a range is above its beginning and up to its end, past the end of the circle too", () => {
  const ranges = [range(4_000_000_000, 10), range(20, 30), range(30, 40)];
  const found = [0, 10, 11, 20, 21, 30, 31, 40, 41, 4_000_000_000, 4_000_000_001].map(
    (hash) => rangeWith(ranges, hash)?.to,
  );
  assert.deepEqual(found, [10, 10, undefined, undefined, 30, 30, 40, 40, undefined, undefined, 10]);
  assert.equal(rangeWith([], 1), undefined);
});

test("what changed hands is told once, though a point went out and another came in its place", () => {
  const names = ["a", "b", "c"];
  const table = (...slots: readonly number[]) => ({
    table: { points: Uint32Array.of(10, 20, 30), slots: Uint32Array.from(slots) },
    nameOf: (slot: number) => names[slot] ?? "",
  });
  const moved = (...points: readonly number[]): unknown =>
    movedBetween(table(0, 1, 0), table(0, 2, 0), points);
  const expected = [{ from: 10, to: 20, previousOwner: "b", owner: "c" }];
  assert.deepEqual(moved(20), expected);
  assert.deepEqual(moved(20, 20), expected);
  assert.deepEqual(moved(10, 30), []);
});

test("the share is the part of the circle; from a point to itself it is all", () => {
  assert.equal(movedShare([range(0, 2 ** 30), range(2 ** 31, 2 ** 31 + 2 ** 30)]), 0.5);
  assert.equal(movedShare([range(3 * 2 ** 30, 0)]), 0.25);
  assert.equal(movedShare([range(7, 7)]), 1);
});

test("past owners are told the latest first, until their time is over", () => {
  const past = new PastOwners(100);
  past.add([range(0, 10, "first")], 0);
  past.add([range(5, 20, "second")], 50);
  assert.deepEqual(past.of(7, 60), ["second", "first"]);
  assert.deepEqual(past.of(3, 60), ["first"]);
  assert.deepEqual(past.of(7, 100), ["second"]);
  assert.deepEqual(past.of(7, 150), []);
});

test("past owners are bounded, and none are kept for 0 ms", () => {
  const past = new PastOwners(100);
  for (let at = 0; at <= PAST_CHANGES_MAX; at += 1) past.add([range(0, 10, `p${at}`)], 0);
  assert.equal(past.of(5, 0).length, PAST_CHANGES_MAX);
  assert.equal(past.of(5, 0)[0], `p${PAST_CHANGES_MAX}`);
  const none = new PastOwners(0);
  none.add([range(0, 10)], 0);
  assert.deepEqual(none.of(5, 0), []);
});
