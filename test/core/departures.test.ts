import assert from "node:assert/strict";
import { test } from "node:test";
import { Departures } from "../../lib/core/departures.ts";

const PEER = { id: "c1", instance: "i1" };

test("the latest cause of each instance is remembered", () => {
  const departures = new Departures();
  departures.note("cache", PEER, "connection-lost");
  departures.note("cache", PEER, "goodbye");
  assert.equal(departures.causeOf("cache", PEER), "goodbye");
  assert.equal(departures.causeOf("db", PEER), undefined);
  assert.equal(departures.causeOf("cache", { ...PEER, instance: "i2" }), undefined);
});

const numbered = (n: number) => ({ id: `c${n}`, instance: "i1" });

/** How many of the last departures of so many are remembered. */
function remembered(departures: Departures, count: number): number {
  for (let n = 0; n < count; n += 1) departures.note("cache", numbered(n), "goodbye");
  const known = Array.from({ length: count }, (_, n) => departures.causeOf("cache", numbered(n)));
  const first = known.findIndex((cause) => cause !== undefined);
  assert.ok(known.slice(first).every((cause) => cause === "goodbye"));
  return count - first;
}

test("the oldest departures are forgotten first, and a repeated one counts as new", () => {
  const departures = new Departures();
  for (let n = 0; n < 2048; n += 1) departures.note("cache", numbered(n), "goodbye");
  departures.note("cache", numbered(0), "replaced");
  departures.note("cache", numbered(2048), "goodbye");
  assert.equal(departures.causeOf("cache", numbered(0)), "replaced");
  assert.equal(departures.causeOf("cache", numbered(1)), undefined);
  assert.equal(departures.causeOf("cache", numbered(2048)), "goodbye");
});

test("as many are remembered as there were peers, within bounds", () => {
  for (const [peers, most] of [
    [[100, 200], 2048],
    [[3000, 2000], 5000],
    [[30_000, 30_000], 32_768],
  ] as const) {
    const departures = new Departures();
    for (const more of peers) departures.makeRoom(more);
    assert.equal(remembered(departures, 40_000), most);
  }
});
