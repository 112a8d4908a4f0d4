import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { describeOutcome, randomScenario, runScenario, shrink } from "../../lib/testing/index.ts";
import { KNOWN_SEEDS } from "./seeds.ts";

/** Time for fresh seeds: more of it in nightly runs. */
const BUDGET_MS = Number(process.env["ROLLCALL_SIM_MS"] ?? 8000);
/** The first fresh seed; say it to see a failure again. */
const FIRST_SEED = Number(process.env["ROLLCALL_SIM_SEED"] ?? Date.now() % 0x7fff_ffff);
const FIXED_SEEDS = Array.from({ length: 60 }, (_, at) => 100_000 + at);

interface Tally {
  seeds: number;
  steps: number;
  ranMs: number;
}

function run(seed: number, tally: Tally): void {
  const outcome = runScenario(randomScenario(seed));
  tally.seeds += 1;
  tally.steps += outcome.steps;
  tally.ranMs += outcome.ranMs;
  // The trace of the shortest run that fails in the same way is what a person can read.
  if (outcome.violation !== null) assert.fail(describeOutcome(shrink(outcome)));
}

function report(t: TestContext, { seeds, steps, ranMs }: Tally): void {
  t.diagnostic(`${seeds} seeds, ${Math.round(ranMs / 1000)} virtual seconds, ${steps} steps`);
}

for (const { seed, found } of KNOWN_SEEDS) {
  test(`seed ${seed} once failed: ${found}`, () => run(seed, { seeds: 0, steps: 0, ranMs: 0 }));
}

test("every claim holds for a fixed list of seeds", (t) => {
  const tally: Tally = { seeds: 0, steps: 0, ranMs: 0 };
  for (const seed of FIXED_SEEDS) run(seed, tally);
  report(t, tally);
});

test("every claim holds for fresh seeds", (t) => {
  const tally: Tally = { seeds: 0, steps: 0, ranMs: 0 };
  const untilMs = performance.now() + BUDGET_MS;
  t.diagnostic(`from seed ${FIRST_SEED}`);
  for (let seed = FIRST_SEED; performance.now() < untilMs; seed += 1) run(seed, tally);
  report(t, tally);
  assert.ok(tally.seeds > 0);
});
