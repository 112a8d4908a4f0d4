import type { SurveyorInput } from "../../lib/core/io.ts";
import type { Action, Scenario, Tamper } from "../../lib/testing/index.ts";
import type { Plant } from "./plant.ts";

const NOBODY_MISSES = ["the living stay", "the living are listed", "causes are true"];

/** Bugs in what becomes of reports. */
export const REPORTED: readonly Plant[] = [
  {
    bug: "what one consumer reports counts as reported by all of them",
    story: storyOf("w0"),
    foundBy: NOBODY_MISSES,
    plant: echoing,
  },
  {
    bug: "reports never run out",
    story: storyOf("w0", "w1"),
    foundBy: NOBODY_MISSES,
    plant: () => ({ registrarTuning: (tuning) => ({ ...tuning, reportTtlMs: 10_000_000 }) }),
  },
];

/** These say that they cannot reach one of three, which few made-up stories have with nothing else. */
function storyOf(...reporters: readonly string[]): Scenario {
  const start = (node: string): Action => ({
    kind: "start",
    node,
    spec: node.startsWith("m") ? { service: "cache" } : { services: ["cache"] },
    atMs: 0,
  });
  const report = (node: string): Action => ({
    kind: "report",
    node,
    of: "m0",
    isUnreachable: true,
    atMs: 6000,
  });
  return {
    options: { seed: 1, registrar: { reportTtlMs: 300 } },
    actions: [...["m0", "m1", "m2", "w0", "w1"].map(start), ...reporters.map(report)],
    untilMs: 20_000,
  };
}

/** A report comes over every connection at once. */
function echoing(): Tamper {
  const watching = new Map<string, Set<string>>();
  return {
    toRegistrar: (input, name) => {
      if (input.kind !== "received") return [input];
      const { route, message } = input;
      const routes = watching.get(name) ?? new Set<string>();
      watching.set(name, routes);
      if (message.kind === "watch") routes.add(route);
      if (message.kind !== "report") return [input];
      const others = [...routes].filter((other) => other !== route);
      return [input, ...others.map((other): SurveyorInput => ({ ...input, route: other }))];
    },
  };
}
