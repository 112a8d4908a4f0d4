import assert from "node:assert/strict";
import { test } from "node:test";
import { Departures } from "../../lib/core/departures.ts";
import { HeldList } from "../../lib/core/held-list.ts";
import type { Entry, LeftCause } from "../../lib/core/peer.ts";
import { deltaOf, entryOf, EPOCH, goneOf, listOf, OTHER_EPOCH, putOf } from "./samples.ts";

/** A list that holds these, of one epoch, at revision 5. */
function holding(...entries: readonly Entry[]) {
  const departures = new Departures();
  const list = new HeldList("cache", departures);
  list.replace(listOf("cache", 5, { entries }), EPOCH);
  const causeOf = (id: string, instance = `${id}-1`): LeftCause | undefined =>
    departures.causeOf("cache", { id, instance });
  const ids = (): readonly string[] => [...list.entries()].map(({ id }) => id);
  return { list, ids, causeOf };
}

test("before the first snapshot there is no epoch and nobody", () => {
  const list = new HeldList("cache", new Departures());
  assert.deepEqual(
    [list.epoch, list.revision, list.size, list.isAwaitingReturns],
    [null, 0, 0, false],
  );
});

test("the first snapshot is taken as it is", () => {
  const { list, ids } = holding(entryOf("a"), entryOf("b"));
  assert.deepEqual([list.epoch, list.revision, list.size], [EPOCH, 5, 2]);
  assert.deepEqual(ids(), ["a", "b"]);
});

test("changes of one revision are applied in order", () => {
  const { list, ids, causeOf } = holding(entryOf("a"), entryOf("b"));
  const standing = { kind: "standing", id: "b", instance: "b-1" } as const;
  list.apply(
    deltaOf(6, [
      goneOf("a"),
      putOf(entryOf("a", { instance: "a-2" })),
      { ...standing, standing: "suspect", cause: "missed-surveys" },
    ]),
  );
  assert.equal(list.revision, 6);
  assert.deepEqual(ids(), ["b", "a"]);
  assert.equal(causeOf("a"), "goodbye");
  const [b] = list.entries();
  assert.deepEqual([b?.standing, b?.cause], ["suspect", "missed-surveys"]);
});

test("what is said of another run of a peer changes nothing about this one", () => {
  const { list } = holding(entryOf("a"));
  const other = { id: "a", instance: "a-9" } as const;
  list.apply(
    deltaOf(6, [
      { kind: "standing", ...other, standing: "suspect", cause: "missed-surveys" },
      { kind: "gone", ...other, cause: "replaced" },
      { kind: "standing", id: "x", instance: "x-1", standing: "alive", cause: null },
    ]),
  );
  assert.deepEqual([...list.entries()], [entryOf("a")]);
});

test("a successor without a departure means that the one before was replaced", () => {
  const { list, causeOf } = holding(entryOf("a"));
  list.apply(deltaOf(6, [putOf(entryOf("a", { instance: "a-2" }))]));
  assert.equal(causeOf("a"), "replaced");
});

test("one who returns has a departure, even where nobody saw it", () => {
  const { list, causeOf } = holding();
  list.apply(deltaOf(6, [putOf(entryOf("a"), true), putOf(entryOf("b"), false)]));
  assert.equal(causeOf("a"), "unknown");
  assert.equal(causeOf("b"), undefined);
  list.apply(deltaOf(7, [goneOf("a")]));
  list.apply(deltaOf(8, [putOf(entryOf("a"), true)]));
  assert.equal(causeOf("a"), "goodbye");
});

test("a snapshot of the same run is the truth, and tells why somebody is missing", () => {
  const { list, ids, causeOf } = holding(entryOf("a"), entryOf("b"), entryOf("c"));
  list.replace(
    listOf("cache", 9, {
      entries: [entryOf("c", { instance: "c-2" })],
      tombstones: [{ id: "a", instance: "a-1", cause: "connection-lost", revision: 7 }],
    }),
    EPOCH,
  );
  assert.deepEqual(ids(), ["c"]);
  assert.deepEqual(
    [causeOf("a"), causeOf("b"), causeOf("c"), list.isAwaitingReturns],
    ["connection-lost", "unknown", "replaced", false],
  );
});

test("a tombstone of somebody who is there is history", () => {
  const { list, causeOf } = holding(entryOf("a"));
  const tombstones = [{ id: "a", instance: "a-1", cause: "goodbye", revision: 7 }] as const;
  list.replace(listOf("cache", 9, { entries: [entryOf("a")], tombstones }), EPOCH);
  assert.equal(list.size, 1);
  assert.equal(causeOf("a"), undefined);
});

test("in a new run the missing are kept until the registrar has learned", () => {
  const { list, ids, causeOf } = holding(entryOf("a"), entryOf("b"));
  list.replace(listOf("cache", 1, { entries: [entryOf("b")] }), OTHER_EPOCH);
  assert.deepEqual([list.epoch, list.revision, list.size], [OTHER_EPOCH, 1, 2]);
  assert.deepEqual(ids(), ["b", "a"]);
  assert.ok(list.isAwaitingReturns);
  list.settle();
  assert.deepEqual(ids(), ["b"]);
  assert.equal(causeOf("a"), "not-returned");
  assert.ok(!list.isAwaitingReturns);
});

