import assert from "node:assert/strict";
import { test } from "node:test";
import { Departures } from "../../lib/core/departures.ts";
import { FenceList } from "../../lib/core/fence-list.ts";
import { HeldList } from "../../lib/core/held-list.ts";
import { toPeer } from "../../lib/core/peer.ts";
import type { Entry, Peer } from "../../lib/core/peer.ts";
import { cardOf, deltaOf, entryOf, EPOCH, goneOf, listOf, putOf } from "./samples.ts";

/** What one registrar said of `cache`, and the fences in it. */
function told(...entries: readonly Entry[]): {
  readonly list: HeldList;
  readonly fences: FenceList;
} {
  const departures = new Departures();
  const list = new HeldList("cache", departures);
  list.replace(listOf("cache", 1, { entries }), EPOCH);
  return { list, fences: new FenceList({ lists: new Map([["cache", list]]), departures }) };
}

const shown = (...entries: readonly Entry[]): { readonly usable: readonly Peer[] } => ({
  usable: entries.map((entry) => toPeer("cache", entry)),
});
const A = entryOf("a");
const B = entryOf("b");

test("a fence is passed once the list stands at it and the goodbye is shown", () => {
  const { list, fences } = told(A, B);
  fences.note("cache", 2);
  assert.deepEqual(fences.passed(shown(A, B)), [], "the revision is not there yet");
  list.apply(deltaOf(2, [goneOf("a")]));
  assert.deepEqual(fences.passed(shown(A, B)), [], "subscribers still have it");
  assert.deepEqual(fences.passed(shown(B)), [{ service: "cache", revision: 2 }]);
  assert.deepEqual(fences.passed(shown(B)), [], "once");
});

test("so is one for a peer that drains", () => {
  const { list, fences } = told(A, B);
  const draining = entryOf("a", { edition: 2, card: cardOf({ status: "draining" }) });
  list.apply(deltaOf(2, [putOf(draining)]));
  fences.note("cache", 2);
  assert.deepEqual(fences.passed(shown(A, B)), []);
  assert.equal(fences.passed(shown(B)).length, 1);
});

test("a peer that another registrar vouches for and this one merely lost is no reason to wait", () => {
  const { list, fences } = told(A, B);
  list.apply(deltaOf(2, [{ ...goneOf("a"), cause: "connection-lost" }]));
  fences.note("cache", 2);
  assert.equal(fences.passed(shown(A, B)).length, 1);
});

test("a restart under the same id is another peer", () => {
  const { list, fences } = told(A);
  list.apply(deltaOf(2, [goneOf("a")]));
  fences.note("cache", 2);
  assert.equal(fences.passed(shown(entryOf("a", { instance: "a-2" }))).length, 1);
});

test("of several fences the latest counts, and a new run knows none", () => {
  const { list, fences } = told(A);
  list.apply(deltaOf(2, []));
  list.apply(deltaOf(3, []));
  fences.note("cache", 3);
  fences.note("cache", 2);
  assert.deepEqual(fences.passed(shown()), [{ service: "cache", revision: 3 }]);
  fences.note("cache", 3);
  fences.clear();
  assert.deepEqual(fences.passed(shown()), []);
});
