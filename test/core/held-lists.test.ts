import assert from "node:assert/strict";
import { test } from "node:test";
import { Departures } from "../../lib/core/departures.ts";
import { HeldLists } from "../../lib/core/held-lists.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import { entryOf, EPOCH, listOf } from "./samples.ts";

test("a list is opened once, and dropped when it is empty", () => {
  const lists = new HeldLists(new Departures());
  const cache = lists.open("cache");
  assert.equal(lists.open("cache"), cache);
  cache?.replace(listOf("cache", 1, { entries: [entryOf("a")] }), EPOCH);
  lists.open("db");
  lists.dropIfEmpty("cache");
  lists.dropIfEmpty("db");
  assert.deepEqual([...lists.all.keys()], ["cache"]);
  assert.deepEqual(lists.others(new Set(["cache"])), []);
  assert.deepEqual(lists.others(new Set()), [cache]);
});

test("at the limit empty lists make room, and others are not pushed out", () => {
  const lists = new HeldLists(new Departures());
  for (let n = 0; n < LIMITS.followedServicesMax; n += 1) {
    const list = lists.open(`s${n}`);
    if (n > 0) list?.replace(listOf(`s${n}`, 1, { entries: [entryOf("a")] }), EPOCH);
  }
  assert.ok(lists.open("one more") !== undefined, "the empty one made room");
  lists.open("one more")?.replace(listOf("one more", 1, { entries: [entryOf("a")] }), EPOCH);
  assert.equal(lists.open("too many"), undefined);
});

test("after a silence every list that was told is in doubt until it is confirmed or dropped", () => {
  const lists = new HeldLists(new Departures());
  for (const service of ["cache", "db"]) lists.open(service)?.replace(listOf(service, 1), EPOCH);
  lists.open("never told");
  assert.equal(lists.hasDoubts, false);
  assert.equal(lists.areOf(EPOCH), true);
  assert.equal(lists.areOf("another"), false);
  lists.doubt();
  assert.equal(lists.confirm("never told"), false);
  assert.equal(lists.confirm("cache"), true);
  assert.equal(lists.confirm("cache"), false);
  assert.equal(lists.hasDoubts, true);
  lists.dropIfEmpty("db");
  assert.equal(lists.hasDoubts, false);
});
