import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lightestOf, strideOf } from "../../lib/core/stride.ts";

/** The slots that so many steps come to. */
const slots = (count: number, steps: number): readonly number[] => {
  return Array.from({ length: steps }, (_, n) => (n * strideOf(count)) % count);
};

test("every slot is come to once before any is come to again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (count) => {
      assert.equal(new Set(slots(count, count)).size, count);
    }),
  );
});

test("however few they are, no half of the wheel is left out from three on", () => {
  for (const count of [50, 100, 300, 1000]) {
    for (let steps = 3; steps <= 30; steps += 1) {
      const taken = slots(count, steps).toSorted((a, b) => a - b);
      const gaps = taken.map((slot, n) => (taken[n + 1] ?? count) - slot);
      assert.ok(Math.max(...gaps) < count / 2, `${steps} of ${count}: ${gaps.join(" ")}`);
    }
  }
});

test("the lightest slot is found from where one stands, and by steps that come to all", () => {
  const sizes = [2, 1, 0, 1, 0];
  const wheel = sizes.map((size) => new Set(Array.from({ length: size }, (_, n) => `m${n}`)));
  assert.equal(lightestOf(wheel, 4, strideOf(5)), 4);
  assert.equal(lightestOf(wheel, 2 + 5, strideOf(5)), 2);
  assert.ok([2, 4].includes(lightestOf(wheel, 0, strideOf(5))));
  assert.equal(lightestOf([new Set()], 7, 1), 0);
});
