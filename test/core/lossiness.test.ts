import assert from "node:assert/strict";
import { test } from "node:test";
import { Lossiness } from "../../lib/core/lossiness.ts";
import { freezeBoundMs, lossyFreezeBoundMs, tuneRegistrar } from "../../lib/core/options.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { LAN } from "./samples.ts";

const REMEMBERED_MS = 100 * LAN.surveyIntervalMs;

test("one late answer among a hundred members is a path that loses packets, for 100 intervals", () => {
  const lossiness = new Lossiness(LAN);
  assert.equal(lossiness.advance(100, 0), false);
  assert.deepEqual(
    [lossiness.isLossy, lossiness.missedMax, lossiness.nextMs()],
    [false, 3, Infinity],
  );
  lossiness.note("a", 0, 1000);
  assert.equal(lossiness.nextMs(), 1000 + REMEMBERED_MS);
  assert.equal(lossiness.advance(100, 1000), true);
  assert.deepEqual([lossiness.isLossy, lossiness.missedMax, lossiness.late], [true, 6, 1]);
  assert.equal(lossiness.advance(100, 999 + REMEMBERED_MS), false);
  assert.equal(lossiness.advance(100, 1000 + REMEMBERED_MS), true);
  assert.deepEqual([lossiness.isLossy, lossiness.missedMax, lossiness.late], [false, 3, 0]);
});

test("what is due by its own deadline is done at it, whatever the fraction", () => {
  for (let n = 0; n < 2000; n += 1) {
    const lossiness = new Lossiness(LAN);
    lossiness.note("a", 0, n / 7 + 0.1);
    lossiness.advance(1, n);
    lossiness.advance(1, lossiness.nextMs());
    assert.equal(lossiness.nextMs(), Infinity);
  }
});

test("of more members more have to be late, each counted once", () => {
  const lossiness = new Lossiness(LAN);
  for (const atMs of [1, 2, 3]) lossiness.note("a", 0, atMs);
  assert.equal(lossiness.advance(101, 3), false);
  lossiness.note("b", 0, 4);
  assert.equal(lossiness.advance(101, 4), true);
  // The one that was late again is remembered from then on.
  lossiness.note("a", 0, 5);
  assert.equal(lossiness.nextMs(), 4 + REMEMBERED_MS);
  assert.equal(lossiness.late, 2);
});

test("it goes on while half as many are late as begin it", () => {
  const lossiness = new Lossiness(LAN);
  for (let n = 0; n < 10; n += 1) lossiness.note(`route ${n}`, 0, n);
  assert.equal(lossiness.advance(1001, 10), false);
  assert.equal(lossiness.advance(1000, 10), true);
  assert.equal(lossiness.advance(2000, 10), false);
  assert.equal(lossiness.advance(2001, 10), true);
  assert.equal(lossiness.advance(2000, 10), false);
});

test("however many are late, no more are remembered than count", () => {
  const lossiness = new Lossiness(LAN);
  for (let n = 0; n < 20_000; n += 1) lossiness.note(`route ${n}`, 0, n);
  assert.equal(lossiness.late, 16_384);
  // The first of the intervals in which they were late is over sooner than the first of them.
  assert.equal(lossiness.nextMs(), LAN.surveyIntervalMs - 1 + REMEMBERED_MS);
});

test("who is late in ten of a hundred intervals loses packets for good, and is asked twice as often", () => {
  const lossiness = new Lossiness(LAN);
  const lateIn = (interval: number): void => {
    const nowMs = interval * LAN.surveyIntervalMs;
    lossiness.note("a", 0, nowMs);
    lossiness.note("b", 0, nowMs + 1);
    lossiness.advance(2, nowMs + 1);
  };
  for (let n = 0; n < 9; n += 1) lateIn(n);
  assert.equal(lossiness.missedMax, 6, "many in few intervals are one incident each");
  lateIn(50);
  assert.equal(lossiness.missedMax, 12);
  // Half of them are enough for it to go on.
  assert.equal(lossiness.advance(2, 4001 + REMEMBERED_MS), false);
  assert.equal(lossiness.missedMax, 12);
  assert.equal(lossiness.advance(2, 5001 + REMEMBERED_MS), true);
  assert.equal(lossiness.missedMax, 6);
});

