import assert from "node:assert/strict";
import { test } from "node:test";
import { TICK_MS, tuneRegistrar } from "../../lib/core/options.ts";
import { Trust } from "../../lib/core/trust.ts";
import { LAN } from "./samples.ts";

function learning(reason: "start" | "stall" = "start", atMs = 0): Trust {
  const trust = new Trust(LAN);
  trust.learn(atMs, reason);
  return trust;
}

/** When learning ends, those who are silent having been called. */
function endMs(trust: Trust): number {
  trust.calls(trust.nextMs());
  return trust.nextMs();
}

test("learning lasts as long as the slowest member takes to come back and be asked", () => {
  const trust = learning("start", 100);
  assert.equal(trust.authority, "learning");
  assert.equal(endMs(trust), 100 + 3700);
  assert.equal(trust.due(3799), false);
  assert.equal(trust.due(3800), true);
  assert.equal(trust.authority, "live");
  assert.equal(trust.due(3801), false);
  assert.equal(trust.nextMs(), Infinity);
});

test("who learned nothing yet is live and waits for nothing", () => {
  const trust = new Trust(LAN);
  assert.equal(trust.authority, "live");
  assert.equal(trust.nextMs(), Infinity);
  trust.returned(0);
  assert.equal(trust.isLearning, false);
});

test("it has learned once its first learning has ended, whatever stands still before or after", () => {
  const trust = learning();
  trust.learn(1000, "stall");
  assert.equal(trust.hasLearned, false);
  assert.equal(trust.due(60_000), true);
  trust.learn(70_000, "stall");
  assert.deepEqual([trust.isLearning, trust.hasLearned], [true, true]);
});

test("a return late in the learning time extends it, an early one does not", () => {
  const trust = learning();
  trust.returned(1000);
  assert.equal(endMs(trust), 3700);
  trust.returned(3000);
  assert.equal(endMs(trust), 4500);
});

test("no number of returns takes learning beyond its ceiling", () => {
  const trust = learning();
  for (let nowMs = 0; nowMs <= LAN.learningMaxMs; nowMs += 100) {
    assert.equal(trust.due(nowMs), nowMs >= LAN.learningMaxMs, `at ${nowMs}`);
    trust.returned(nowMs);
  }
});

test("the ceiling holds for the first learning time too", () => {
  const trust = new Trust(tuneRegistrar({ reconnectMaxMs: 1000, learningMaxMs: 1000 }));
  trust.learn(0, "start");
  assert.equal(endMs(trust), 1000);
});

test("after a start those who come back are spared, after a stall everybody is", () => {
  const started = learning("start");
  assert.deepEqual([started.spares(true), started.spares(false)], [true, false]);
  const stalled = learning("stall");
  assert.deepEqual([stalled.spares(true), stalled.spares(false)], [true, true]);
  stalled.due(3700);
  assert.deepEqual([stalled.spares(true), stalled.spares(false)], [false, false]);
});

test("a stall while learning starts it over under the same ceiling, however often it stalls", () => {
  const trust = learning("start");
  trust.learn(3000, "stall");
  assert.equal(endMs(trust), 6700);
  assert.ok(trust.spares(false));
  trust.returned(32_000);
  assert.equal(endMs(trust), 30_000);
  for (let ms = 4000; ms < 30_000; ms += 3000) trust.learn(ms, "stall");
  assert.equal(endMs(trust), 30_000);
  assert.ok(trust.due(30_000));
});

test("whoever is called late has the time to answer, and our own lateness does not count", () => {
  const trust = learning();
  assert.equal(trust.calls(3600), true);
  trust.called(3600);
  assert.equal(trust.nextMs(), 3600 + LAN.answerWindowMs);
  trust.postpone(300);
  trust.postpone(300);
  assert.equal(trust.nextMs(), 3900 + LAN.answerWindowMs);
  assert.deepEqual([trust.due(3700), trust.due(3900 + LAN.answerWindowMs)], [false, true]);
});

test("before learning ends, those who are silent are called once, with the time to answer", () => {
  const trust = learning();
  const callMs = 3700 - LAN.answerWindowMs - TICK_MS;
  assert.equal(trust.nextMs(), callMs);
  assert.deepEqual([trust.calls(callMs - 1), trust.calls(callMs)], [false, true]);
  assert.deepEqual([trust.calls(callMs + 1), trust.nextMs()], [false, 3700]);
  trust.returned(3000);
  const laterMs = 4500 - LAN.answerWindowMs - TICK_MS;
  assert.deepEqual([trust.calls(laterMs - 1), trust.calls(laterMs)], [false, true]);
  assert.ok(trust.due(4500));
  assert.equal(trust.calls(4501), false);
});
