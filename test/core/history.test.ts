import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../lib/core/history.ts";
import type { HistoryLimits } from "../../lib/core/history.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import type { PeerEvent } from "../../lib/core/record-event.ts";
import { PEER_EVENTS } from "./record-samples.ts";

const { joined, gone, updated, refused, late, suspect } = PEER_EVENTS;

function write(history: History, id: string, ...events: readonly PeerEvent[]): void {
  for (const event of events) history.note("cache", id, { atMs: 1, event });
}

const kinds = (history: History, id: string): readonly string[] =>
  history.of("cache", id)?.notes.map(({ event }) => event.kind) ?? [];

const small = (change: Partial<HistoryLimits>): History => new History({ ...LIMITS, ...change });

test("what happened is remembered in order, peer by peer", () => {
  const history = new History();
  write(history, "a", joined, updated);
  write(history, "b", joined);
  assert.deepEqual(kinds(history, "a"), ["joined", "updated"]);
  assert.equal(history.of("cache", "c"), undefined);
  assert.equal(history.of("web", "a"), undefined);
});

test("of one peer the oldest events are forgotten first, and counted", () => {
  const history = new History();
  for (let n = 0; n < LIMITS.historyMax + 5; n += 1) {
    history.note("cache", "a", { atMs: n, event: updated });
  }
  const ring = history.of("cache", "a");
  assert.equal(ring?.notes.length, LIMITS.historyMax);
  assert.equal(ring?.dropped, 5);
  assert.equal(ring?.notes[0]?.atMs, 5);
});

test("of the departed the longest untouched are forgotten, of the present nobody is", () => {
  const history = small({ departedMax: 2 });
  for (const id of ["a", "b", "c", "d"]) write(history, id, joined);
  for (const id of ["a", "b"]) write(history, id, gone);
  write(history, "a", updated);
  write(history, "c", gone);
  assert.deepEqual(kinds(history, "b"), []);
  assert.deepEqual(kinds(history, "a"), ["joined", "gone", "updated"]);
  assert.deepEqual(kinds(history, "d"), ["joined"]);
  write(history, "a", joined);
  write(history, "d", gone);
  assert.deepEqual(kinds(history, "a").length, 4, "it is listed again");
  assert.deepEqual(kinds(history, "c"), ["joined", "gone"]);
});

test("names that were only refused are few and push out nobody else", () => {
  const history = small({ turnedAwayMax: 2, departedMax: 2 });
  write(history, "left", joined, gone);
  for (let n = 0; n < 10; n += 1) write(history, `stranger-${n}`, refused);
  assert.deepEqual(kinds(history, "left"), ["joined", "gone"]);
  assert.deepEqual(kinds(history, "stranger-7"), []);
  assert.deepEqual(kinds(history, "stranger-9"), ["refused"]);
  write(history, "stranger-9", joined);
  for (let n = 10; n < 20; n += 1) write(history, `stranger-${n}`, refused);
  assert.deepEqual(kinds(history, "stranger-9"), ["refused", "joined"]);
});

test("bytes are bounded: the absent go first, then the oldest events of whoever writes", () => {
  const historyBytesMax = 20_000;
  const history = small({ historyBytesMax, historyMax: 1000 });
  write(history, "stays", joined);
  for (let n = 0; n < 200; n += 1) write(history, `d${n}`, joined, gone);
  assert.ok(history.bytes <= historyBytesMax && history.bytes > historyBytesMax / 2);
  assert.deepEqual(kinds(history, "stays"), ["joined"]);
  assert.deepEqual(kinds(history, "d199"), ["joined", "gone"]);
  for (let n = 0; n < 1000; n += 1) write(history, "chatty", joined, late);
  assert.ok(history.bytes <= historyBytesMax);
  assert.deepEqual(kinds(history, "d199"), []);
  assert.deepEqual(kinds(history, "stays"), ["joined"]);
});

test("forgetting gives back every byte that was counted", () => {
  const history = small({ departedMax: 1 });
  write(history, "a", joined, late, gone);
  const { bytes } = history;
  for (let n = 0; n < 100; n += 1) write(history, String(n % 10), joined, late, gone);
  assert.equal(history.bytes, bytes);
});

test("a revision marks what it publishes, and nothing else", () => {
  const history = new History();
  write(history, "a", joined, late);
  history.published("cache", "a", 4);
  write(history, "a", late, suspect);
  history.published("cache", "a", 5);
  history.published("cache", "nobody", 6);
  const marks = history
    .of("cache", "a")
    ?.notes.map(({ event, revision }) => [event.kind, revision]);
  assert.deepEqual(marks, [
    ["joined", 4],
    ["late", null],
    ["late", null],
    ["suspect", 5],
  ]);
});

test("rings are walked in the order of their ordinals, also from the middle", () => {
  const history = new History();
  for (const id of ["a", "b", "c"]) write(history, id, joined);
  write(history, "a", gone);
  const walk = (after: number): readonly string[] =>
    [...history.after(after)].map(({ id, ordinal }) => `${ordinal} ${id}`);
  assert.deepEqual(walk(0), ["1 a", "2 b", "3 c"]);
  assert.deepEqual(walk(2), ["3 c"]);
  assert.deepEqual(walk(3), []);
});
