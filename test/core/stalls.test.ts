import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "../../lib/core/registry.ts";
import { Stalls } from "../../lib/core/stalls.ts";
import { joinOf } from "./samples.ts";

const registry = new Registry();
const [A, B] = ["a", "b"].map((id) => registry.admit(joinOf(id), id)) as [never, never];

test("a stall is shown for its time, and again from the last one", () => {
  const stalls = new Stalls(100);
  assert.equal(stalls.nextMs(), Infinity);
  stalls.note(A, 0);
  stalls.note(B, 10);
  stalls.note(A, 50);
  assert.equal(stalls.nextMs(), 110);
  assert.deepEqual(stalls.due(109), []);
  assert.deepEqual(stalls.due(110), [B]);
  assert.deepEqual(stalls.due(150), [A]);
  assert.equal(stalls.nextMs(), Infinity);
});

test("of a member that is gone nothing is due", () => {
  const stalls = new Stalls(100);
  stalls.note(A, 0);
  stalls.forget(A);
  assert.deepEqual(stalls.due(1000), []);
});
