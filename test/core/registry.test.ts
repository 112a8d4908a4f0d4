import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf } from "../../lib/core/peer.ts";
import { Registry, showCard } from "../../lib/core/registry.ts";
import { cardOf, joinOf } from "./samples.ts";

test("a member is found by its name and by its connection", () => {
  const registry = new Registry();
  const member = registry.admit(joinOf("c1"), "r1");
  assert.equal(registry.find("cache", "c1"), member);
  assert.equal(registry.ofRoute("r1"), member);
  assert.equal(registry.find("db", "c1"), undefined);
  assert.equal(registry.ofRoute("r2"), undefined);
  assert.deepEqual([...registry.all()], [member]);
  assert.deepEqual({ size: registry.size, services: registry.services }, { size: 1, services: 1 });
});

test("who was listed elsewhere before is returning", () => {
  const registry = new Registry();
  assert.equal(registry.admit(joinOf("c1"), "r1").returning, false);
  assert.equal(registry.admit(joinOf("c2", { previous: "e" }), "r2").returning, true);
});

test("a member that moves to another connection is no longer found by the old one", () => {
  const registry = new Registry();
  const member = registry.admit(joinOf("c1"), "r1");
  assert.equal(registry.bind(member, "r2"), "r1");
  assert.equal(registry.ofRoute("r1"), undefined);
  assert.equal(registry.ofRoute("r2"), member);
  assert.equal(registry.bind(member, "r2"), null);
  assert.equal(registry.unbind(member), "r2");
  assert.equal(registry.unbind(member), null);
  assert.equal(registry.bind(member, "r3"), null);
});

test("services are counted by their members", () => {
  const registry = new Registry();
  const one = registry.admit(joinOf("c1"), "r1");
  const two = registry.admit(joinOf("c2"), "r2");
  registry.admit(joinOf("c1", { service: "db" }), "r3");
  assert.equal(registry.services, 2);
  registry.remove(one);
  assert.ok(registry.hasService("cache"));
  registry.remove(two);
  assert.ok(!registry.hasService("cache"));
  assert.equal(registry.size, 1);
  assert.equal(registry.ofRoute("r2"), undefined);
});

test("only a later edition of a card is shown", () => {
  const member = new Registry().admit(joinOf("c1", { edition: 2 }), "r1");
  const before = member.entry;
  assert.equal(showCard(member, 2, cardOf({ weight: 7 })), false);
  assert.equal(member.entry, before);
  assert.equal(showCard(member, 3, cardOf({ weight: 7 })), true);
  assert.deepEqual([member.entry.edition, member.entry.card.weight], [3, 7]);
  assert.equal(before.card.weight, 1);
});

test("a judgement replaces the entry, so that what was published stays as it was", () => {
  const registry = new Registry();
  const member = registry.admit(joinOf("c1"), "r1");
  const before = member.entry;
  registry.judge(member, "suspect", "connection-lost");
  assert.deepEqual([member.entry.standing, member.entry.cause], ["suspect", "connection-lost"]);
  assert.equal(before.standing, "alive");
});

test("the living are counted, however often they are judged", () => {
  const registry = new Registry();
  const [one, two] = ["c1", "c2"].map((id) => registry.admit(joinOf(id), id));
  assert.ok(one !== undefined && two !== undefined);
  registry.judge(one, "suspect", "missed-surveys");
  registry.judge(one, "suspect", "connection-lost");
  assert.equal(registry.alive, 1);
  registry.remove(one);
  assert.equal(registry.alive, 1);
  registry.judge(two, "suspect", "missed-surveys");
  registry.judge(two, "alive", null);
  registry.judge(two, "alive", null);
  assert.equal(registry.alive, 1);
  registry.remove(two);
  assert.equal(registry.alive, 0);
});

test("names of different services never meet", () => {
  assert.notEqual(keyOf("ab", "c"), keyOf("a", "bc"));
});
