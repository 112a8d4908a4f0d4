import type { Random, Range } from "../../lib/testing/random.ts";
import type { Era, Fault, PlannedFault } from "./faults.ts";
import type { Cast } from "./story.ts";

/** How an era is made up. Times are in milliseconds. */
export interface Recipe {
  readonly lengthMs: number;
  /** One registrar is left alone in every era, or only in every other one. */
  readonly spares: "always" | "sometimes";
  /** Processes of members that are killed, at most one at a time. */
  readonly crewCrashes: number;
  /** Beyond what `registrars` does: members and watchers stopped, the proxy slow, packets lost, files used up. */
  readonly isMixed: boolean;
}

/** Killed processes are started again after so long. */
const CRASH_MS: Range = [400, 6000];
const FREEZE_MS: Range = [300, 8000];
const CUT_MS: Range = [300, 8000];
/** Between two faults of one lane. */
const GAP_MS: Range = [300, 4000];
/** A pause that changes nothing. */
const PAUSE_MS = 400;
/** At the end of an era everything is lifted; what begins later would be too short to matter. */
const LAST_MS = 300;
/** At most this share of the crews is stopped or cut off at one time: more is a mass loss (B4). */
const SHARE = 0.25;

/** The next era, drawn from the seed alone. */
export function eraOf(cast: Cast, recipe: Recipe, random: Random): Era {
  const { lengthMs } = recipe;
  const isSparing = recipe.spares === "always" || random.chance(0.5);
  const spared = isSparing ? random.pick(cast.registrars) : null;
  const troubled = cast.registrars.filter((registrar) => registrar !== spared);
  const faults = troubled.flatMap((node) => [
    ...lane(lengthMs, random, () => processFault(node, random, recipe.isMixed)),
    ...lane(lengthMs, random, () => wireFault(node, cast, random)),
  ]);
  const deaths = crewCrashes(cast, recipe, random);
  const others = recipe.isMixed ? mixedFaults(cast, recipe, random) : [];
  return { spared, lengthMs, faults: [...faults, ...deaths, ...others].toSorted(byTime) };
}

function byTime(a: PlannedFault, b: PlannedFault): number {
  return a.fromMs - b.fromMs;
}

interface Drawn {
  readonly fault: Fault;
  readonly lastsMs: Range;
}

/** One fault after the other, never two at a time. */
function lane(lengthMs: number, random: Random, draw: () => Drawn): PlannedFault[] {
  const faults: PlannedFault[] = [];
  let fromMs = random.within(GAP_MS);
  while (fromMs < lengthMs - LAST_MS) {
    const { fault, lastsMs } = draw();
    const toMs = Math.min(lengthMs, fromMs + random.within(lastsMs));
    faults.push({ fault, fromMs, toMs });
    fromMs = toMs + random.within(GAP_MS);
  }
  return faults;
}

function processFault(node: string, random: Random, isMixed: boolean): Drawn {
  if (isMixed && random.chance(0.25)) {
    return { fault: { kind: "full", node }, lastsMs: FREEZE_MS };
  }
  return random.chance(0.5)
    ? { fault: { kind: "crash", node }, lastsMs: CRASH_MS }
    : { fault: { kind: "freeze", node }, lastsMs: FREEZE_MS };
}

function wireFault(node: string, cast: Cast, random: Random): Drawn {
  const { crews, watchers } = cast;
  const others = random.pick([
    () => [...crews, ...watchers],
    () => crews,
    () => watchers,
    () => some(crews, random),
    () => some(watchers, random),
  ])();
  const direction = random.pick(["in", "out", "both"] as const);
  return { fault: { kind: "cut", node, others, direction }, lastsMs: CUT_MS };
}

function some(nodes: readonly string[], random: Random): readonly string[] {
  return random.shuffled(nodes).slice(0, random.whole(1, nodes.length));
}

function crewCrashes(
  cast: Cast,
  { crewCrashes: count, lengthMs }: Recipe,
  random: Random,
): PlannedFault[] {
  const crews = random.shuffled(cast.crews).slice(0, count);
  const shareMs = lengthMs / Math.max(1, crews.length);
  return crews.map((node, at) => {
    const fromMs = at * shareMs + random.within([LAST_MS, shareMs / 2]);
    const toMs = Math.min(lengthMs, fromMs + random.within([shareMs / 4, shareMs / 2]));
    return { fault: { kind: "crash", node }, fromMs, toMs };
  });
}

/** Two lanes of stopped crews and one of stopped watchers, a slow proxy, and a lossy wire. */
function mixedFaults(
  cast: Cast,
  { lengthMs, crewCrashes: deaths }: Recipe,
  random: Random,
): PlannedFault[] {
  const most = Math.max(0, Math.floor(cast.crews.length * SHARE) - Math.min(1, deaths));
  const frozen = Array.from({ length: most }, (_, at) => {
    // Each lane has crews of its own, so that none is stopped twice at a time.
    const own = cast.crews.filter((_crew, place) => place % most === at);
    return lane(lengthMs, random, () => freeze(random.pick(own)));
  });
  return [
    ...frozen.flat(),
    ...lane(lengthMs, random, () => freeze(random.pick(cast.watchers))),
    ...lane(lengthMs, random, () => ({ fault: delay(random), lastsMs: CUT_MS })),
    ...lane(lengthMs, random, () => ({
      fault: { kind: "loss", node: "wire", percent: random.whole(1, 5) },
      lastsMs: CUT_MS,
    })),
  ];
}

function freeze(node: string): Drawn {
  return { fault: { kind: "freeze", node }, lastsMs: FREEZE_MS };
}

function delay(random: Random): Fault {
  const [upMs, downMs, jitterMs] = [
    random.whole(0, 120),
    random.whole(0, 120),
    random.whole(0, 40),
  ];
  return { kind: "delay", node: "proxy", upMs, downMs, jitterMs };
}

/** Short pauses of members at random times: two lanes with crews of their own. */
export function pausesOf(cast: Cast, lengthMs: number, random: Random): readonly PlannedFault[] {
  const halves = [0, 1].map((half) => cast.crews.filter((_, at) => at % 2 === half));
  return halves
    .filter((crews) => crews.length > 0)
    .flatMap((crews) =>
      lane(lengthMs, random, () => ({
        fault: { kind: "freeze", node: random.pick(crews) },
        lastsMs: [PAUSE_MS, PAUSE_MS],
      })),
    );
}
