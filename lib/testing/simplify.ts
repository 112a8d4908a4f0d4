import type { Action, Scenario } from "./scenario.ts";

/** Scenarios without one of the nodes, or without one of the registrars. */
export function smallerThan(scenario: Scenario): readonly Scenario[] {
  return [...fewerNodes(scenario), ...fewerRegistrars(scenario)];
}

/** Without everything that happens to one node. */
function fewerNodes(scenario: Scenario): readonly Scenario[] {
  const nodes = [...new Set(scenario.actions.map(({ node }) => node))];
  if (nodes.length < 2) return [];
  return nodes.map((node) => ({
    ...scenario,
    actions: scenario.actions.filter((action) => action.node !== node),
  }));
}

/** Without the last registrar; whatever names it concerns nobody, or all that are left. */
function fewerRegistrars(scenario: Scenario): readonly Scenario[] {
  const { registrars = 1 } = scenario.options;
  if (registrars === 1) return [];
  return [{ ...scenario, options: { ...scenario.options, registrars: registrars - 1 } }];
}

/** Scenarios with one action whose numbers are whole seconds, or tenths of one. */
export function rounderThan(scenario: Scenario): readonly Scenario[] {
  return [1000, 100].flatMap((stepMs) =>
    scenario.actions.flatMap((action, at) => {
      const rounded = roundedTo(action, stepMs);
      if (JSON.stringify(rounded) === JSON.stringify(action)) return [];
      const actions = scenario.actions.with(at, rounded).toSorted((a, b) => a.atMs - b.atMs);
      return [{ ...scenario, actions }];
    }),
  );
}

function roundedTo(action: Action, stepMs: number): Action {
  const round = (ms: number): number => Math.max(0, Math.round(ms / stepMs) * stepMs);
  const atMs = round(action.atMs);
  if (!("forMs" in action)) return { ...action, atMs };
  return { ...action, atMs, forMs: Math.max(stepMs, round(action.forMs)) };
}
