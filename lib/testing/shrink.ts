import type { Action, Outcome, RunOptions, Scenario } from "./scenario.ts";
import { describeAction, runScenario } from "./scenario.ts";
import { rounderThan, smallerThan } from "./simplify.ts";

/** Runs that one shrinking may take. */
const RUNS_MAX = 500;

/**
 * Leaves out whatever is not needed for the same invariant to fail: actions in ever smaller
 * groups, down to one by one, as delta debugging does (Zeller 1999), nodes, and registrars; and
 * makes numbers round.
 */
export function shrink(failed: Outcome, options: RunOptions = {}): Outcome {
  if (failed.violation === null) return failed;
  const { invariant, atMs } = failed.violation;
  let best = truncated(failed, atMs);
  let runs = 0;
  const fails = (scenario: Scenario): boolean => {
    runs += 1;
    const outcome = runScenario(scenario, options);
    if (outcome.violation?.invariant !== invariant) return false;
    best = outcome;
    return true;
  };
  if (!fails(best.scenario)) best = failed;
  // Whole nodes and registrars first: they are what takes a person longest to read.
  while (runs < RUNS_MAX && smallerThan(best.scenario).some(fails));
  const leaveOut = (): void => {
    for (let size = best.scenario.actions.length; size >= 1; size = Math.floor(size / 2)) {
      let hasShrunk = true;
      while (hasShrunk && runs < RUNS_MAX) {
        hasShrunk = groups(best.scenario.actions, size).some((rest) =>
          fails({ ...best.scenario, actions: rest }),
        );
      }
    }
  };
  leaveOut();
  while (runs < RUNS_MAX && rounderThan(best.scenario).some(fails));
  // What was needed at one time may not be at another.
  leaveOut();
  return best;
}

/** What comes after the violation is not needed. */
function truncated(failed: Outcome, atMs: number): Outcome {
  const { scenario } = failed;
  const actions = scenario.actions.filter((action) => action.atMs <= atMs);
  return { ...failed, scenario: { ...scenario, actions } };
}

/** The actions without one group of this size, for each group. */
function groups(actions: readonly Action[], size: number): (readonly Action[])[] {
  const rests: (readonly Action[])[] = [];
  for (let from = 0; from < actions.length; from += size) {
    rests.push([...actions.slice(0, from), ...actions.slice(from + size)]);
  }
  return rests;
}

/** What a person needs in order to see a failure again: seed, actions, and the end of the trace. */
export function describeOutcome({ scenario, violation, steps, ranMs }: Outcome): string {
  const { seed, registrars = 1, late = [], registrar, network } = scenario.options;
  const ran = `${steps} steps, ${(ranMs / 1000).toFixed(1)} s`;
  return [
    `seed ${seed}: ${violation === null ? "everything held" : `"${violation.invariant}"`} (${ran})`,
    `${registrars} registrars, not from the start: ${late.join(", ") || "none"}`,
    `registrar ${JSON.stringify(registrar ?? {})}`,
    `network ${JSON.stringify(network ?? {})}`,
    ...scenario.actions.map(describeAction),
    `troubles end at ${(scenario.untilMs / 1000).toFixed(4)} s`,
    ...(violation === null ? [] : [violation.message]),
  ].join("\n");
}
