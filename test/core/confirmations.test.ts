import assert from "node:assert/strict";
import { test } from "node:test";
import { Confirmations } from "../../lib/core/confirmations.ts";

const left = (revision: number) => ({ kind: "left", revision, named: 1, anonymous: 0 }) as const;

/** Connections and revisions that are confirmed at one time. */
function told(confirmations: Confirmations, nowMs: number): readonly string[] {
  return confirmations.due(nowMs).map(({ route, message }) => `${route} ${message.revision}`);
}

test("a goodbye is confirmed once, a moment after its publication, in order", () => {
  const confirmations = new Confirmations();
  assert.equal(confirmations.nextMs(), Infinity);
  confirmations.add("a", left(7), 100);
  confirmations.add("b", left(8), 101);
  assert.equal(confirmations.nextMs(), 102);
  assert.deepEqual(told(confirmations, 101.9), []);
  assert.deepEqual(told(confirmations, 102), ["a 7"]);
  assert.deepEqual(told(confirmations, 200), ["b 8"]);
  assert.deepEqual(told(confirmations, 300), []);
  assert.equal(confirmations.nextMs(), Infinity);
});

test("two goodbyes on one connection are both confirmed", () => {
  const confirmations = new Confirmations();
  confirmations.add("a", left(7), 100);
  confirmations.add("a", left(8), 101);
  assert.deepEqual(told(confirmations, 103), ["a 7", "a 8"]);
});

test("a connection that closed is told nothing, the others are", () => {
  const confirmations = new Confirmations();
  confirmations.add("a", left(7), 100);
  confirmations.add("b", left(8), 100);
  confirmations.closed("a");
  assert.deepEqual(told(confirmations, 200), ["b 8"]);
});
