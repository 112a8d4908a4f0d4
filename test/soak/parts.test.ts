import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../balance/samples.ts";
import type { Fact } from "./facts.ts";
import { Plan } from "./plan.ts";
import { FactQueue } from "./queue.ts";
import { quantile, tableOf } from "./report.ts";
import { trendsOf, type Usage } from "./usage.ts";

/** Half an hour of samples, of which one number goes as told. */
function samples(rssMb: (minute: number) => number, count = 180): readonly Usage[] {
  return Array.from({ length: count }, (_, at) => {
    return { atMs: at * 10_000, rssMb: rssMb(at / 6), handles: 7, fds: 100 };
  });
}

for (const [what, rssMb, isFlat, perHour] of [
  ["what stays", () => 100, true, 0],
  ["noise", (minute: number) => 100 + 10 * Math.sin(minute * 7), true, undefined],
  ["a step at the start that settles", (minute: number) => (minute < 3 ? 60 : 75), true, undefined],
  ["a slow leak", (minute: number) => 80 + 2 * minute, false, 120],
  ["what shrinks", (minute: number) => 200 - minute, true, -60],
] as const) {
  test(`trend: ${what}`, () => {
    const [rss, handles, fds] = trendsOf("hub", samples(rssMb));
    assert.equal(rss?.isFlat, isFlat);
    if (perHour !== undefined) assert.ok(Math.abs((rss?.perHour ?? NaN) - perHour) < 1e-6);
    assert.ok(handles?.isFlat === true && fds?.isFlat === true);
  });
}

test("a leak of handles or files is found, and a few samples prove nothing", () => {
  const leaking = samples(() => 100).map((sample, at) => {
    return { ...sample, handles: 7 + at, fds: 100 + at };
  });
  const flat = trendsOf("hub", leaking).map(({ isFlat }) => isFlat);
  assert.deepEqual(flat, [true, false, false]);
  assert.ok(trendsOf("hub", leaking.slice(0, 20)).every(({ isFlat }) => isFlat));
});

test("a plan is the same for the same seed, and spares the first of each", () => {
  const draw = (seed: number, registrars: number): readonly string[] => {
    const plan = new Plan(seeded(seed), { processes: 6, registrars });
    return Array.from({ length: 500 }, () => JSON.stringify([plan.next(), plan.calmMs()]));
  };
  assert.deepEqual(draw(3, 2), draw(3, 2));
  assert.notDeepEqual(draw(3, 2), draw(4, 2));
  const plan = new Plan(seeded(5), { processes: 6, registrars: 2 });
  const faults = Array.from({ length: 2000 }, () => plan.next());
  const kinds = new Set(faults.map(({ kind }) => kind));
  assert.deepEqual(kinds, new Set(["cycle", "kill", "freeze", "restart", "pause"]));
  for (const fault of faults) {
    if (fault.kind === "kill") assert.ok(fault.process >= 1 && fault.process < 6);
    if (fault.kind === "restart") assert.equal(fault.registrar, 1);
  }
  const alone = new Plan(seeded(5), { processes: 1, registrars: 1 });
  for (let n = 0; n < 500; n += 1) assert.notEqual(alone.next().kind, "kill");
});

test("facts are handed on in the order of time, once they are old enough", () => {
  const taken: Fact[] = [];
  const queue = new FactQueue(100, (fact) => void taken.push(fact));
  const at = (atMs: number): Fact => ({ kind: "killed", process: "p", atMs });
  queue.add(at(30), at(10));
  queue.add(at(20), at(150));
  queue.release(125);
  assert.deepEqual(
    taken.map(({ kind, atMs }) => `${kind} ${atMs}`),
    ["killed 10", "killed 20", "tick 25"],
  );
  queue.release(300);
  assert.deepEqual(
    taken.slice(3).map(({ kind, atMs }) => `${kind} ${atMs}`),
    ["killed 30", "killed 150", "tick 200"],
  );
});

test("figures: quantiles and tables", () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.deepEqual(
    [quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)],
    [51, 100, 100],
  );
  assert.equal(quantile([], 0.5), 0);
  assert.equal(
    tableOf([
      ["a", "bcde"],
      ["x", "y"],
    ]),
    "| a   | bcde |\n| --- | ---- |\n| x   | y    |",
  );
});
