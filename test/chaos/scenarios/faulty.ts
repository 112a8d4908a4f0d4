import { machineMs } from "../../bench/clock.ts";
import { Random } from "../../../lib/testing/random.ts";
import { defaultBounds } from "../bounds.ts";
import { Bridge } from "../bridge.ts";
import { UNDER_FAULTS } from "../claims/claims.ts";
import { faultFigures } from "../figures.ts";
import { judged } from "../judged.ts";
import { perform, summaryOf } from "../perform.ts";
import { eraOf } from "../plan.ts";
import type { Recipe } from "../plan.ts";
import type { Order, Outcome, Workshop } from "../scenario.ts";
import { Stage } from "../stage.ts";
import type { StageOptions } from "../stage.ts";
import type { Cast, DoneFault } from "../story.ts";

/** Names with numbers: `r0`, `r1`, … */
export function named(letter: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at}`);
}

/** Crews of about equal size for so many members. */
export function crewsFor(members: number, perCrew: number): readonly string[] {
  return named("c", Math.max(1, Math.ceil(members / perCrew)));
}

const MINUTE_MS = 60_000;

/** Era after era of faults until the time is up; after each, everything has to become well again. */
export async function underFaults(
  of: {
    readonly name: string;
    readonly cast: Cast;
    readonly recipe: Recipe;
    readonly stage?: Partial<StageOptions>;
  },
  order: Order,
  workshop: Workshop,
): Promise<readonly Outcome[]> {
  const { name, cast, recipe } = of;
  const bounds = defaultBounds();
  const bridge = new Bridge(name);
  const perCrew = Math.max(1, Math.round(order.members / cast.crews.length));
  const stage = new Stage({
    cast,
    bridge,
    bounds,
    perCrew,
    roles: workshop.roles,
    ...of.stage,
  });
  const random = new Random(order.seed).fork(name);
  const faults: DoneFault[] = [];
  try {
    await stage.open();
    workshop.say(`${cast.crews.length * perCrew} members are listed`);
    const fromMs = machineMs();
    const untilMs = fromMs + order.minutes * MINUTE_MS;
    do {
      const lengthMs = Math.min(recipe.lengthMs, Math.max(untilMs - machineMs(), MINUTE_MS / 10));
      const era = eraOf(cast, { ...recipe, lengthMs }, random);
      workshop.say(summaryOf(era));
      faults.push(...(await perform(stage, era)));
      await stage.calm();
    } while (machineMs() < untilMs);
    const { seed } = order;
    const { facts } = stage;
    const { failures } = stage.crowd;
    const story = { scenario: name, seed, cast, fromMs, toMs: machineMs(), facts, faults };
    return [judged({ story, bounds, claims: UNDER_FAULTS, figures: faultFigures, failures })];
  } finally {
    await stage.close();
  }
}
