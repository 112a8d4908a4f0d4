import { describeOutcome, randomScenario, runScenario, shrink } from "../../lib/testing/index.ts";

/** One seed in so many is run on for the whole time in which all has to be repaired. */
const WHOLE_EVERY = 8;

/** A claim that did not hold. */
export interface Found {
  readonly seed: number;
  readonly invariant: string;
  /** The shortest story that still violates it. */
  readonly story: string;
}

/** Seeds to be run. */
export interface Order {
  readonly from: number;
  readonly seeds: number;
}

/** What came of an order. */
export interface Batch {
  readonly seeds: number;
  readonly steps: number;
  readonly ranMs: number;
  readonly registrars: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
  readonly violations: readonly Found[];
}

/** Runs these seeds, each to its end, and shrinks what fails. */
export function runSeeds({ from, seeds }: Order): Batch {
  const registrars: Record<string, number> = {};
  const actions: Record<string, number> = {};
  const violations: Found[] = [];
  let steps = 0;
  let ranMs = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const scenario = randomScenario(seed);
    const outcome = runScenario(scenario, { rest: seed % WHOLE_EVERY === 0 ? "whole" : "calm" });
    steps += outcome.steps;
    ranMs += outcome.ranMs;
    count(registrars, String(scenario.options.registrars ?? 1));
    for (const { kind } of scenario.actions) count(actions, kind);
    if (outcome.violation === null) continue;
    const { invariant } = outcome.violation;
    violations.push({ seed, invariant, story: describeOutcome(shrink(outcome)) });
  }
  return { seeds, steps, ranMs, registrars, actions, violations };
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

// As a worker process it is given orders, one after the other.
process.on("message", (order: Order) => process.send?.(runSeeds(order)));
process.on("disconnect", () => process.exit());
