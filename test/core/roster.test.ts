import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Departures } from "../../lib/core/departures.ts";
import { HeldList } from "../../lib/core/held-list.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import type { Entry, LeftCause } from "../../lib/core/peer.ts";
import { Roster } from "../../lib/core/roster.ts";
import type { Revision } from "../../lib/core/roster.ts";
import { cardOf, deltaOf, entryOf, EPOCH, goneOf, listOf, putOf } from "./samples.ts";

/** A roster and the truth that it follows. */
class Bench {
  readonly roster: Roster;
  readonly truth = new Map<string, Entry>();
  bytes = 100;

  constructor(revision = 0) {
    this.roster = new Roster("cache", revision);
  }

  put(entry: Entry): void {
    this.truth.set(entry.id, entry);
    this.roster.touch(entry.id);
  }

  drop(id: string, cause: LeftCause, wasListedBefore = false): void {
    const entry = this.truth.get(id);
    this.truth.delete(id);
    if (entry === undefined) return;
    this.roster.left({ id, instance: entry.instance, cause }, wasListedBefore);
  }

  cut(): Revision | undefined {
    return this.roster.cut((id) => {
      const entry = this.truth.get(id);
      return entry === undefined ? undefined : { entry, bytes: this.bytes };
    });
  }
}

test("nothing touched is nothing to say", () => {
  const bench = new Bench();
  assert.equal(bench.roster.isDirty, false);
  assert.equal(bench.cut(), undefined);
  assert.deepEqual(bench.roster.snapshot(), listOf("cache", 0));
});

test("a newcomer is put in the next revision", () => {
  const bench = new Bench(7);
  bench.put(entryOf("a"));
  assert.ok(bench.roster.isDirty);
  assert.deepEqual(bench.cut(), { revision: 8, changes: [putOf(entryOf("a"))] });
  assert.deepEqual([bench.roster.revision, bench.roster.size], [8, 1]);
  assert.deepEqual([...bench.roster.published.keys()], ["a"]);
});

test("several changes make one revision", () => {
  const bench = new Bench();
  for (const id of ["a", "b", "c"]) bench.put(entryOf(id));
  const cut = bench.cut();
  assert.deepEqual([cut?.revision, cut?.changes.length], [1, 3]);
  assert.equal(bench.cut(), undefined);
});

test("a flap between two publications costs nothing", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  bench.put(entryOf("a", { standing: "suspect", cause: "missed-surveys" }));
  bench.put(entryOf("a"));
  bench.put(entryOf("b"));
  bench.drop("b", "unknown");
  assert.equal(bench.cut(), undefined);
  assert.equal(bench.roster.revision, 1);
});

test("a change of standing tells the standing alone, and leaves what was published as it was", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  const before = bench.roster.published.get("a");
  bench.put(entryOf("a", { standing: "suspect", cause: "missed-surveys" }));
  const suspected = { kind: "standing", id: "a", instance: "a-1" } as const;
  assert.deepEqual(bench.cut()?.changes, [
    { ...suspected, standing: "suspect", cause: "missed-surveys" },
  ]);
  assert.equal(before?.standing, "alive");
  bench.put(entryOf("a", { standing: "suspect", cause: "connection-lost" }));
  assert.deepEqual(bench.cut()?.changes, [
    { ...suspected, standing: "suspect", cause: "connection-lost" },
  ]);
  bench.put(entryOf("a"));
  assert.deepEqual(bench.cut()?.changes, [{ ...suspected, standing: "alive", cause: null }]);
});

test("a new edition is put whole, with its standing", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  const later = entryOf("a", { edition: 2, card: cardOf({ weight: 9 }), standing: "suspect" });
  bench.put(later);
  assert.deepEqual(bench.cut()?.changes, [putOf(later)]);
});

