import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOutcome, randomScenario, runScenario, shrink } from "../../lib/testing/index.ts";

/** Seeds that are run every time. */
const FIXED = 60;
/** Milliseconds spent on seeds that were never run before; more for a campaign. */
const BUDGET_MS = Number(process.env["ROLLCALL_SIM_MS"] ?? 4000);

/** A failure prints the seed and the shortest story that still fails. */
function holds(seed: number): void {
  const outcome = runScenario(randomScenario(seed));
  if (outcome.violation !== null) assert.fail(describeOutcome(shrink(outcome)));
}

test(`no claim is broken with the seeds 1 to ${FIXED}`, () => {
  for (let seed = 1; seed <= FIXED; seed += 1) holds(seed);
});

test("no claim is broken with fresh seeds", (t) => {
  const first = Math.floor(Math.random() * 1_000_000_000);
  const end = performance.now() + BUDGET_MS;
  let seed = first;
  while (performance.now() < end) {
    holds(seed);
    seed += 1;
  }
  t.diagnostic(`${seed - first} fresh seeds from ${first}`);
});
