import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOutcome, randomScenario, runScenario, shrink } from "../../lib/testing/index.ts";
import { KNOWN_SEEDS } from "./seeds.ts";

/** Time for fresh seeds: more of it in nightly runs. */
const BUDGET_MS = Number(process.env["ROLLCALL_SIM_MS"] ?? 5000);
/** The first fresh seed; say it to see a failure again. */
const FIRST_SEED = Number(process.env["ROLLCALL_SIM_SEED"] ?? Date.now() % 0x7fff_ffff);

function run(seed: number): void {
  const outcome = runScenario(randomScenario(seed));
  // The trace of the shortest run that fails in the same way is what a person can read.
  if (outcome.violation !== null) assert.fail(describeOutcome(shrink(outcome)));
}

for (const { seed, found } of KNOWN_SEEDS) {
  test(`seed ${seed} once failed: ${found}`, () => run(seed));
}

test("every claim holds for fresh seeds", (t) => {
  const untilMs = performance.now() + BUDGET_MS;
  t.diagnostic(`from seed ${FIRST_SEED}`);
  let seeds = 0;
  for (; performance.now() < untilMs; seeds += 1) run(FIRST_SEED + seeds);
  t.diagnostic(`${seeds} seeds`);
  assert.ok(seeds > 0);
});

test("looking only at what changed finds what looking at everything finds", () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const scenario = randomScenario(seed);
    const plant = () => ({ registrarTuning: broken });
    const [some, all] = (["changes", "all"] as const).map((checks) =>
      runScenario({ ...scenario, options: { ...scenario.options, checks } }, { plant }),
    );
    assert.equal(some?.violation?.message, all?.violation?.message, `seed ${seed}`);
  }
});

/** It takes ten times as long to find out that somebody fell silent. */
function broken<T extends { readonly answerWindowMs: number }>(tuning: T): T {
  return { ...tuning, answerWindowMs: 10 * tuning.answerWindowMs };
}
