import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOutcome, randomScenario, runScenario, shrink } from "../../lib/testing/index.ts";
import type { RunOptions } from "../../lib/testing/index.ts";

const PLANTED: RunOptions = {
  plant: () => ({ registrarTuning: (tuning) => ({ ...tuning, learningMaxMs: 0 }) }),
};

type Outcome = ReturnType<typeof runScenario>;

/** The first long stories in which the planted bug shows. */
function failures(count: number): readonly Outcome[] {
  const found: Outcome[] = [];
  for (let seed = 1; seed < 200 && found.length < count; seed += 1) {
    const outcome = runScenario(randomScenario(seed), PLANTED);
    if (outcome.violation !== null && outcome.scenario.actions.length > 12) found.push(outcome);
  }
  assert.equal(found.length, count, "the planted bug was not found so often");
  return found;
}

test("failures shrink to the few actions that they take", () => {
  const lengths = failures(3).map((failed) => {
    const shrunk = shrink(failed, PLANTED);
    assert.equal(shrunk.violation?.invariant, failed.violation?.invariant);
    // Nothing that is left can be left out.
    for (const one of shrunk.scenario.actions) {
      const actions = shrunk.scenario.actions.filter((action) => action !== one);
      const outcome = runScenario({ ...shrunk.scenario, actions }, PLANTED);
      assert.notEqual(outcome.violation?.invariant, failed.violation?.invariant);
    }
    return shrunk.scenario.actions.length;
  });
  // The bug takes a peer and a crash; a story may need more to get there.
  assert.ok(lengths.filter((length) => length <= 3).length >= 2, lengths.join());
  assert.ok(
    lengths.every((length) => length <= 6),
    lengths.join(),
  );
});

test("a failure says its seed, what happened, and what was claimed", () => {
  const [failed] = failures(1);
  assert.ok(failed);
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
