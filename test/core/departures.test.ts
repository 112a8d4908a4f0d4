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

test("the oldest departures are forgotten first, and a repeated one counts as new", () => {
  const departures = new Departures();
  const numbered = (n: number) => ({ id: `c${n}`, instance: "i1" });
  for (let n = 0; n < 8192; n += 1) departures.note("cache", numbered(n), "goodbye");
  departures.note("cache", numbered(0), "replaced");
  departures.note("cache", numbered(8192), "goodbye");
  assert.equal(departures.causeOf("cache", numbered(0)), "replaced");
  assert.equal(departures.causeOf("cache", numbered(1)), undefined);
  assert.equal(departures.causeOf("cache", numbered(8192)), "goodbye");
});
