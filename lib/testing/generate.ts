import { lossyFreezeBoundMs, pauseToleratedMs, tuneRegistrar } from "../core/options.ts";
import type { ClientTuning, RegistrarTuning, Some } from "../core/options.ts";
import { someCast, someRegistrars } from "./cast.ts";
import type { Size } from "./cast.ts";
import { mishap, start } from "./mishaps.ts";
import type { NetworkOptions } from "./network.ts";
import { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

/** Quiet runs, usual ones, and chaos. */
const MISHAPS_MAX = [4, 8, 12, 40] as const;

/** Most scenarios are small, because small ones do the most harm for their cost. */
const SIZES: readonly (readonly [share: number, size: Size])[] = [
  [0.72, { members: 4, watchers: 2, registrars: 3 }],
  [0.23, { members: 8, watchers: 4, registrars: 4 }],
  [0.045, { members: 16, watchers: 8, registrars: 5 }],
  [0.005, { members: 30, watchers: 15, registrars: 5 }],
];

/**
 * Makes up a scenario: the tuning, the network, which registrars there are, who is there from the
 * start, and what happens to them. The same seed gives the same scenario.
 */
export function randomScenario(seed: number): Scenario {
  const random = new Random(seed).fork("scenario");
  const registrar = someTuning(random.fork("tuning"));
  const client = someClientTuning(random.fork("client"), registrar);
  const network = someNetwork(random.fork("network"), registrar);
  const size = someSize(random);
  const names = someRegistrars(random.fork("registrars"), size.registrars);
  const cast = someCast(random.fork("cast"), size, names);
  const untilMs = random.whole(2000, random.pick([6000, 12_000, 20_000]));
  const starts = cast
    .filter(() => random.chance(0.9))
    .map((one) => start(one, random.chance(0.7) ? 0 : random.within([0, untilMs])));
  const late = names.filter((_, place) => place > 0 && random.chance(0.15));
  const additions = late.map((node) => start({ node, spec: {} }, random.within([0, untilMs])));
  const pauseMs = pauseToleratedMs(tuneRegistrar(registrar));
  const mishaps = someTimes(random, untilMs).flatMap((atMs) =>
    mishap({ random, cast, registrars: names, pauseMs, atMs }),
  );
  return {
    options: { seed, registrars: names.length, late, registrar, client, network },
    actions: [...starts, ...additions, ...mishaps].toSorted((a, b) => a.atMs - b.atMs),
    untilMs,
  };
}

function someSize(random: Random): Size {
  let left = random.next();
  for (const [share, size] of SIZES) {
    left -= share;
    if (left < 0) return size;
  }
  return SIZES[0]?.[1] ?? { members: 1, watchers: 1, registrars: 1 };
}

/** Half of the troubles come soon after another one: it is in company that they do harm. */
function someTimes(random: Random, untilMs: number): readonly number[] {
  const times: number[] = [];
  const count = random.whole(1, random.pick(MISHAPS_MAX));
  while (times.length < count) {
    const isSoon = times.length > 0 && random.chance(0.5);
    const soonMs = isSoon
      ? random.pick(times) +
        random.within(
          random.pick([
            [0, 50],
            [0, 1500],
          ] as const),
        )
      : Infinity;
    times.push(soonMs < untilMs ? soonMs : random.within([0, untilMs]));
  }
  return times;
}

function someTuning(random: Random): Some<RegistrarTuning> {
  const preset = random.pick(["local", "local", "lan"] as const);
  const tuning = drawnTuning(random);
  // Without a draw of its own, so that seeds keep their stories: half of them know one bound only.
  return { preset, ...tuning, ...(tuning.holdMaxMs === 500 ? { lossyMissedMax: 1 } : {}) };
}

function drawnTuning(random: Random): Some<RegistrarTuning> {
  return {
    ...(random.chance(0.3) ? { missedMax: random.whole(1, 4) } : {}),
    ...(random.chance(0.3) ? { coalesceMs: random.pick([0, 1, 100]) } : {}),
    ...(random.chance(0.3) ? { goneAfterMs: random.pick([200, 1500]) } : {}),
    ...(random.chance(0.2) ? { rejoinJitterMs: random.pick([0, 1000]) } : {}),
    ...(random.chance(0.2) ? { announceIntervalMs: random.pick([100, 3000]) } : {}),
    // With few members a mass loss is one of two or three.
    massLossCount: random.pick([0, 1, 2, 4]),
    holdMaxMs: random.pick([500, 4000]),
    reportTtlMs: random.pick([300, 2000]),
  };
}

/** Clients mostly know the preset of their registrar, and sometimes only the default. */
function someClientTuning(random: Random, { preset }: Some<RegistrarTuning>): Some<ClientTuning> {
  return random.chance(0.85) ? { preset } : { preset: "local" };
}

function someNetwork(random: Random, registrar: Some<RegistrarTuning>): Partial<NetworkOptions> {
  const tuning = tuneRegistrar(registrar);
  return {
    delayMs: random.pick([
      [0, 1],
      [0.2, 5],
      [1, tuning.probeIntervalMs / 10],
    ] as const),
    retransmitMs: random.pick([
      [0, 5],
      [0, 50],
    ] as const),
    timerMs: random.pick([
      [0, 1],
      [0, 8],
    ] as const),
    // Above the survey bound, as the transport has it.
    keepaliveMs: random.pick([1.5, 1.5, 4]) * lossyFreezeBoundMs(tuning),
    rosterQueue: random.pick([1000, 1000, 16, 4]),
  };
}