test("a goodbye is told with its cause and remembered by revision", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  bench.drop("a", "goodbye");
  assert.deepEqual(bench.cut(), { revision: 2, changes: [goneOf("a")] });
  const tombstone = { id: "a", instance: "a-1", cause: "goodbye", revision: 2 };
  assert.deepEqual(bench.roster.tombstone("a", "a-1"), tombstone);
  assert.equal(bench.roster.tombstone("a", "a-2"), undefined);
  assert.deepEqual(
    bench.roster.snapshot(),
    listOf("cache", 2, { tombstones: [{ ...tombstone, cause: "goodbye" }] }),
  );
});

test("a departure whose cause was never told is unknown", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  bench.truth.delete("a");
  bench.roster.touch("a");
  assert.deepEqual(bench.cut()?.changes, [{ ...goneOf("a"), cause: "unknown" }]);
});

test("a replacement is a departure and an arrival in one revision", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  bench.drop("a", "replaced");
  const successor = entryOf("a", { instance: "a-2" });
  bench.put(successor);
  assert.deepEqual(bench.cut()?.changes, [{ ...goneOf("a"), cause: "replaced" }, putOf(successor)]);
  assert.equal(bench.roster.tombstone("a", "a-1")?.cause, "replaced");
});

test("an instance that left and comes back returns, and its departure is forgotten", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  bench.drop("a", "connection-lost");
  bench.cut();
  bench.put(entryOf("a"));
  assert.deepEqual(bench.cut()?.changes, [putOf(entryOf("a"), true)]);
  assert.equal(bench.roster.tombstone("a", "a-1"), undefined);
  bench.put(entryOf("a", { edition: 2 }));
  assert.deepEqual(bench.cut()?.changes, [putOf(entryOf("a", { edition: 2 }))]);
});

test("a cause does not outlive the revision it belongs to", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  bench.drop("a", "goodbye");
  bench.put(entryOf("a"));
  assert.equal(bench.cut(), undefined);
  bench.truth.delete("a");
  bench.roster.touch("a");
  assert.deepEqual(bench.cut()?.changes, [{ ...goneOf("a"), cause: "unknown" }]);
});

test("more changes than one delta may carry make several revisions", () => {
  const bench = new Bench();
  const ids = Array.from({ length: 2500 }, (_, n) => `c${n}`);
  for (const id of ids) bench.put(entryOf(id));
  while (bench.roster.isDirty) bench.cut();
  for (const id of ids) {
    bench.drop(id, "replaced");
    bench.put(entryOf(id, { instance: `${id}-2` }));
  }
  const counts: number[] = [];
  while (bench.roster.isDirty) {
    const cut = bench.cut();
    counts.push(cut?.changes.length ?? 0);
    assert.ok(cut?.changes.every((change) => change.kind === "put" || change.cause === "replaced"));
  }
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    5000,
  );
  assert.ok(Math.max(...counts) <= LIMITS.changesMax && counts.length <= 6, counts.join(" "));
});

test("a name with three changes still fits into a delta that is nearly full", () => {
  const bench = new Bench();
  const instance = (n: number) => entryOf("x", { instance: `x-${n}` });
  bench.put(instance(1));
  bench.cut();
  for (let n = 3; n <= LIMITS.changesMax; n += 1) bench.put(entryOf(`c${n}`));
  bench.drop("x", "replaced");
  bench.put(instance(2));
  bench.drop("x", "goodbye", true);
  bench.put(instance(3));
  const cuts: number[] = [];
  while (bench.roster.isDirty) cuts.push(bench.cut()?.changes.length ?? 0);
  assert.deepEqual(cuts, [LIMITS.changesMax - 2, 3]);
});

test("heavy cards make smaller revisions", () => {
  const bench = new Bench();
  bench.bytes = 40_000;
  for (let n = 0; n < 20; n += 1) bench.put(entryOf(`c${n}`));
  const first = bench.cut()?.changes.length ?? 0;
  assert.ok(first * bench.bytes <= LIMITS.deltaBytesMax + bench.bytes);
  assert.ok(bench.roster.isDirty);
});

