import assert from "node:assert/strict";
import { test } from "node:test";
import { nowMs, wallOf } from "../../lib/host/clock.ts";
import { randomId, randomSource } from "../../lib/host/random.ts";

test("machine time never goes back, and its moments have a place on the wall clock", () => {
  let last = nowMs();
  for (let n = 0; n < 1000; n += 1) {
    const now = nowMs();
    assert.ok(now >= last);
    last = now;
  }
  for (const agoMs of [0, 60_000]) {
    const before = Date.now();
    const wall = wallOf(nowMs() - agoMs) + agoMs;
    assert.ok(wall >= before - 1 && wall <= Date.now() + 1, `${wall - before} ms off`);
  }
  assert.equal(Number.isInteger(wallOf(nowMs())), true);
});

test("ids are 128 bits in hexadecimal, each different", () => {
  const ids = new Set(Array.from({ length: 1000 }, randomId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
});

test("random numbers lie in [0, 1), and none of many comes twice in a row", () => {
  const random = randomSource();
  const numbers = Array.from({ length: 2000 }, random);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  assert.ok(new Set(numbers).size > 1990);
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  assert.ok(mean > 0.4 && mean < 0.6, `${mean}`);
});
