import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tuneRegistrar } from "../../lib/core/options.ts";
import type { RegistrarTuning } from "../../lib/core/options.ts";
import { Rounds } from "../../lib/core/rounds.ts";
import { assertProgress } from "./checkers.ts";
import { LAN } from "./samples.ts";

/** Advances in steps of the machine's own choosing; `answers` replies to every question at once. */
function run(
  rounds: Rounds,
  span: { readonly fromMs: number; readonly untilMs: number },
  answers: (route: string, atMs: number) => boolean,
) {
  const asked: { readonly route: string; readonly atMs: number; readonly round: number }[] = [];
  const silent: { readonly route: string; readonly atMs: number }[] = [];
  const late: string[] = [];
  const wakesMax = span.untilMs - span.fromMs + 50;
  let nowMs = span.fromMs;
  for (let wakes = 0; nowMs <= span.untilMs; wakes += 1) {
    assert.ok(wakes <= wakesMax, `${wakes} wake-ups, stuck at ${nowMs}`);
    const due = rounds.due(nowMs);
    for (const route of due.ask) {
      asked.push({ route, atMs: nowMs, round: due.round });
      if (answers(route, nowMs)) assert.ok(rounds.answered(route, due.round));
    }
    late.push(...due.late);
    for (const route of due.silent) silent.push({ route, atMs: nowMs });
    nowMs = Math.max(nowMs, rounds.nextMs());
  }
  return { asked, silent, late, nowMs };
}

const everybody = (): boolean => true;
const nobody = (): boolean => false;

test("a newcomer is asked at once", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  assert.ok(rounds.nextMs() <= 0);
  assert.deepEqual(rounds.due(0), { round: 1, ask: ["a"], late: [], silent: [] });
  assert.equal(rounds.size, 1);
  assert.equal(rounds.round, 1);
});

test("nobody is asked where nobody is, and adding twice is adding once", () => {
  const rounds = new Rounds(LAN, 0);
  assert.deepEqual(rounds.due(10_000), { round: 0, ask: [], late: [], silent: [] });
  assert.equal(rounds.nextMs(), Infinity);
  rounds.add("a");
  rounds.add("a");
  assert.equal(rounds.size, 1);
  assert.deepEqual(rounds.due(10_000).ask, ["a"]);
});

test("500 who join in one moment are spread over the slots of the interval", () => {
  const rounds = new Rounds(LAN, 0);
  for (let n = 0; n < 500; n += 1) rounds.add(`r${n}`);
  assert.equal(rounds.due(0).ask.length, 500);
  const loads: number[] = [];
  for (let nowMs = 10; nowMs <= 1000; nowMs += 10) {
    const due = rounds.due(nowMs);
    for (const route of due.ask) rounds.answered(route, due.round);
    loads.push(due.ask.length);
  }
  // Nobody answered the first round, so a second question comes with its deadline.
  const slots = loads.filter((_, index) => index < 49);
  assert.ok(Math.max(...slots) <= 5 + 1, `loads ${slots.join(" ")}`);
  assert.equal(loads.length, 100);
});

test("joins spread over time leave the slots as even as joins in one moment", () => {
  const rounds = new Rounds(LAN, 0);
  for (let n = 0; n < 300; n += 1) {
    rounds.add(`r${n}`);
    run(rounds, { fromMs: n * 7, untilMs: n * 7 }, everybody);
  }
  const { asked } = run(rounds, { fromMs: 10_000, untilMs: 11_000 }, everybody);
  const loads = new Map<number, number>();
  for (const { atMs } of asked.slice(300)) loads.set(atMs, (loads.get(atMs) ?? 0) + 1);
  assert.ok(Math.max(...loads.values()) <= 4);
});

test("each member is asked once per interval", () => {
  const rounds = new Rounds(LAN, 0);
  for (let n = 0; n < 37; n += 1) rounds.add(`r${n}`);
  const { asked, late, silent } = run(rounds, { fromMs: 0, untilMs: 60_000 }, everybody);
  const times = new Map<string, number[]>();
  for (const { route, atMs } of asked) times.set(route, [...(times.get(route) ?? []), atMs]);
  for (const of of times.values()) {
    assert.ok(of.length >= 60 && of.length <= 62, `asked ${of.length} times in 60 intervals`);
    const gaps = of.slice(2).map((atMs, index) => atMs - (of[index + 1] ?? 0));
    assert.deepEqual([...new Set(gaps)], [1000]);
  }
  assert.deepEqual({ late, silent }, { late: [], silent: [] });
});

