import { lossyFreezeBoundMs, pauseToleratedMs, tuneRegistrar } from "../../lib/core/options.ts";
import { perform, Random, simulate } from "../../lib/testing/index.ts";
import type { Action, Scenario } from "../../lib/testing/index.ts";
import type { Recording } from "../../lib/core/recording.ts";

/** Between two troubles of one member, so that each has its own consequences. */
const APART_MS = 6000;
/** How far from a bound a pause ends: who is late by a hair is judged by a hair. */
const MARGIN_MS = 400;
const REGISTRAR = "registrar";

/** Everything that can happen to a member and its registrar, each clearly on one side of its bound. */
export function plainScenario(seed: number): Scenario {
  const random = new Random(seed).fork("replay");
  const preset = random.pick(["local", "lan"] as const);
  const registrar = { preset, goneAfterMs: random.pick([1500, 8000]) };
  const tuning = tuneRegistrar(registrar);
  const own = ownTrouble(random, random.whole(12_000, 24_000));
  const members = Array.from({ length: random.whole(3, 10) }, (_, m) => `m${m}`);
  const { untilMs } = own;
  const actions = members.flatMap((node): readonly Action[] => {
    const service = random.pick(["cache", "web"]);
    const spec = { service, follows: random.chance(0.5) };
    const startMs = random.chance(0.8) ? random.within([0, 300]) : random.within([0, untilMs / 2]);
    const start: Action = { kind: "start", node, spec, atMs: startMs };
    const troubles: Action[] = [];
    let atMs = startMs + 1000 + random.within([0, APART_MS]);
    while (atMs < untilMs - 3000 && random.chance(0.7)) {
      troubles.push(...trouble({ random, node, atMs, tuning, isCalm: own.actions.length === 0 }));
      atMs += 2 * APART_MS;
    }
    return [start, ...troubles];
  });
  const watcher: Action = { kind: "start", node: "w0", spec: {}, atMs: 0 };
  return {
    options: { seed, registrar, client: { preset } },
    actions: [watcher, ...actions, ...own.actions],
    untilMs,
  };
}

function trouble(of: {
  readonly random: Random;
  readonly node: string;
  readonly atMs: number;
  readonly tuning: ReturnType<typeof tuneRegistrar>;
  /** The registrar judges all the time; else nobody falls silent, because that is judged late. */
  readonly isCalm: boolean;
}): readonly Action[] {
  const { random, node, atMs, tuning } = of;
  const shortMs = Math.max(20, pauseToleratedMs(tuning) - tuning.surveyIntervalMs / 2 - 100);
  const longMs = lossyFreezeBoundMs(tuning) + MARGIN_MS;
  const forMs = random.chance(0.3)
    ? random.within([20, shortMs])
    : random.within([longMs, longMs + 2500]);
  switch (random.whole(of.isCalm ? 0 : 4, 8)) {
    case 0:
    case 1:
      return [{ kind: "stop", node, atMs, forMs }];
    case 2:
      return [{ kind: "stall", node, atMs, forMs }];
    case 3:
      return [{ kind: "partition", node, direction: "toRegistrar", atMs, forMs }];
    case 4:
      return [{ kind: "leave", node, atMs }];
    case 5:
      return [{ kind: "crash", node, reset: false, atMs }];
    case 6:
      return [{ kind: "crash", node, reset: false, atMs, restartAfterMs: forMs }];
    case 7:
      return [{ kind: "cut", node, which: "survey", told: random.pick(["both", "client"]), atMs }];
    default:
      return [{ kind: "update", node, card: { status: "draining" }, atMs }];
  }
}

/** The registrar of one run in three stands still or is restarted once. */
function ownTrouble(
  random: Random,
  untilMs: number,
): { readonly untilMs: number; readonly actions: readonly Action[] } {
  const atMs = random.within([0.2, 0.4]) * untilMs;
  const forMs = random.whole(1200, 3000);
  switch (random.whole(0, 5)) {
    case 0:
      return { untilMs, actions: [{ kind: "stall", node: REGISTRAR, atMs, forMs }] };
    case 1: {
      const crash = { kind: "crash", node: REGISTRAR, reset: false } as const;
      return { untilMs, actions: [{ ...crash, atMs, restartAfterMs: forMs }] };
    }
    default:
      return { untilMs, actions: [] };
  }
}

/** Runs a scenario until everybody could be heard again for a while, and asks for the record. */
export function recordingOf(scenario: Scenario): Recording {
  const cluster = simulate({ ...scenario.options });
  for (const action of scenario.actions.toSorted((a, b) => a.atMs - b.atMs)) {
    cluster.runFor(Math.max(0, action.atMs - cluster.nowMs));
    perform(cluster, action);
  }
  cluster.runFor(Math.max(0, scenario.untilMs - cluster.nowMs));
  cluster.endTroubles();
  cluster.runFor(1500);
  const recording = cluster.record();
  if (recording === null) throw new Error("the registrar is down");
  return JSON.parse(JSON.stringify(recording)) as Recording;
}
