import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import { addressOf, Recorder, someNames } from "../../lib/core/recorder.ts";
import { PEER_EVENTS } from "./record-samples.ts";
import { cardOf, deltaOf, entryOf, EPOCH, LAN, pulseOf } from "./samples.ts";

const recorderAt = (nowMs: number): Recorder => new Recorder({ epoch: EPOCH, tuning: LAN, nowMs });

test("times count from the start of the run, in steps of a tenth of a millisecond", () => {
  const recorder = recorderAt(5000);
  recorder.noteRegistrar({ kind: "learned" }, 8700.123);
  assert.deepEqual(recorder.registrar, [
    { kind: "started", atMs: 0 },
    { kind: "learned", atMs: 3700.1 },
  ]);
});

test("of the registrar itself the latest events are kept", () => {
  const recorder = recorderAt(0);
  for (let n = 0; n < 2 * LIMITS.registrarEventsMax; n += 1) {
    recorder.noteRegistrar({ kind: "stalled", lateMs: n }, n);
  }
  assert.equal(recorder.registrar.length, LIMITS.registrarEventsMax);
  assert.equal(recorder.registrar.at(-1)?.atMs, 2 * LIMITS.registrarEventsMax - 1);
});

test("a delta marks what it publishes; other messages publish nothing", () => {
  const recorder = recorderAt(0);
  for (const id of ["a", "b"]) recorder.note({ service: "cache", id }, PEER_EVENTS.joined, 1);
  recorder.published(pulseOf());
  recorder.published(deltaOf(7, [{ kind: "put", entry: entryOf("a"), returned: false }]));
  const revision = (id: string): number | null | undefined =>
    recorder.history.of("cache", id)?.notes[0]?.revision;
  assert.deepEqual([revision("a"), revision("b")], [7, null]);
});

test("an address is that of the first endpoint, and nothing without one", () => {
  assert.equal(addressOf(cardOf()), "10.0.0.1:8080");
  assert.equal(addressOf(cardOf({ endpoints: [] })), "");
});

test("long lists of names are cut, and their number is told", () => {
  const names = Array.from({ length: 100 }, (_, n) => `w${n}`);
  const some = someNames(names);
  assert.equal(some.names.length, LIMITS.historyNamesMax);
  assert.equal(some.count, 100);
  assert.deepEqual(someNames(["a"]), { names: ["a"], count: 1 });
});
