import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOutcome, randomScenario, runScenario, shrink } from "../../lib/testing/index.ts";
import type { RunOptions } from "../../lib/testing/index.ts";

const PLANTED: RunOptions = {
  plant: () => ({ registrarTuning: (tuning) => ({ ...tuning, learningMaxMs: 0 }) }),
};

function aFailure(): ReturnType<typeof runScenario> {
  for (let seed = 1; seed < 200; seed += 1) {
    const outcome = runScenario(randomScenario(seed), PLANTED);
    if (outcome.violation !== null && outcome.scenario.actions.length > 12) return outcome;
  }
  throw new Error("the planted bug was not found");
}

test("a failure shrinks to the few actions that it takes", () => {
  const failed = aFailure();
  const shrunk = shrink(failed, PLANTED);
  assert.equal(shrunk.violation?.invariant, failed.violation?.invariant);
  assert.ok(shrunk.scenario.actions.length <= 4, describeOutcome(shrunk));
  // Nothing that is left can be left out.
  for (const one of shrunk.scenario.actions) {
    const actions = shrunk.scenario.actions.filter((action) => action !== one);
    const outcome = runScenario({ ...shrunk.scenario, actions }, PLANTED);
    assert.notEqual(outcome.violation?.invariant, failed.violation?.invariant);
  }
});

test("a failure says its seed, what happened, and what was claimed", () => {
  const failed = aFailure();
  const text = describeOutcome(failed);
  assert.match(text, new RegExp(`^seed ${failed.scenario.options.seed}: `));
  assert.match(text, /registrar crash|registrar stop|registrar stall/);
  assert.match(text, /claimed: /);
});

test("a run that holds is not shrunk", () => {
  const held = runScenario(randomScenario(1));
  assert.equal(shrink(held), held);
  assert.match(describeOutcome(held), /everything held/);
});

test("the same scenario runs the same way twice", () => {
  const [one, other] = [runScenario(randomScenario(7)), runScenario(randomScenario(7))];
  assert.deepEqual([one.steps, one.ranMs], [other.steps, other.ranMs]);
});