test("those who are waited for stay through further snapshots and deltas of the new run", () => {
  const { list, ids } = holding(entryOf("a"), entryOf("b"), entryOf("c"));
  list.replace(listOf("cache", 0), OTHER_EPOCH);
  list.replace(listOf("cache", 1, { entries: [entryOf("b")] }), OTHER_EPOCH);
  list.apply(deltaOf(2, [putOf(entryOf("c", { edition: 2 }))]));
  assert.deepEqual(ids(), ["b", "c", "a"]);
  list.settle();
  assert.deepEqual(ids(), ["b", "c"]);
});

test("those who are waited for stay through a second restart", () => {
  const { list, ids } = holding(entryOf("a"), entryOf("b"));
  list.replace(listOf("cache", 1, { entries: [entryOf("b")] }), OTHER_EPOCH);
  list.replace(listOf("cache", 0), "third");
  assert.deepEqual(ids().toSorted(), ["a", "b"]);
  list.replace(listOf("cache", 2, { entries: [entryOf("a"), entryOf("b")] }), "third");
  assert.ok(!list.isAwaitingReturns);
  assert.deepEqual(ids(), ["a", "b"]);
});

test("those who are waited for leave at once where their departure or a successor is told", () => {
  const { list, ids, causeOf } = holding(entryOf("a"), entryOf("b"), entryOf("c"), entryOf("d"));
  list.replace(
    listOf("cache", 1, {
      entries: [entryOf("b", { instance: "b-2" })],
      tombstones: [{ id: "a", instance: "a-1", cause: "goodbye", revision: 1 }],
    }),
    OTHER_EPOCH,
  );
  assert.deepEqual(ids(), ["b", "c", "d"]);
  list.apply(deltaOf(2, [putOf(entryOf("c", { instance: "c-2" })), goneOf("d")]));
  assert.deepEqual(ids(), ["b", "c"]);
  assert.deepEqual(
    [causeOf("a"), causeOf("b"), causeOf("c"), causeOf("d")],
    ["goodbye", "replaced", "replaced", "goodbye"],
  );
  assert.ok(!list.isAwaitingReturns);
});

test("somebody known again and then missing in the same run is gone", () => {
  const { list, ids, causeOf } = holding(entryOf("a"));
  list.replace(listOf("cache", 1, { entries: [entryOf("a", { edition: 2 })] }), OTHER_EPOCH);
  list.replace(listOf("cache", 2), OTHER_EPOCH);
  assert.deepEqual(ids(), []);
  assert.equal(causeOf("a"), "unknown");
});

test("a goodbye told by a snapshot alone was not known of a peer that another registrar still listed", () => {
  const { list, causeOf } = holding(entryOf("a"));
  const goodbye = { id: "b", instance: "b-1", cause: "goodbye", revision: 6 } as const;
  const lost = { ...goodbye, id: "c", instance: "c-1", cause: "connection-lost" } as const;
  const entries = [entryOf("a")];
  list.replace(listOf("cache", 7, { entries, tombstones: [goodbye, lost] }), EPOCH);
  assert.equal(causeOf("b"), "goodbye");
  // Only a goodbye is for good, whoever lists it.
  assert.equal(causeOf("c"), undefined);
});

test("as many departures are remembered as the list ever held, whether told at once or one by one", () => {
  const ids = Array.from({ length: 3000 }, (_, n) => `c${n}`);
  const fill: readonly ((list: HeldList) => void)[] = [
    (list) => {
      const entries = ids.map((id) => entryOf(id));
      list.replace({ service: "cache", revision: 1, entries, tombstones: [] }, EPOCH);
    },
    (list) => {
      list.replace({ service: "cache", revision: 0, entries: [], tombstones: [] }, EPOCH);
      list.apply(
        deltaOf(
          1,
          ids.map((id) => putOf(entryOf(id))),
        ),
      );
    },
  ];
  for (const act of fill) {
    const departures = new Departures();
    const list = new HeldList("cache", departures);
    act(list);
    list.apply(
      deltaOf(
        2,
        ids.map((id) => goneOf(id)),
      ),
    );
    const [first, last] = [entryOf("c0"), entryOf("c2999")];
    assert.equal(departures.causeOf("cache", first), "goodbye");
    assert.equal(departures.causeOf("cache", last), "goodbye");
  }
});

test("a snapshot tells why a run left whose id another has, as the delta would have", () => {
  const { list, causeOf } = holding(entryOf("a"));
  const goodbye = { id: "a", instance: "a-1", cause: "goodbye", revision: 6 } as const;
  const entries = [entryOf("a", { instance: "a-2" })];
  list.replace(listOf("cache", 7, { entries, tombstones: [goodbye] }), EPOCH);
  assert.equal(causeOf("a"), "goodbye");
});
