import assert from "node:assert/strict";
import { test } from "node:test";
import { Hearing } from "../../lib/core/hearing.ts";

test("silence is counted from the last message or attempt, and put off once", () => {
  const hearing = new Hearing();
  assert.equal(hearing.silentAtMs, 3000);
  hearing.heard(500);
  assert.deepEqual([hearing.atMs, hearing.silentAtMs], [500, 3500]);
  hearing.listen(1000);
  assert.deepEqual([hearing.atMs, hearing.silentAtMs], [500, 4000]);
  hearing.postpone(100);
  hearing.postpone(100);
  assert.equal(hearing.silentAtMs, 4100);
  hearing.heard(2000);
  hearing.postpone(100);
  assert.equal(hearing.silentAtMs, 5100);
  hearing.intervalMs = 100;
  assert.equal(hearing.silentAtMs, 2400);
});

test("it is lost once, until it is heard again", () => {
  const hearing = new Hearing();
  assert.equal(hearing.lost(0), false, "never heard");
  hearing.isStale = false;
  assert.equal(hearing.lost(10), true);
  assert.equal(hearing.lost(20), false);
  assert.equal(hearing.isStale, true);
});

test("what was done as a live one, while another was lost, overrules that other", () => {
  const [lost, other] = [new Hearing(), new Hearing()];
  for (const hearing of [lost, other]) hearing.isStale = false;
  lost.liveMs = 5;
  other.liveMs = 9;
  lost.lost(10);
  other.lost(11);
  assert.equal(other.overrules(lost, 8), false, "both went together");
  other.liveMs = 20;
  assert.equal(other.overrules(lost, 4), false, "the other was live after that");
  assert.equal(other.overrules(lost, 5), true);
  assert.equal(other.overrules(lost, 20), true);
  assert.equal(other.overrules(lost, 21), false, "it was not live any more");
  assert.equal(lost.overrules(other, 3), false);
});