test("a snapshot is one object until the next revision", () => {
  const bench = new Bench();
  bench.put(entryOf("a"));
  bench.cut();
  const snapshot = bench.roster.snapshot();
  bench.roster.touch("a");
  bench.cut();
  assert.equal(bench.roster.snapshot(), snapshot);
  bench.put(entryOf("b"));
  bench.cut();
  assert.notEqual(bench.roster.snapshot(), snapshot);
  assert.equal(snapshot.entries.length, 1);
});

test("the size of a snapshot follows what is in it", () => {
  const bench = new Bench();
  assert.equal(bench.roster.bytes, 0);
  bench.put(entryOf("a"));
  bench.put(entryOf("b"));
  bench.cut();
  assert.equal(bench.roster.bytes, 200);
  bench.bytes = 300;
  bench.put(entryOf("a", { edition: 2 }));
  bench.cut();
  assert.equal(bench.roster.bytes, 400);
  bench.drop("a", "goodbye");
  bench.drop("b", "goodbye");
  bench.cut();
  const empty = bench.roster.bytes;
  assert.ok(empty > 0 && empty < 300, "the departures are left");
});

test("departures are remembered up to a limit, the oldest are forgotten first", () => {
  const bench = new Bench();
  const count = LIMITS.tombstonesMax + 10;
  for (let n = 0; n < count; n += 1) bench.put(entryOf(`c${n}`));
  bench.cut();
  for (let n = 0; n < count; n += 1) bench.drop(`c${n}`, "goodbye");
  bench.cut();
  assert.equal(bench.roster.snapshot().tombstones.length, LIMITS.tombstonesMax);
  assert.equal(bench.roster.tombstone("c0", "c0-1"), undefined);
  assert.equal(bench.roster.tombstone(`c${count - 1}`, `c${count - 1}-1`)?.cause, "goodbye");
});

const anyEntry = fc
  .record({
    id: fc.constantFrom("a", "b", "c", "d"),
    instance: fc.constantFrom("i1", "i2"),
    edition: fc.integer({ min: 1, max: 3 }),
    standing: fc.constantFrom("alive" as const, "suspect" as const),
  })
  .map(({ id, ...change }) => entryOf(id, { ...change, card: cardOf({ weight: change.edition }) }));
type Step =
  | { readonly kind: "put"; readonly entry: Entry }
  | { readonly kind: "drop"; readonly id: string }
  | { readonly kind: "touch"; readonly id: string }
  | { readonly kind: "cut" };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), entry: anyEntry }),
  fc.record({ kind: fc.constantFrom("drop", "touch"), id: fc.constantFrom("a", "b", "c", "d") }),
  fc.constant({ kind: "cut" } as const),
);

test("a consumer that applies the deltas in order holds exactly what is published", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const bench = new Bench();
      const held = new HeldList("cache", new Departures());
      held.replace(bench.roster.snapshot(), EPOCH);
      for (const step of [...steps, { kind: "cut" } as const]) {
        if (step.kind === "put") bench.put(step.entry);
        else if (step.kind === "drop") bench.drop(step.id, "goodbye");
        else if (step.kind === "touch") bench.roster.touch(step.id);
        else {
          const before = bench.roster.revision;
          const cut = bench.cut();
          assert.equal(bench.roster.revision, cut === undefined ? before : before + 1);
          if (cut !== undefined) held.apply(deltaOf(cut.revision, cut.changes));
          assert.deepEqual([...held.entries()].toSorted(byId), published(bench));
          assert.equal(held.revision, bench.roster.revision);
        }
      }
      // An edition shows one card, so what is published is the truth in all but that.
      assert.deepEqual(
        [...bench.roster.published.keys()].toSorted(),
        [...bench.truth.keys()].toSorted(),
      );
      const late = new HeldList("cache", new Departures());
      late.replace(bench.roster.snapshot(), EPOCH);
      assert.deepEqual([...late.entries()].toSorted(byId), published(bench));
    }),
    { numRuns: 300 },
  );
});

function published(bench: Bench): readonly Entry[] {
  return [...bench.roster.published.values()].toSorted(byId);
}

function byId(a: Entry, b: Entry): number {
  return a.id < b.id ? -1 : 1;
}
