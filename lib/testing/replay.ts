import { checkRecording } from "../core/record-check.ts";
import type { Recording } from "../core/recording.ts";
import { decisionsOf, differencesOf } from "./replay-decisions.ts";
import type { Decision, Difference } from "./replay-decisions.ts";
import { landmarksOf } from "./replay-faults.ts";
import type { Landmark } from "./replay-faults.ts";
import { ReplayScript } from "./replay-script.ts";
import type { Corrections } from "./replay-script.ts";
import { ReplayStage } from "./replay-stage.ts";
import type { Scenario } from "./scenario.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { Violation } from "./violation.ts";

export type { Decision, Difference } from "./replay-decisions.ts";

/** Options of `replay`. */
export interface ReplayOptions extends Pick<SimulateOptions, "invariants" | "traceLines"> {
  /** How far the times of one decision may lie apart. Default one survey interval. */
  readonly toleranceMs?: number;
  /** The last so many milliseconds are replayed. Default 600,000. */
  readonly forMs?: number;
  /** The simulation is run so often at most, each time with better times. Default 4. */
  readonly passesMax?: number;
  /** Of what is random in the simulation. Default 1. */
  readonly seed?: number;
}

/** A recording against its replay. */
export interface Replay {
  /** What was run, as plain data: it can be kept, changed and run again with `runScenario`. */
  readonly scenario: Scenario;
  readonly recorded: readonly Decision[];
  readonly replayed: readonly Decision[];
  /** Empty where both decided the same, within the tolerance. */
  readonly differences: readonly Difference[];
  /** An invariant that did not hold in the simulation; null where all did. */
  readonly violation: Violation | null;
  /** What the recording tells and the simulation cannot do, in words. */
  readonly leftOut: readonly string[];
  readonly passes: number;
}

const FOR_MS = 600_000;
const PASSES_MAX = 4;
/** An error of a landmark beyond this many survey intervals belongs to another event. */
const ERROR_INTERVALS = 2;

/**
 * Runs in virtual time what a recording tells: joins, goodbyes, lost connections, processes that
 * stood still, contested ids, stalls of the registrar, and returns to a new one. The machines decide
 * anew, with all invariants checked, and their decisions are compared with those recorded. A
 * recording of all services replays truly; in one of a single service the guard against mass loss
 * sees fewer members. Throws `ERR_WIRE` for what is no recording.
 */
export function replay(given: Recording, options: ReplayOptions = {}): Replay {
  const recording = checkRecording(given);
  const { seed = 1, forMs = FOR_MS, passesMax = PASSES_MAX } = options;
  const toleranceMs = options.toleranceMs ?? recording.tuning.surveyIntervalMs;
  const script = new ReplayScript(recording, { seed, forMs, moreMs: toleranceMs });
  const recorded = script.runs.flatMap(({ node, events }) => decisionsOf(node, events));
  const correct = new Map<Landmark, number>();
  let corrections: Corrections = { correct, follow: new Map() };
  let best: { readonly stage: ReplayStage; readonly replay: Replay } | undefined;
  for (let passes = 1; passes <= passesMax; passes += 1) {
    const scenario = script.scenario(corrections);
    const stage = new ReplayStage(scenario, script.originMs, options);
    stage.run();
    const times = new Timing(script, stage);
    const replayed = script.runs.flatMap(({ node }) => decisionsOf(node, times.events(node)));
    const differences = differencesOf(recorded, replayed, toleranceMs).filter(
      // Nobody knows what would have come of it.
      ({ kind, replayed: extra }) =>
        kind !== "additional" || (extra?.atMs ?? 0) <= recording.ranMs - toleranceMs,
    );
    const { violation } = stage;
    const leftOut = leftOutOf(recording);
    const result = { scenario, recorded, replayed, differences, violation, leftOut, passes };
    if (best === undefined || isBetter(result, best.replay)) best = { stage, replay: result };
    if (differences.length === 0) break;
    const errors = times.errors(ERROR_INTERVALS * recording.tuning.surveyIntervalMs);
    for (const [landmark, errorMs] of errors) {
      correct.set(landmark, (correct.get(landmark) ?? 0) + errorMs);
    }
    corrections = { correct, follow: errors };
  }
  if (best === undefined) throw new RangeError(`passesMax is ${passesMax}`);
  best.stage.settle();
  return { ...best.replay, violation: best.stage.violation };
}

function isBetter(a: Replay, b: Replay): boolean {
  return a.differences.length < b.differences.length;
}

/** The times of a pass in time of the recording. */
class Timing {
  readonly #script: ReplayScript;
  readonly #stage: ReplayStage;

  constructor(script: ReplayScript, stage: ReplayStage) {
    this.#script = script;
    this.#stage = stage;
  }

  events(node: string): ReturnType<ReplayStage["events"]["get"]> & {} {
    const byMs = this.#script.originMs - this.#script.offsetMs;
    const events = this.#stage.events.get(node) ?? [];
    return events.map((event) => ({ ...event, atMs: event.atMs + byMs }));
  }

  /** How much later than recorded each landmark came. */
  errors(mostMs: number): ReadonlyMap<Landmark, number> {
    const errors = new Map<Landmark, number>();
    for (const { node, events, wasThere } of this.#script.runs) {
      const found = landmarksOf(node, this.events(node), false);
      for (const [landmark, atMs] of landmarksOf(node, events, wasThere)) {
        const errorMs = (found.get(landmark) ?? Infinity) - atMs;
        if (Math.abs(errorMs) <= mostMs) errors.set(landmark, errorMs);
      }
    }
    return errors;
  }
}

/** What nobody can do again. */
function leftOutOf({ peers }: Recording): readonly string[] {
  const told: string[] = [];
  for (const { service, id, events } of peers) {
    if (events.some(({ kind }) => kind === "reported")) told.push(`reports about ${service}/${id}`);
    if (events.some((event) => event.kind === "gone" && event.cause === "unknown")) {
      told.push(`the key of ${service}/${id} was taken off the list`);
    }
  }
  return told;
}
