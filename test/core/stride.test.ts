import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { strideOf } from "../../lib/core/stride.ts";

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