test("a slot is served once, however often and however late the clock is read", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.answered("a", 1);
  assert.deepEqual(rounds.due(7_777).ask, ["a"]);
  rounds.answered("a", 2);
  assert.deepEqual(rounds.due(7_777).ask, []);
  assert.deepEqual(rounds.due(7_000).ask, []);
});

test("a silent one is reported within the documented bound and not before", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  const frozenMs = 5_001;
  const { silent } = run(rounds, { fromMs: 0, untilMs: 9_000 }, (_, atMs) => atMs < frozenMs);
  const first = silent[0]?.atMs ?? Infinity;
  assert.ok(first - frozenMs <= 1000 + 500 + 2 * 250 + 10, `${first - frozenMs} ms`);
  assert.ok(first - frozenMs > 750);
});

test("a late one is asked again after the window and then at every probe interval", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  const { asked, silent, late } = run(rounds, { fromMs: 0, untilMs: 1400 }, nobody);
  assert.deepEqual(
    asked.map(({ atMs }) => atMs),
    [0, 500, 750, 1000],
  );
  assert.deepEqual(silent, [{ route: "a", atMs: 1000 }]);
  assert.deepEqual(late, ["a", "a", "a"]);
});

test("the silent are asked on, once per interval, and reported on", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  const { asked, silent } = run(rounds, { fromMs: 0, untilMs: 5_000 }, nobody);
  const regular = asked.map(({ atMs }) => atMs).filter((atMs) => atMs > 1000);
  assert.ok(regular.length >= 3);
  assert.ok(silent.length >= 3);
});

test("a late answer counts for its own round, and the question after it stays open", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  assert.deepEqual(rounds.due(500).ask, ["a"]);
  assert.equal(rounds.answered("a", 1), true);
  // The second question is unanswered, but it is the first in a row again.
  assert.deepEqual(rounds.due(750), { round: 3, ask: ["a"], late: ["a"], silent: [] });
  assert.deepEqual(rounds.due(1000).silent, []);
  assert.deepEqual(rounds.due(1250).silent, ["a"]);
});

test("an answer in time ends the further questions", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.due(500);
  assert.equal(rounds.answered("a", 2), true);
  assert.equal(rounds.answered("a", 2), true);
  assert.deepEqual(rounds.due(750).late, []);
});

const UNASKED: readonly (readonly [route: string, round: number, why: string])[] = [
  ["a", 0, "there is no round 0"],
  ["a", -1, "rounds count upwards"],
  ["a", 2, "that round is still to come"],
  ["b", 1, "that connection is not surveyed"],
];

for (const [route, round, why] of UNASKED) {
  test(`an answer of ${route} to round ${round} is refused: ${why}`, () => {
    const rounds = new Rounds(LAN, 0);
    rounds.add("a");
    rounds.due(0);
    assert.equal(rounds.answered(route, round), false);
  });
}

test("a newcomer cannot answer rounds from before it came", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.add("b");
  assert.equal(rounds.answered("b", 1), false);
});

test("who is removed is neither asked nor reported, and may come again without a past", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.remove("a");
  rounds.remove("a");
  rounds.add("a");
  assert.deepEqual(rounds.due(10).ask, ["a"]);
  assert.deepEqual(rounds.due(505), { round: 2, ask: [], late: [], silent: [] });
  assert.deepEqual(rounds.due(510).late, ["a"]);
  rounds.remove("a");
  assert.deepEqual(rounds.due(5_000), { round: 3, ask: [], late: [], silent: [] });
});

test("a question out of turn goes out at once and is missed like any other", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.askNow("a");
  rounds.add("a");
  rounds.due(0);
  rounds.answered("a", 1);
  rounds.askNow("a");
  assert.deepEqual(rounds.due(100).ask, ["a"]);
  assert.deepEqual(rounds.due(600).late, ["a"]);
});

test("a question out of turn does not hasten the judgement of somebody who is late", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.askNow("a");
  rounds.due(10);
  rounds.askNow("a");
  const missed = [500, 510, 700, 750, 760, 999].map((nowMs) => rounds.due(nowMs).silent.length);
  assert.deepEqual(missed, [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(rounds.due(1000).silent, ["a"]);
});

test("a question out of turn that falls together with a further one is one question", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.askNow("a");
  assert.deepEqual(rounds.due(500).ask, ["a"]);
  assert.deepEqual(rounds.due(1000).silent, []);
  assert.deepEqual(rounds.due(1250).silent, ["a"]);
});

