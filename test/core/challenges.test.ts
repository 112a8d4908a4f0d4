import assert from "node:assert/strict";
import { test } from "node:test";
import { Challenges } from "../../lib/core/challenges.ts";
import type { Challenge } from "../../lib/core/challenges.ts";
import { Registry } from "../../lib/core/registry.ts";
import { joinOf } from "./samples.ts";

/** Ids whose newcomers ask over connections of these names, each with its deadline. */
function contested(deadlines: Readonly<Record<string, number>>): Challenges {
  const [challenges, registry] = [new Challenges(), new Registry()];
  for (const [id, deadlineMs] of Object.entries(deadlines)) {
    challenges.open({
      incumbent: registry.admit(joinOf(id), `holder ${id}`),
      newcomer: joinOf(id, { instance: "new", sequence: 2 }),
      route: `new ${id}`,
      round: 1,
      deadlineMs,
    });
  }
  return challenges;
}

const idsOf = (taken: readonly Challenge[]): readonly string[] =>
  taken.map(({ newcomer }) => newcomer.id);

test("those whose time is up are taken once", () => {
  const challenges = contested({ a: 10, b: 20 });
  assert.equal(challenges.nextMs(), 10);
  assert.deepEqual(idsOf(challenges.takeDue(9)), []);
  assert.deepEqual(idsOf(challenges.takeDue(10)), ["a"]);
  assert.deepEqual([idsOf(challenges.takeDue(10)), challenges.size], [[], 1]);
  assert.deepEqual(idsOf(challenges.takeDue(20)), ["b"]);
  assert.equal(challenges.nextMs(), Infinity);
});

test("the end of a connection ends the challenges of its newcomer, and takes those against its holder", () => {
  const challenges = contested({ a: 10, b: 10, c: 10 });
  challenges.withdrawn("new a");
  assert.deepEqual(idsOf(challenges.takeAgainst("holder b")), ["b"]);
  assert.deepEqual(idsOf(challenges.takeDue(10)), ["c"]);
});

test("a deadline is moved once", () => {
  const challenges = contested({ a: 10 });
  challenges.postpone(5);
  challenges.postpone(5);
  assert.equal(challenges.nextMs(), 15);
});

test("what a newcomer said last counts, and nobody else is in its place", () => {
  const challenges = contested({ a: 10 });
  const of = (sequence: number, instance = "new") => joinOf("a", { instance, sequence });
  assert.equal(challenges.repeat(of(1), "older"), true);
  assert.equal(challenges.of({ service: "cache", id: "a" })?.route, "new a");
  assert.equal(challenges.repeat(of(3), "newer"), true);
  const open = challenges.of({ service: "cache", id: "a" });
  assert.deepEqual([open?.route, open?.newcomer.sequence, open?.deadlineMs], ["newer", 3, 10]);
  assert.equal(challenges.repeat(of(4, "another"), "other"), false);
  assert.equal(challenges.repeat(joinOf("b", { instance: "new" }), "other"), false);
  challenges.close({ service: "cache", id: "a" });
  assert.equal(challenges.repeat(of(5), "newer"), false);
});