test("whoever stood still itself proves nothing", () => {
  const lossiness = new Lossiness(LAN);
  lossiness.note("a", LAN.probeIntervalMs, 1);
  assert.equal(lossiness.advance(1, 1), false);
  lossiness.note("a", LAN.probeIntervalMs - 1, 1);
  assert.equal(lossiness.advance(1, 1), true);
});

test("a tuning that asks less where packets are lost asks as often as ever", () => {
  const lossiness = new Lossiness(tuneRegistrar({ missedMax: 4, lossyMissedMax: 2 }));
  lossiness.note("a", 0, 1);
  assert.equal(lossiness.advance(1, 1), false, "nothing to tell");
  assert.deepEqual([lossiness.isLossy, lossiness.missedMax], [true, 4]);
});

/** Freezes it right after an answer, so that its next question comes one interval later. */
function freeze(rig: RegistrarRig, route: string): void {
  const asked = (): number =>
    rig.effects.filter(({ effect }) => effect.kind === "survey" && effect.routes.includes(route))
      .length;
  const before = asked();
  while (asked() === before) rig.pass(1);
  rig.frozen.add(route);
}

/** One member that answers everything, and one that falls silent now and then for so long. */
function silences(rig: RegistrarRig, eachMs: readonly number[]): RegistrarRig {
  rig.join("steady");
  rig.join("c1");
  for (const ms of eachMs) {
    rig.pass(20_000);
    freeze(rig, "c1");
    rig.pass(ms);
    rig.frozen.clear();
  }
  rig.pass(2000);
  return rig;
}

const suspicions = (rig: RegistrarRig): number =>
  rig.changes().filter((change) => change.kind === "standing" && change.standing === "suspect")
    .length;

test("once packets were lost, a longer chain of lost ones makes no suspect", () => {
  const rig = silences(RegistrarRig.live(), [1600, 2400]);
  assert.equal(suspicions(rig), 0);
  assert.deepEqual(rig.notes("registrar.pathLossy"), ["1 late, 2 members, missedMax 6"]);
  assert.equal(rig.surveyor.record("*", rig.nowMs).registrar.at(-1)?.kind, "path");
  assert.equal(suspicions(silences(RegistrarRig.live(), [2400])), 1);
});

test("who says that it stood still is judged as ever", () => {
  const rig = RegistrarRig.live();
  rig.stalls.set("c1", 1600);
  assert.equal(suspicions(silences(rig, [1600, 2400])), 1);
  assert.deepEqual(rig.notes("registrar.pathLossy"), []);
});

test("a frozen member is out within the longer bound while packets are lost, then within the shorter", () => {
  const rig = silences(RegistrarRig.live(), [1600]);
  const outMs = (): number => {
    freeze(rig, "c1");
    const fromMs = rig.nowMs;
    while (!rig.list().includes("c1 suspect missed-surveys")) rig.pass(10);
    const tookMs = rig.nowMs - fromMs;
    rig.stalls.set("c1", tookMs);
    rig.frozen.clear();
    rig.pass(2000);
    rig.stalls.clear();
    return tookMs;
  };
  const lossyMs = outMs();
  assert.ok(lossyMs > freezeBoundMs(LAN) && lossyMs <= lossyFreezeBoundMs(LAN), `${lossyMs} ms`);
  rig.pass(REMEMBERED_MS);
  assert.equal(rig.notes("registrar.pathClear").length, 1);
  const clearMs = outMs();
  assert.ok(clearMs <= freezeBoundMs(LAN), `${clearMs} ms`);
});

test("late answers while the registrar learns prove nothing", () => {
  const lateOnce = (rig: RegistrarRig): readonly string[] => {
    rig.join("c1");
    freeze(rig, "c1");
    rig.pass(1600);
    rig.frozen.clear();
    rig.pass(500);
    return rig.notes("registrar.pathLossy");
  };
  const learning = new RegistrarRig();
  assert.deepEqual(lateOnce(learning), []);
  assert.equal(learning.surveyor.authority, "learning");
  assert.equal(lateOnce(RegistrarRig.live()).length, 1);
});
