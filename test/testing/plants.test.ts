import assert from "node:assert/strict";
import { test } from "node:test";
import { INVARIANTS, randomScenario, runScenario } from "../../lib/testing/index.ts";
import type { Violation } from "../../lib/testing/index.ts";
import type { Plant } from "./plant.ts";
import { PLANTS } from "./plants.ts";

/** Seeds that a planted bug may take to be found. */
const SEEDS_MAX = 60;

const MADE_UP = Array.from({ length: SEEDS_MAX }, (_, at) => randomScenario(at + 1));

const bitten = new Set<string>();

function firstFailure({
  plant,
  story,
}: Plant): { readonly seed: number; readonly violation: Violation } | undefined {
  for (const scenario of story === undefined ? MADE_UP : [story]) {
    const { violation } = runScenario(scenario, { plant });
    if (violation !== null) return { seed: scenario.options.seed, violation };
  }
  return undefined;
}

for (const planted of PLANTS) {
  test(`a planted bug is found: ${planted.bug}`, (t) => {
    const failure = firstFailure(planted);
    assert.ok(failure, `not within ${SEEDS_MAX} seeds`);
    t.diagnostic(
      `seed ${failure.seed}: "${failure.violation.invariant}": ${failure.violation.detail}`,
    );
    bitten.add(failure.violation.invariant);
    assert.ok(planted.foundBy.includes(failure.violation.invariant), failure.violation.message);
    assert.match(failure.violation.message, new RegExp(`seed ${failure.seed}`));
  });
}

test("without a planted bug the same seeds and stories find nothing", () => {
  const stories = PLANTS.flatMap(({ story }) => (story === undefined ? [] : [story]));
  for (const scenario of [...MADE_UP, ...stories]) {
    const { violation } = runScenario(scenario);
    assert.equal(violation, null, violation?.message);
  }
});

test("most claims were broken by some planted bug", (t) => {
  const unbitten = INVARIANTS.map(({ name }) => name).filter((name) => !bitten.has(name));
  t.diagnostic(`broken by hand in invariants.test.ts only: ${unbitten.join(", ") || "none"}`);
  assert.ok(bitten.size >= 8, [...bitten].join(", "));
});
