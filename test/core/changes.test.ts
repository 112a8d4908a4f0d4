import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changesBetween, comparePeers, isSameCard } from "../../lib/core/changes.ts";
import type { ChangeContext } from "../../lib/core/changes.ts";
import type { Card, Peer } from "../../lib/core/peer.ts";
import { applied, assertSorted } from "./checkers.ts";
import { cardOf, peerOf } from "./samples.ts";

const NEWS: ChangeContext = {
  whyLeft: (peer) => ({ peer, cause: "goodbye" }),
  wasHere: () => false,
};

const told = (before: readonly Peer[] | null, after: readonly Peer[], context = NEWS) =>
  changesBetween(before, after, context).map(({ kind, peer, cause }) => [kind, peer.id, cause]);

test("before the first list everybody is present", () => {
  assert.deepEqual(told(null, [peerOf("a"), peerOf("b")]), [
    ["joined", "a", "present"],
    ["joined", "b", "present"],
  ]);
  assert.deepEqual(told(null, []), []);
});

test("departures come first, then arrivals and updates in order", () => {
  const before = [peerOf("a"), peerOf("b"), peerOf("d")];
  const after = [peerOf("b", { weight: 2 }), peerOf("c"), peerOf("e")];
  assert.deepEqual(told(before, after), [
    ["left", "a", "goodbye"],
    ["left", "d", "goodbye"],
    ["updated", "b", "updated"],
    ["joined", "c", "new"],
    ["joined", "e", "new"],
  ]);
});

test("a restart under the same id is a leave and a join", () => {
  const after = [peerOf("a", { instance: "a-2" })];
  assert.deepEqual(told([peerOf("a")], after), [
    ["left", "a", "goodbye"],
    ["joined", "a", "new"],
  ]);
});

test("who was here before returns, and who left is told as it is now", () => {
  const context: ChangeContext = {
    whyLeft: (peer) => ({ peer: { ...peer, standing: "suspect" }, cause: "connection-lost" }),
    wasHere: ({ id }) => id === "b",
  };
  const changes = changesBetween([peerOf("a")], [peerOf("b")], context);
  assert.deepEqual(
    changes.map(({ cause }) => cause),
    ["connection-lost", "returned"],
  );
  assert.equal(changes[0]?.peer.standing, "suspect");
});

test("another object that says the same is no change", () => {
  assert.deepEqual(told([peerOf("a")], [peerOf("a")]), []);
  const list = [peerOf("a"), peerOf("b")];
  assert.deepEqual(told(list, list), []);
});

test("lists are ordered by id, then by service, by code unit", () => {
  const ordered = [peerOf("B"), peerOf("a"), peerOf("a", { service: "db" }), peerOf("b")];
  assertSorted(ordered);
  assert.deepEqual([...ordered].reverse().sort(comparePeers), ordered);
  assert.equal(comparePeers(peerOf("a"), peerOf("a", { instance: "other" })), 0);
});

const DIFFERENT: readonly (readonly [what: string, card: Card])[] = [
  ["status", cardOf({ status: "warning" })],
  ["weight", cardOf({ weight: 2 })],
  ["version", cardOf({ version: "2" })],
  ["zone", cardOf({ zone: "b" })],
  ["time of joining", cardOf({ joinedAt: 5 })],
  ["value of the metadata", cardOf({ metadata: { rack: "8" } })],
  ["key of the metadata", cardOf({ metadata: { row: "7" } })],
  ["size of the metadata", cardOf({ metadata: { rack: "7", row: "1" } })],
  ["tag", cardOf({ tags: ["green"] })],
  ["number of tags", cardOf({ tags: [] })],
  ["endpoint", cardOf({ endpoints: [{ protocol: "tcp", host: "h", port: 1, scope: "private" }] })],
  ["number of endpoints", cardOf({ endpoints: [] })],
];

for (const [what, card] of DIFFERENT) {
  test(`a card with another ${what} is another card`, () => {
    assert.ok(!isSameCard(cardOf(), card));
    assert.ok(!isSameCard(card, cardOf()));
    assert.ok(isSameCard(card, structuredClone(card)));
  });
}

test("the order of the metadata does not matter", () => {
  const one = cardOf({ metadata: { a: "1", b: "2" } });
  assert.ok(isSameCard(one, cardOf({ metadata: { b: "2", a: "1" } })));
});

const anyPeer: fc.Arbitrary<Peer> = fc
  .record({
    id: fc.constantFrom("a", "b", "c", "d", "ä", "z"),
    service: fc.constantFrom("cache", "db"),
    instance: fc.constantFrom("i1", "i2"),
    weight: fc.integer({ min: 1, max: 2 }),
  })
  .map((change) => peerOf(change.id, change));
const anyList = fc
  .uniqueArray(anyPeer, { selector: (peer) => `${peer.service}/${peer.id}`, maxLength: 12 })
  .map((peers) => peers.toSorted(comparePeers));

test("changes applied to the list before give the list after, and say nothing twice", () => {
  fc.assert(
    fc.property(anyList, anyList, (before, after) => {
      const changes = changesBetween(before, after, NEWS);
      assert.deepEqual(applied(before, changes), after);
      assert.deepEqual(changesBetween(after, after, NEWS), []);
      const names = changes.map(({ kind, peer }) => `${kind} ${peer.service} ${peer.id}`);
      assert.equal(new Set(names).size, names.length);
      assert.deepEqual(applied([], changesBetween(null, after, NEWS)), after);
    }),
    { numRuns: 500 },
  );
});