test("a question out of turn is judged by itself once the further one is answered", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.due(500);
  rounds.askNow("a");
  assert.equal(rounds.due(600).round, 3);
  rounds.answered("a", 2);
  assert.deepEqual(rounds.due(750).late, []);
  assert.deepEqual(rounds.due(1100).late, ["a"]);
});

test("rounds that overlap do not count twice against somebody who is late", () => {
  const tuning = tuneRegistrar({ surveyIntervalMs: 100, answerWindowMs: 500 });
  const rounds = new Rounds(tuning, 0);
  rounds.add("a");
  const { silent } = run(rounds, { fromMs: 0, untilMs: 2_000 }, nobody);
  assert.equal(silent[0]?.atMs, 1000);
});

test("deadlines that were postponed do not pass", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.postpone(300);
  assert.deepEqual(rounds.due(799).late, []);
  assert.deepEqual(rounds.due(800).late, ["a"]);
  rounds.postpone(100);
  assert.deepEqual(rounds.due(1149).late, []);
  assert.deepEqual(rounds.due(1150).late, ["a"]);
});

test("what was forgiven is forgotten, and the next question counts from the beginning", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("a");
  rounds.due(0);
  rounds.due(500);
  rounds.due(750);
  rounds.forgive();
  assert.deepEqual(rounds.due(1000), { round: 4, ask: ["a"], late: [], silent: [] });
  assert.deepEqual(rounds.due(1750).silent, []);
  assert.equal(rounds.answered("a", 4), true);
});

test("with one question allowed, one late answer is silence", () => {
  const rounds = new Rounds(tuneRegistrar({ missedMax: 1 }), 0);
  rounds.add("a");
  rounds.due(0);
  assert.deepEqual(rounds.due(500), { round: 1, ask: [], late: ["a"], silent: ["a"] });
});

test("intervals that are no multiple of a tick, from any start, make no busy loop", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 20_000 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (surveyIntervalMs, originMs) => {
        const rounds = new Rounds(tuneRegistrar({ surveyIntervalMs }), originMs);
        for (const route of ["a", "b", "c"]) rounds.add(route);
        const span = { fromMs: originMs, untilMs: originMs + 3 * surveyIntervalMs };
        const { asked } = run(rounds, span, everybody);
        assert.ok(asked.length <= 3 * (1 + 3 + 1), `asked ${asked.length} times`);
        assert.ok(asked.length >= 3 * 3);
      },
    ),
  );
});

type Step =
  | { readonly kind: "add" | "remove" | "askNow"; readonly route: string }
  | { readonly kind: "answered"; readonly route: string; readonly back: number }
  | { readonly kind: "due"; readonly byMs: number }
  | { readonly kind: "postpone"; readonly byMs: number }
  | { readonly kind: "forgive" }
  | { readonly kind: "wake" };

const route = fc.constantFrom("a", "b", "c", "d");
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("add", "remove", "askNow"), route }),
  fc.record({
    kind: fc.constant("answered" as const),
    route,
    back: fc.integer({ max: 6, min: -2 }),
  }),
  fc.record({ kind: fc.constant("due" as const), byMs: fc.integer({ min: 0, max: 700 }) }),
  fc.record({ kind: fc.constant("postpone" as const), byMs: fc.integer({ min: 0, max: 500 }) }),
  fc.constant({ kind: "forgive" } as const),
  fc.constant({ kind: "wake" } as const),
);
const anyTuning: fc.Arbitrary<RegistrarTuning> = fc
  .record({
    surveyIntervalMs: fc.integer({ min: 20, max: 1500 }),
    answerWindowMs: fc.integer({ min: 10, max: 1500 }),
    probeIntervalMs: fc.integer({ min: 10, max: 600 }),
    missedMax: fc.integer({ min: 1, max: 4 }),
  })
  .map((given) => tuneRegistrar(given));

