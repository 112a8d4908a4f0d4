import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "../../lib/index.ts";
import { Holding, isTooMany } from "../../lib/operators/holding.ts";
import type { Leaving } from "../../lib/operators/holding.ts";
import { peerOf } from "./views.ts";

const RULE = { maxRemovedShare: 0.5, minRemoved: 1 };

function peersOf(count: number, from = 0): readonly Peer[] {
  return Array.from({ length: count }, (_, i) => peerOf(`p${from + i}`));
}

/** Whether a service of so many peers is held after so many were lost at once. */
function isHeld(count: number, lost: number, rule = RULE): boolean {
  const holding = new Holding(rule);
  holding.judge(peersOf(count), 1, () => "loss");
  holding.judge(peersOf(count - lost, lost), 2, () => "loss");
  assert.equal(holding.held.size === lost || holding.held.size === 0, true, "all or none");
  return lost > 0 && holding.held.size === lost;
}

type Row = readonly [peers: number, passing: number, rule?: typeof RULE];

/** How many of so many may be lost within one window. */
const MOST: readonly Row[] = [
  [1, 0],
  [2, 1],
  [3, 1],
  [4, 2],
  [10, 5],
  [1000, 500],
  [3, 1, { maxRemovedShare: 0.1, minRemoved: 1 }],
  [10, 1, { maxRemovedShare: 0.1, minRemoved: 0 }],
  [9, 0, { maxRemovedShare: 0.1, minRemoved: 0 }],
  [10, 3, { maxRemovedShare: 0, minRemoved: 3 }],
  [1000, 70, { maxRemovedShare: 0.07, minRemoved: 1 }],
  [10, 9, { maxRemovedShare: 1, minRemoved: 0 }],
  [2, 1, { maxRemovedShare: 0, minRemoved: 5 }],
];

for (const [peers, passing, rule = RULE] of MOST) {
  test(`of ${peers} peers ${passing} may be lost at once with ${JSON.stringify(rule)}`, () => {
    assert.equal(isHeld(peers, passing, rule), false);
    assert.equal(isHeld(peers, passing + 1, rule), true);
  });
}

test("both limits must be passed", () => {
  assert.equal(isTooMany(2, 3, RULE), true);
  assert.equal(isTooMany(1, 1, RULE), false);
  assert.equal(isTooMany(5, 10, RULE), false);
});

test("losses one after the other count together until their window has passed", () => {
  const holding = new Holding(RULE);
  holding.judge(peersOf(4), 1, () => "loss");
  assert.deepEqual(
    holding.judge(peersOf(3, 1), 2, () => "loss"),
    { hasLet: true, hasBegun: false },
  );
  assert.deepEqual(
    holding.judge(peersOf(2, 2), 3, () => "loss"),
    { hasLet: true, hasBegun: false },
  );
  assert.deepEqual(
    holding.judge(peersOf(1, 3), 4, () => "loss"),
    { hasLet: false, hasBegun: true },
  );
  assert.deepEqual([...holding.held.keys()], ["p2"]);
  holding.forget(2);
  holding.forget(3);
  holding.judge(peersOf(1, 3), 5, () => "loss");
  assert.deepEqual([...holding.held.keys()], [], "one of the two that were left");
});

test("one that returns does not count as lost any more", () => {
  const holding = new Holding(RULE);
  holding.judge(peersOf(4), 1, () => "loss");
  holding.judge(peersOf(2), 2, () => "loss");
  holding.judge(peersOf(4), 3, () => "loss");
  holding.judge(peersOf(2), 4, () => "loss");
  assert.equal(holding.held.size, 0);
});

type Mixture = readonly [leavings: Readonly<Record<string, Leaving>>, held: readonly string[]];

/** Of four peers those named are gone. */
const MIXTURES: readonly Mixture[] = [
  [{ p0: "explicit", p1: "explicit", p2: "explicit", p3: "explicit" }, []],
  [{ p0: "explicit", p1: "explicit", p2: "explicit", p3: "loss" }, ["p3"]],
  [{ p0: "explicit", p1: "explicit", p2: "loss" }, []],
  [{ p0: "explicit", p1: "loss", p2: "loss" }, ["p1", "p2"]],
  [{ p0: "deselected", p1: "deselected", p2: "deselected" }, []],
  [{ p0: "deselected", p1: "deselected", p2: "deselected", p3: "explicit" }, ["p0", "p1", "p2"]],
  [{ p0: "deselected", p1: "loss", p2: "loss", p3: "loss" }, ["p0", "p1", "p2", "p3"]],
];

for (const [leavings, held] of MIXTURES) {
  test(`of four, ${JSON.stringify(leavings)} holds ${held.join(" ") || "nobody"}`, () => {
    const holding = new Holding(RULE);
    holding.judge(peersOf(4), 1, () => "loss");
    const left = peersOf(4).filter(({ id }) => !(id in leavings));
    holding.judge(left, 2, ({ id }) => leavings[id] ?? "loss");
    assert.deepEqual([...holding.held.keys()].toSorted(), held);
  });
}

test("giving up ends only the holding that is meant, and the next crash goes through", () => {
  const holding = new Holding(RULE);
  holding.judge(peersOf(10), 1, () => "loss");
  holding.judge(peersOf(4), 2, () => "loss");
  holding.giveUp(1);
  assert.equal(holding.held.size, 6);
  holding.giveUp(2);
  assert.equal(holding.held.size, 0);
  holding.judge(peersOf(3), 3, () => "loss");
  assert.equal(holding.held.size, 0);
});

test("giving up forgets what was lost before, so that a further crash begins no new holding", () => {
  const holding = new Holding(RULE);
  holding.judge(peersOf(10), 1, () => "loss");
  holding.judge(peersOf(5), 2, () => "loss");
  holding.judge(peersOf(4), 3, () => "loss");
  assert.equal(holding.held.size, 1);
  holding.giveUp(3);
  holding.judge(peersOf(3), 4, () => "loss");
  assert.equal(holding.held.size, 0);
});

test("a service without anybody is forgotten once nobody is missed", () => {
  const holding = new Holding(RULE);
  assert.equal(holding.isIdle, true);
  holding.judge(peersOf(2), 1, () => "loss");
  holding.judge([], 2, () => "loss");
  assert.equal(holding.isIdle, false);
  holding.giveUp(2);
  assert.equal(holding.isIdle, true);
});
