import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backoffMs } from "../../lib/core/backoff.ts";

const LIMITS = { minMs: 100, maxMs: 2000 };

const ROWS: readonly (readonly [attempt: number, random: number, pauseMs: number])[] = [
  [0, 0, 100],
  [0, 0.5, 75],
  [1, 0, 200],
  [4, 0, 1600],
  [5, 0, 2000],
  [1_000_000, 0, 2000],
  [1_000_000, 0.5, 1500],
];

for (const [attempt, random, pauseMs] of ROWS) {
  test(`attempt ${attempt} with ${random} off waits ${pauseMs} ms`, () => {
    assert.equal(backoffMs(attempt, LIMITS, random), pauseMs);
  });
}

test("a pause lies between half the smallest and the largest", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, random) => {
      const pauseMs = backoffMs(attempt, LIMITS, random);
      assert.ok(pauseMs > LIMITS.minMs / 2 && pauseMs <= LIMITS.maxMs);
    }),
  );
});