test("whatever happens, a wake-up is never early for nothing, and nobody unknown is named", () => {
  fc.assert(
    fc.property(anyTuning, fc.array(anyStep, { maxLength: 80 }), (tuning, steps) => {
      const rounds = new Rounds(tuning, 0);
      const known = new Set<string>();
      let nowMs = 0;
      let latest = 0;
      const due = (): void => {
        const { ask, late, silent, round } = rounds.due(nowMs);
        assert.ok(round === latest || round === latest + 1);
        assert.equal(round > latest, ask.length > 0);
        latest = round;
        assert.equal(new Set(ask).size, ask.length, "nobody is asked twice in one round");
        for (const name of [...ask, ...late, ...silent]) assert.ok(known.has(name));
        assert.ok(rounds.nextMs() > nowMs, "what is due was done");
      };
      for (const step of steps) {
        if (step.kind === "add") known.add(step.route);
        if (step.kind === "remove") known.delete(step.route);
        if (step.kind === "wake") nowMs = Math.max(nowMs, Math.min(rounds.nextMs(), nowMs + 5_000));
        if (step.kind === "due") nowMs += step.byMs;
        if (step.kind === "due" || step.kind === "wake") due();
        else if (step.kind === "answered") rounds.answered(step.route, latest - step.back);
        else if (step.kind === "postpone") rounds.postpone(step.byMs);
        else if (step.kind === "forgive") rounds.forgive();
        else rounds[step.kind](step.route);
        assert.equal(rounds.size, known.size);
      }
    }),
    { numRuns: 300 },
  );
});

test("nobody who answers every question before its deadline is ever late or silent", () => {
  const delays = fc.array(fc.integer({ min: 0, max: 1499 }), { minLength: 1, maxLength: 20 });
  const lateness = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(anyTuning, delays, lateness, (tuning, waits, lags) => {
      const rounds = new Rounds(tuning, 0);
      const answers: { readonly atMs: number; readonly name: string; readonly round: number }[] =
        [];
      for (const name of ["a", "b", "c"]) rounds.add(name);
      let nowMs = 0;
      for (let turn = 0; turn < 60; turn += 1) {
        answers.sort((one, other) => one.atMs - other.atMs);
        while ((answers[0]?.atMs ?? Infinity) <= nowMs) {
          const answer = answers.shift();
          if (answer !== undefined) assert.ok(rounds.answered(answer.name, answer.round));
        }
        const due = rounds.due(nowMs);
        assert.deepEqual({ late: due.late, silent: due.silent }, { late: [], silent: [] });
        for (const [index, name] of due.ask.entries()) {
          const wait = waits[(turn + index) % waits.length] ?? 0;
          const atMs = nowMs + (wait % tuning.answerWindowMs);
          answers.push({ atMs, name, round: due.round });
        }
        nowMs = Math.max(nowMs, rounds.nextMs()) + (lags[turn % lags.length] ?? 0);
      }
    }),
    { numRuns: 200 },
  );
});

test("a pause shorter than the answer window and one probe interval changes nothing", () => {
  fc.assert(
    fc.property(anyTuning, fc.integer({ min: 0, max: 3_000 }), (tuning, fromMs) => {
      fc.pre(tuning.missedMax > 1);
      const rounds = new Rounds(tuning, 0);
      rounds.add("a");
      const untilMs = fromMs + tuning.answerWindowMs + tuning.probeIntervalMs - 1;
      let nowMs = 0;
      let owed = 0;
      while (nowMs <= untilMs + 3_000) {
        const isPaused = nowMs >= fromMs && nowMs < untilMs;
        if (!isPaused && owed > 0) assert.ok(rounds.answered("a", owed));
        const due = rounds.due(nowMs);
        assert.deepEqual(due.silent, [], `silent at ${nowMs}, paused from ${fromMs} to ${untilMs}`);
        if (due.ask.length > 0) owed = due.round;
        if (!isPaused && owed > 0) rounds.answered("a", owed);
        const next = Math.max(nowMs, rounds.nextMs());
        nowMs = nowMs < untilMs && next > untilMs ? untilMs : next;
      }
    }),
    { numRuns: 200 },
  );
});

test("waking when asked makes time pass", () => {
  const rounds = new Rounds(LAN, 0);
  for (let n = 0; n < 20; n += 1) rounds.add(`r${n}`);
  const machine = {
    get nextDeadlineMs(): number {
      return rounds.nextMs();
    },
    handle: (_: unknown, nowMs: number) => rounds.due(nowMs),
  };
  assertProgress(machine, { fromMs: 0, wakes: 1000, atLeastMs: 5_000 });
});

test("a clock that is late at every turn puts off the judgement once, not for ever", () => {
  const rounds = new Rounds(LAN, 0);
  rounds.add("silent");
  let nowMs = 0;
  let silent: readonly string[] = [];
  while (silent.length === 0 && nowMs < 60_000) {
    silent = rounds.due(nowMs).silent;
    nowMs += 160;
    rounds.postpone(160 + 50);
  }
  assert.deepEqual(silent, ["silent"]);
  assert.ok(nowMs < 5000, `judged after ${nowMs} ms`);
});
