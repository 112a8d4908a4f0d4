import assert from "node:assert/strict";
import { test } from "node:test";
import { Utterance } from "../../lib/core/utterance.ts";
import { EPOCH } from "./samples.ts";

function learning(): Utterance {
  return new Utterance({ epoch: EPOCH, authority: "learning" });
}

test("that the lists can be trusted is said when all that was judged is published", () => {
  const utterance = learning();
  assert.equal(utterance.say("live", new Set(["cache", "db"])), false);
  assert.equal(utterance.authority, "learning");
  assert.equal(utterance.settled("web"), false);
  assert.equal(utterance.settled("cache"), false);
  assert.equal(utterance.authority, "learning");
  assert.equal(utterance.settled("db"), true);
  assert.equal(utterance.authority, "live");
  assert.equal(utterance.settled("db"), false);
});

test("what makes them less believed is said at once, and takes back what waited", () => {
  const utterance = learning();
  assert.equal(utterance.say("live", new Set(["cache"])), false);
  assert.equal(utterance.say("held", new Set(["cache"])), true);
  assert.equal(utterance.authority, "held");
  assert.equal(utterance.settled("cache"), false);
  assert.equal(utterance.authority, "held");
});

test("with nothing to publish, or where it is live already, nothing is waited for", () => {
  const utterance = learning();
  assert.equal(utterance.say("live", new Set()), true);
  assert.equal(utterance.authority, "live");
  assert.equal(utterance.say("live", new Set(["cache"])), true);
  assert.equal(utterance.epoch, EPOCH);
});
