import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../lib/testing/index.ts";

function numbers(random: Random, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.next());
}

test("the same seed gives the same numbers, and these", () => {
  assert.deepEqual(numbers(new Random(1), 5), numbers(new Random(1), 5));
  assert.notDeepEqual(numbers(new Random(1), 5), numbers(new Random(2), 5));
  // The first of Mulberry32 with seed 0, as published implementations give them.
  assert.deepEqual(
    numbers(new Random(0), 3).map((n) => Math.floor(n * 0x1_0000_0000)),
    [1144304738, 1416247, 958946056],
  );
});

test("a fork depends on the seed and its name, not on what was drawn before", () => {
  const random = new Random(7);
  const before = numbers(random.fork("m1"), 3);
  random.next();
  assert.deepEqual(numbers(random.fork("m1"), 3), before);
  assert.notDeepEqual(numbers(random.fork("m2"), 3), before);
});

test("numbers stay within their ranges and reach both ends", () => {
  const random = new Random(3);
  const whole = new Set(Array.from({ length: 500 }, () => random.whole(2, 5)));
  assert.deepEqual(
    [...whole].toSorted((a, b) => a - b),
    [2, 3, 4, 5],
  );
  for (let draw = 0; draw < 500; draw += 1) {
    const value = random.within([10, 11]);
    assert.ok(value >= 10 && value < 11);
  }
  assert.ok(Array.from({ length: 500 }, () => random.chance(0.1)).filter(Boolean).length < 100);
});

test("a pick is one of the choices, and a shuffle has all of them", () => {
  const random = new Random(4);
  const things = ["a", "b", "c", "d"];
  assert.deepEqual(
    [...new Set(Array.from({ length: 200 }, () => random.pick(things)))].toSorted(),
    things,
  );
  assert.deepEqual(random.shuffled(things).toSorted(), things);
  assert.throws(() => random.pick([]), RangeError);
});

test("hexadecimal digits have their number", () => {
  assert.match(new Random(5).hex(32), /^[0-9a-f]{32}$/);
});
