import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANGE, KIND } from "../../lib/wire/kinds.ts";
import { fromRegistrar, published, toRegistrar } from "./arbitraries.ts";

/** What a later change of a number, by mistake, would break: every other implementation. */
const FROZEN = {
  welcome: 1,
  survey: 2,
  accepted: 3,
  recorded: 4,
  left: 5,
  refused: 6,
  rejoin: 7,
  explanation: 8,
  proof: 9,
  exported: 10,
  join: 17,
  watch: 18,
  answer: 19,
  update: 20,
  leave: 21,
  acknowledge: 22,
  explain: 23,
  report: 24,
  export: 25,
  delta: 33,
  announce: 34,
  pulse: 35,
  snapshot: 36,
  page: 37,
};

test("no number is changed", () => {
  assert.deepEqual(KIND, FROZEN);
  assert.deepEqual(CHANGE, { put: 1, standing: 2, gone: 3 });
});

test("no number is used twice, and all take one byte", () => {
  for (const table of [KIND, CHANGE]) {
    const numbers = Object.values(table);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.ok(numbers.every((number) => number > 0 && number < 0x80));
  }
});

test("every message has a number, and every number a message", () => {
  const messages = [fromRegistrar, toRegistrar, published].flatMap((kinds) => Object.keys(kinds));
  assert.deepEqual([...messages, "page"].toSorted(), Object.keys(KIND).toSorted());
});
