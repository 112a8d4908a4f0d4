import { freezeBoundMs, pauseToleratedMs, tuneRegistrar } from "../core/options.ts";
import type { RegistrarTuning, Some } from "../core/options.ts";
import { mishap, start } from "./mishaps.ts";
import type { Cast } from "./mishaps.ts";
import type { NetworkOptions } from "./network.ts";
import { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

/** Members at the start, at most. */
const MEMBERS_MAX = 8;
const WATCHERS_MAX = 4;
/** Quiet runs, usual ones, and chaos. */
const MISHAPS_MAX = [4, 12, 12, 40] as const;
const SERVICES = ["cache", "cache2", "web"] as const;

/**
 * Makes up a scenario: the tuning, the network, who is there from the start, and what happens to
 * them. The same seed gives the same scenario.
 */
export function randomScenario(seed: number): Scenario {
  const random = new Random(seed).fork("scenario");
  const registrar = someTuning(random.fork("tuning"));
  const network = someNetwork(random.fork("network"), registrar);
  const { preset } = registrar;
  const cast = someCast(random.fork("cast"));
  const untilMs = random.whole(3000, 25_000);
  const starts = cast
    .filter(() => random.chance(0.9))
    .map((one) => start(one, random.chance(0.7) ? 0 : random.within([0, untilMs])));
  const pauseMs = pauseToleratedMs(tuneRegistrar(registrar));
  const mishaps = someTimes(random, untilMs).flatMap((atMs) =>
    mishap({ random, cast, pauseMs, atMs }),
  );
  return {
    options: { seed, registrar, client: { preset }, network },
    actions: [...starts, ...mishaps].toSorted((a, b) => a.atMs - b.atMs),
    untilMs,
  };
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
  const preset = random.pick(["local", "lan"] as const);
  return {
    preset,
    ...(random.chance(0.3) ? { missedMax: random.whole(1, 4) } : {}),
    ...(random.chance(0.3) ? { coalesceMs: random.pick([0, 1, 100]) } : {}),
    ...(random.chance(0.3) ? { goneAfterMs: random.pick([200, 1500]) } : {}),
    ...(random.chance(0.2) ? { rejoinJitterMs: random.pick([0, 1000]) } : {}),
    ...(random.chance(0.2) ? { announceIntervalMs: random.pick([100, 3000]) } : {}),
    // With few members a mass loss is one of two or three.
    massLossCount: random.pick([0, 1, 2, 4]),
    holdMaxMs: random.pick([500, 4000]),
  };
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
    heartbeatMs: random.pick([1.5, 1.5, 4]) * freezeBoundMs(tuning),
    rosterQueue: random.pick([1000, 1000, 16, 4]),
  };
}

function someCast(random: Random): readonly Cast[] {
  const members = Array.from({ length: random.whole(1, MEMBERS_MAX) }, (_, m) => {
    const service = random.pick(SERVICES);
    const services = random.pick([[service], [service], ["*"], [...SERVICES]]);
    return { node: `m${m}`, spec: { service, services, follows: random.chance(0.8) } };
  });
  const watchers = Array.from({ length: random.whole(1, WATCHERS_MAX) }, (_, w) => {
    const services = random.pick([["*"], ["cache"], [...SERVICES], ["cache", "nobody"]]);
    return { node: `w${w}`, spec: { services, anonymous: random.chance(0.3) } };
  });
  return [...members, ...watchers];
}
