import assert from "node:assert/strict";
import { test } from "node:test";
import { Credit } from "../../lib/core/credit.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import { Rounds } from "../../lib/core/rounds.ts";
import { LAN } from "./samples.ts";

/** A connection that was asked in the first round, and its credit. */
function asked(): { readonly rounds: Rounds; readonly credit: Credit } {
  const rounds = new Rounds(LAN, 0);
  rounds.add("c1");
  assert.deepEqual(rounds.due(0).ask, ["c1"]);
  return { rounds, credit: new Credit(rounds) };
}

test("credit ends with as much as may be unread, and the connection is asked at once", () => {
  const { rounds, credit } = asked();
  credit.spend("c1", LIMITS.unreadBytesMax - 1);
  assert.equal(credit.has("c1"), true);
  assert.deepEqual(rounds.due(1).ask, []);
  credit.spend("c1", 1);
  assert.equal(credit.has("c1"), false);
  assert.deepEqual(rounds.due(2).ask, ["c1"]);
});

test("only an answer to a question behind it brings it back", () => {
  const { rounds, credit } = asked();
  const before = rounds.round;
  credit.spend("c1", LIMITS.unreadBytesMax);
  assert.equal(credit.answered("c1", before), false, "asked before");
  assert.equal(credit.answered("c1", before + 1), false, "not asked yet");
  rounds.due(2);
  assert.equal(credit.answered("c1", before + 1), true);
  assert.equal(credit.has("c1"), true);
});

test("an answer while there is credit starts the count anew, which is no news", () => {
  const { rounds, credit } = asked();
  credit.spend("c1", LIMITS.unreadBytesMax - 1);
  rounds.askNow("c1");
  rounds.due(1);
  assert.equal(credit.answered("c1", rounds.round), false);
  credit.spend("c1", 1);
  assert.equal(credit.has("c1"), true);
});

test("a connection that closed owes nothing", () => {
  const { credit } = asked();
  credit.spend("c1", LIMITS.unreadBytesMax);
  credit.closed("c1");
  assert.equal(credit.has("c1"), true);
});
