import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bestAuthority, merge, worstAuthority } from "../../lib/core/merge.ts";
import type { Testimony } from "../../lib/core/merge.ts";
import type { Authority } from "../../lib/core/messages.ts";
import type { Entry } from "../../lib/core/peer.ts";
import { cardOf, entryOf } from "./samples.ts";

const says = (authority: Authority, ...entries: readonly Entry[]): Testimony => ({
  authority,
  entries,
});
const suspect = (id: string, change: Partial<Entry> = {}): Entry =>
  entryOf(id, { standing: "suspect", cause: "missed-surveys", ...change });
const ids = (...testimonies: readonly Testimony[]): readonly string[] => [
  ...merge(testimonies).keys(),
];

test("the best of several authorities is the livest, the worst the stalest", () => {
  const falling: readonly Authority[] = ["live", "learning", "held", "stale"];
  for (const [index, authority] of falling.entries()) {
    assert.equal(bestAuthority(falling.slice(index)), authority);
    assert.equal(worstAuthority(falling.slice(0, index + 1)), authority);
    assert.equal(bestAuthority(falling.slice(index).toReversed()), authority);
  }
  assert.equal(bestAuthority([]), "stale");
  assert.equal(worstAuthority([]), "live");
});

test("what any live source lists is listed", () => {
  assert.deepEqual(ids(says("live", entryOf("a")), says("live", entryOf("b"))), ["a", "b"]);
  assert.deepEqual(ids(), []);
});

for (const authority of ["learning", "held", "stale"] as const) {
  test(`a ${authority} source vouches for nobody beside a live one`, () => {
    assert.deepEqual(ids(says(authority, entryOf("dead")), says("live", entryOf("a"))), ["a"]);
  });

  test(`a ${authority} source is heard where none is live`, () => {
    assert.deepEqual(ids(says(authority, entryOf("a")), says("stale", entryOf("b"))), ["a", "b"]);
  });
}

test("the highest edition of the card wins, whatever the order", () => {
  const old = entryOf("a", { edition: 1 });
  const later = entryOf("a", { edition: 2, card: cardOf({ weight: 5 }) });
  for (const list of [
    [old, later],
    [later, old],
  ]) {
    assert.equal(merge(list.map((entry) => says("live", entry))).get("a"), later);
  }
});

for (const authority of ["learning", "held", "stale"] as const) {
  test(`a drained peer was given out again: a later card that a ${authority} source has is shown`, () => {
    const old = entryOf("a", { edition: 1 });
    const card = cardOf({ status: "draining" });
    const later = suspect("a", { edition: 2, card });
    const shown = merge([says("live", old), says(authority, later, entryOf("dead"))]);
    assert.deepEqual([...shown.values()], [{ ...old, edition: 2, card }]);
    assert.deepEqual(merge([says("live", later), says(authority, old)]).get("a"), later);
    const other = { ...later, instance: "another run" };
    assert.deepEqual([...merge([says("live", old), says(authority, other)]).values()], [old]);
  });
}

test("one source that knows a peer alive is enough, whoever shows the later card", () => {
  const later = suspect("a", { edition: 2, card: cardOf({ weight: 5 }) });
  for (const [one, other] of [
    [entryOf("a"), later],
    [later, entryOf("a")],
  ] as const) {
    const merged = merge([says("live", one), says("live", other)]).get("a");
    assert.deepEqual(
      [merged?.standing, merged?.cause, merged?.edition, merged?.card.weight],
      ["alive", null, 2, 5],
    );
  }
  const alive = entryOf("a", { edition: 2 });
  assert.equal(merge([says("live", suspect("a")), says("live", alive)]).get("a"), alive);
});

test("whom all suspect is a suspect", () => {
  const merged = merge([says("live", suspect("a")), says("live", suspect("a"))]);
  assert.deepEqual(
    [merged.get("a")?.standing, merged.get("a")?.cause],
    ["suspect", "missed-surveys"],
  );
});

const RUNS: readonly (readonly [why: string, winner: Entry, loser: Entry])[] = [
  ["lives", entryOf("a"), suspect("a", { instance: "i2", card: cardOf({ joinedAt: 9 ** 14 }) })],
  [
    "joined later",
    entryOf("a", { card: cardOf({ joinedAt: 9 ** 14 }) }),
    entryOf("a", { instance: "zz" }),
  ],
  [
    "has the greater instance, where nothing else decides",
    entryOf("a", { instance: "i2" }),
    entryOf("a", { instance: "i1" }),
  ],
];

for (const [why, winner, loser] of RUNS) {
  test(`of two runs under one id the one that ${why} is listed`, () => {
    assert.equal(merge([says("live", winner), says("live", loser)]).get("a"), winner);
    assert.equal(merge([says("live", loser), says("live", winner)]).get("a"), winner);
  });
}

const anyEntry = fc
  .record({
    id: fc.constantFrom("a", "b"),
    instance: fc.constantFrom("i1", "i2"),
    edition: fc.integer({ min: 1, max: 3 }),
    standing: fc.constantFrom("alive" as const, "suspect" as const),
  })
  .map((given) =>
    entryOf(given.id, {
      ...given,
      cause: given.standing === "suspect" ? "missed-surveys" : null,
      // What an edition of one instance shows is the same everywhere.
      card: cardOf({ weight: given.edition, joinedAt: given.instance === "i1" ? 1 : 2 }),
    }),
  );
const anyTestimony = fc.record({
  authority: fc.constantFrom<Authority>("live", "learning", "held", "stale"),
  entries: fc.uniqueArray(anyEntry, { selector: ({ id }) => id }),
});

test("the order of the registrars does not matter", () => {
  fc.assert(
    fc.property(fc.array(anyTestimony, { maxLength: 4 }), (testimonies) => {
      const sorted = (list: readonly Testimony[]) =>
        [...merge(list).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      assert.deepEqual(sorted(testimonies), sorted(testimonies.toReversed()));
    }),
    { numRuns: 500 },
  );
});
