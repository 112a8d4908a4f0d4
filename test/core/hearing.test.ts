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

test("one that was live when another had been lost has outlived it", () => {
  const [lost, other] = [new Hearing(), new Hearing()];
  for (const hearing of [lost, other]) hearing.isStale = false;
  lost.liveMs = 5;
  other.liveMs = 9;
  lost.lost(10);
  other.lost(11);
  assert.equal(other.outlived(lost), false, "both went together");
  other.liveMs = 10;
  assert.equal(other.outlived(lost), true);
  assert.equal(lost.outlived(other), false);
});
