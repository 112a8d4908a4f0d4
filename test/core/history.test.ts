import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../lib/core/history.ts";
import { LIMITS } from "../../lib/core/limits.ts";

test("what happened is remembered in order, peer by peer", () => {
  const history = new History(10);
  history.note("a", { atMs: 1, event: "joined" });
  history.note("b", { atMs: 2, event: "joined" });
  history.note("a", { atMs: 3, event: "updated" });
  assert.deepEqual(
    history.of("a").map(({ event }) => event),
    ["joined", "updated"],
  );
  assert.deepEqual(history.of("c"), []);
});

test("of one peer the oldest events are forgotten first", () => {
  const history = new History(10);
  for (let n = 0; n < LIMITS.historyMax + 5; n += 1) history.note("a", { atMs: n, event: "tick" });
  const times = history.of("a").map(({ atMs }) => atMs);
  assert.equal(times.length, LIMITS.historyMax);
  assert.equal(times[0], 5);
  assert.equal(times.at(-1), LIMITS.historyMax + 4);
});

test("of many peers the longest untouched are forgotten first", () => {
  const history = new History(2);
  history.note("a", { atMs: 1, event: "joined" });
  history.note("b", { atMs: 2, event: "joined" });
  history.note("a", { atMs: 3, event: "updated" });
  history.note("c", { atMs: 4, event: "joined" });
  assert.deepEqual(history.of("b"), []);
  assert.equal(history.of("a").length, 2);
  assert.equal(history.of("c").length, 1);
});
