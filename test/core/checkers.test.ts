import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, assertProgress, assertSorted, RevisionCheck } from "./checkers.ts";
import { deltaOf, entryOf, peerOf, pulseOf, putOf } from "./samples.ts";

const SPAN = { fromMs: 0, wakes: 10, atLeastMs: 100 };

function clockwork(deadline: (nowMs: number) => number) {
  let nextDeadlineMs = 0;
  return {
    get nextDeadlineMs(): number {
      return nextDeadlineMs;
    },
    handle(_: unknown, nowMs: number): void {
      nextDeadlineMs = deadline(nowMs);
    },
  };
}

test("a machine that asks for the same moment again is found", () => {
  assert.throws(
    () =>
      assertProgress(
        clockwork((nowMs) => nowMs),
        SPAN,
      ),
    /brought 0 ms/,
  );
});

test("a machine that asks for moments ever closer is found", () => {
  const creeping = clockwork((nowMs) => nowMs + 1);
  assert.throws(() => assertProgress(creeping, SPAN), /10 wake-ups brought 9 ms/);
});

test("a machine that sleeps well or for ever is in order", () => {
  assertProgress(
    clockwork((nowMs) => nowMs + 100),
    SPAN,
  );
  assertProgress(
    clockwork(() => Infinity),
    SPAN,
  );
});

test("revisions that repeat, go back or change nothing are found", () => {
  const change = [putOf(entryOf("a"))];
  for (const revision of [6, 7]) {
    const check = new RevisionCheck();
    check.see(pulseOf());
    check.see(deltaOf(7, change));
    check.see(deltaOf(1, change, { service: "db" }));
    assert.throws(() => check.see(deltaOf(revision, change)), /of cache follows 7/);
  }
  assert.throws(() => new RevisionCheck().see(deltaOf(7, [])), /changes nothing/);
});

test("a revision that is left out is found where services stay open", () => {
  const change = [putOf(entryOf("a"))];
  const check = new RevisionCheck();
  check.seeOpen(deltaOf(7, change));
  check.seeOpen(pulseOf());
  check.seeOpen(deltaOf(8, change));
  assert.throws(() => check.seeOpen(deltaOf(10, change)), /leaves out revisions/);
});

test("changes that do not fit the list are found", () => {
  const a = peerOf("a");
  const other = peerOf("a", { instance: "a-2" });
  assert.throws(() => applied([a], [{ kind: "joined", peer: a, cause: "new" }]), /joins twice/);
  assert.throws(() => applied([], [{ kind: "left", peer: a, cause: "goodbye" }]), /not held/);
  assert.throws(
    () => applied([a], [{ kind: "updated", peer: other, cause: "updated" }]),
    /not held/,
  );
});

test("changes that fit are applied", () => {
  const [a, b, c] = [peerOf("a"), peerOf("b"), peerOf("c")];
  const heavier = { ...b, weight: 2 };
  const after = applied(
    [b, c],
    [
      { kind: "left", peer: c, cause: "goodbye" },
      { kind: "joined", peer: a, cause: "new" },
      { kind: "updated", peer: heavier, cause: "updated" },
    ],
  );
  assert.deepEqual(after, [a, heavier]);
});

test("a list that is out of order or names somebody twice is found", () => {
  assertSorted([peerOf("a"), peerOf("b"), peerOf("b", { service: "db" })]);
  assert.throws(() => assertSorted([peerOf("b"), peerOf("a")]), /b stands before a/);
  assert.throws(() => assertSorted([peerOf("a"), peerOf("a")]), /a stands before a/);
});
