import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Consumers } from "../../lib/core/consumers.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import { watchOf } from "./samples.ts";

const CACHE = watchOf(["cache"]);

test("numbers are the smallest free ones, for each list of services by itself", () => {
  const consumers = new Consumers(3700);
  const numbers = ["a", "b", "c"].map((route) => consumers.put(route, CACHE));
  assert.deepEqual(numbers, [0, 1, 2]);
  assert.equal(consumers.put("d", watchOf(["db", "cache"])), 0);
  assert.equal(consumers.put("e", watchOf(["cache", "db"])), 1, "the order of names is no matter");
  consumers.delete("b");
  assert.equal(consumers.put("f", CACHE), 1);
  assert.equal(consumers.put("g", CACHE), 3);
  assert.equal(consumers.size, 6);
});

test("one who asks again keeps its number, and gets another one with other services", () => {
  const consumers = new Consumers(3700);
  consumers.put("a", CACHE);
  assert.equal(consumers.put("b", CACHE), 1);
  assert.equal(consumers.put("b", CACHE), 1);
  assert.equal(consumers.put("b", watchOf(["db"])), 0);
  assert.equal(consumers.put("c", CACHE), 1, "the number it left is free");
});

test("whoever comes back from an outage gets the number it had, if nobody took it", () => {
  const consumers = new Consumers(3700);
  const back = watchOf(["cache"], { ordinal: 7 });
  assert.equal(consumers.put("a", back), 7);
  assert.equal(consumers.put("b", back), 0);
  assert.equal(consumers.put("c", CACHE), 1);
});

test("who follows a service is found by its name and by the star", () => {
  const consumers = new Consumers(3700);
  consumers.put("a", watchOf(["cache"], { instance: "one" }));
  consumers.put("b", watchOf(["*"], { instance: "all" }));
  consumers.put("c", watchOf(["db"], { instance: "other" }));
  assert.deepEqual(
    [...consumers.of("cache")],
    [
      ["a", "one"],
      ["b", "all"],
    ],
  );
});

test("no number is given twice, whatever is wished, and none is lost", () => {
  const act = fc.record({
    route: fc.constantFrom("a", "b", "c", "d"),
    leaves: fc.boolean(),
    wish: fc.option(fc.nat(5)),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const consumers = new Consumers(3700);
      const held = new Map<string, number>();
      for (const { route, leaves, wish } of acts) {
        if (leaves) consumers.delete(route);
        if (leaves) held.delete(route);
        else held.set(route, consumers.put(route, watchOf(["cache"], { ordinal: wish })));
        assert.equal(new Set(held.values()).size, held.size);
      }
      for (const route of held.keys()) consumers.delete(route);
      assert.equal(consumers.put("fresh", CACHE), 0);
    }),
  );
});

test("who was lost is remembered until whoever lives has come back, or came, or said goodbye", () => {
  const consumers = new Consumers(1000);
  const of = (instance: string, service = "cache") => watchOf([service], { instance });
  for (const instance of ["one", "two", "three"]) consumers.put(instance, of(instance));
  consumers.put("db", of("db", "db"));
  for (const route of ["one", "two", "db", "nobody"]) consumers.lost(route, 100);
  consumers.delete("three");
  assert.deepEqual(consumers.absentOf("cache", 1099), ["one", "two"]);
  consumers.put("again", of("one"));
  assert.deepEqual(consumers.absentOf("cache", 1099), ["two"]);
  assert.deepEqual(consumers.absentOf("cache", 1100), []);
});

test("who came back on another connection before the old one ended is not lost", () => {
  const consumers = new Consumers(1000);
  const watch = watchOf(["cache"], { instance: "one" });
  consumers.put("old", watch);
  consumers.put("new", watch);
  consumers.lost("old", 100);
  assert.deepEqual(consumers.absentOf("cache", 101), []);
  consumers.delete("new");
  assert.deepEqual(consumers.absentOf("cache", 102), [], "it said goodbye");
});

test("of the lost no more than the limit are remembered, the latest", () => {
  const consumers = new Consumers(1000);
  for (let n = 0; n <= LIMITS.absentMax; n += 1) {
    consumers.put("r", watchOf(["cache"], { instance: `i${n}` }));
    consumers.lost("r", 0);
  }
  const absent = consumers.absentOf("cache", 1);
  assert.equal(absent.length, LIMITS.absentMax);
  assert.equal(absent.at(-1), `i${LIMITS.absentMax}`);
});

test("all places of one key are one voice, whatever they follow the service by", () => {
  const consumers = new Consumers(3700);
  const put = (route: string, services: readonly string[], key?: string): void => {
    consumers.put(route, watchOf(services, { instance: route }), key);
  };
  put("a", ["cache"], "k1");
  put("b", ["cache", "db"], "k1");
  put("c", ["*"], "k1");
  put("d", ["*"], "k2");
  put("e", ["cache"]);
  assert.deepEqual(
    ["cache", "db", "none"].map((service) => consumers.voicesOf(service)),
    [3, 2, 2],
  );
  assert.deepEqual(
    ["a", "d", "e"].map((route) => consumers.voiceOf(route, "cache")),
    ["k1", "k2", "e"],
  );
  assert.equal(consumers.voiceOf("a", "db"), undefined);
  put("a", ["db"], "k1");
  for (const route of ["b", "c"]) consumers.delete(route);
  assert.deepEqual(
    ["cache", "db"].map((service) => consumers.voicesOf(service)),
    [2, 2],
  );
  for (const route of ["a", "d", "e"]) consumers.delete(route);
  assert.deepEqual(
    ["cache", "db"].map((service) => consumers.voicesOf(service)),
    [0, 0],
  );
});
