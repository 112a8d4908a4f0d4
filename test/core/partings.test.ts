import assert from "node:assert/strict";
import { test } from "node:test";
import { Partings } from "../../lib/core/partings.ts";

const left = (revision: number) => ({ kind: "left", revision, named: 1, anonymous: 0 }) as const;

test("a goodbye is confirmed once, a moment after its publication, in order", () => {
  const partings = new Partings();
  assert.equal(partings.nextMs(), Infinity);
  partings.add("a", left(7), 100);
  partings.add("b", left(8), 101);
  assert.equal(partings.nextMs(), 102);
  assert.deepEqual([...partings.due(101.9)], []);
  assert.deepEqual([...partings.due(102)], [{ route: "a", message: left(7) }]);
  assert.deepEqual([...partings.due(200)], [{ route: "b", message: left(8) }]);
  assert.deepEqual([...partings.due(300)], []);
  assert.equal(partings.nextMs(), Infinity);
});

test("who says goodbye twice waits for the later one, and keeps nobody waiting", () => {
  const partings = new Partings();
  partings.add("a", left(7), 100);
  partings.add("b", left(8), 101);
  partings.add("a", left(9), 102);
  assert.deepEqual([...partings.due(103)], [{ route: "b", message: left(8) }]);
  assert.deepEqual([...partings.due(104)], [{ route: "a", message: left(9) }]);
});

test("a connection that closed is told nothing", () => {
  const partings = new Partings();
  partings.add("a", left(7), 100);
  partings.closed("a");
  assert.equal(partings.nextMs(), Infinity);
  assert.deepEqual([...partings.due(200)], []);
});
