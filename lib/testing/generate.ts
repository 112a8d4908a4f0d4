import { freezeBoundMs, tuneRegistrar } from "../core/options.ts";
import type { RegistrarTuning, Some } from "../core/options.ts";
import type { Card } from "../core/peer.ts";
import type { ClientSpec } from "./resident.ts";
import { REGISTRAR } from "./fleet.ts";
import type { NetworkOptions } from "./network.ts";
import { Random } from "./random.ts";
import type { Action, Scenario } from "./scenario.ts";

/** Members at the start, at most. */
const MEMBERS_MAX = 8;
const WATCHERS_MAX = 4;
/** Quiet runs, usual ones, and chaos. */
const ACTIONS_MAX = [4, 12, 12, 40] as const;
const SERVICES = ["cache", "cache2", "web"] as const;

/** One node of a scenario, and what it may be started as again. */
interface Cast {
  readonly node: string;
  readonly spec: ClientSpec;
}

type Make = (random: Random, cast: readonly Cast[], atMs: number) => Action;

/** What happens how often, in relation. */
const FAULTS: readonly (readonly [weight: number, make: Make])[] = [
  [
    4,
    (random, cast, atMs) => ({
      kind: "stop",
      node: anyNode(random, cast),
      forMs: someMs(random),
      atMs,
    }),
  ],
  [
    3,
    (random, cast, atMs) => ({
      kind: "stall",
      node: anyNode(random, cast),
      forMs: someMs(random),
      atMs,
    }),
  ],
  [4, crash],
  [4, partition],
  [4, cut],
  [
    3,
    (random, cast, atMs) => ({
      kind: "leave",
      node: random.chance(0.8) ? aMember(random, cast) : aClient(random, cast),
      atMs,
    }),
  ],
  [
    3,
    (random, cast, atMs) => ({
      kind: "update",
      node: aMember(random, cast),
      card: aCard(random),
      atMs,
    }),
  ],
  [2, slow],
  [2, rival],
  [3, (random, cast, atMs) => start(random.pick(cast), atMs)],
  [
    2,
    (random, _cast, atMs) => ({
      kind: "crash",
      node: REGISTRAR,
      reset: random.chance(0.3),
      restartAfterMs: someMs(random),
      atMs,
    }),
  ],
  [2, (random, _cast, atMs) => ({ kind: "stop", node: REGISTRAR, forMs: someMs(random), atMs })],
  [2, (random, _cast, atMs) => ({ kind: "stall", node: REGISTRAR, forMs: someMs(random), atMs })],
];

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
  const faults = someTimes(random, untilMs).map((atMs) =>
    weighted(random, FAULTS)(random, cast, atMs),
  );
  return {
    options: { seed, registrar, client: { preset }, network },
    actions: [...starts, ...faults].toSorted((a, b) => a.atMs - b.atMs),
    untilMs,
  };
}

/** Half of the troubles come soon after another one: it is in company that they do harm. */
function someTimes(random: Random, untilMs: number): readonly number[] {
  const times: number[] = [];
  const count = random.whole(1, random.pick(ACTIONS_MAX));
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

function weighted<T>(random: Random, choices: readonly (readonly [weight: number, value: T])[]): T {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [weight, value] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return random.pick(choices)[1];
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

function start({ node, spec }: Cast, atMs: number): Action {
  return { kind: "start", node, spec, atMs };
}

function aClient(random: Random, cast: readonly Cast[]): string {
  return random.pick(cast).node;
}

function aMember(random: Random, cast: readonly Cast[]): string {
  return random.pick(cast.filter(({ spec }) => spec.service !== undefined)).node;
}

function anyNode(random: Random, cast: readonly Cast[]): string {
  return random.chance(0.2) ? REGISTRAR : aClient(random, cast);
}

/** Short, about as long as what is tolerated, or long. */
function someMs(random: Random): number {
  return Math.round(
    random.within(
      random.pick([
        [20, 600],
        [300, 3000],
        [2000, 9000],
      ] as const),
    ),
  );
}

function crash(random: Random, cast: readonly Cast[], atMs: number): Action {
  const restart = random.chance(0.5) ? { restartAfterMs: someMs(random) } : {};
  const node = random.chance(0.8) ? aMember(random, cast) : aClient(random, cast);
  return { kind: "crash", node, reset: random.chance(0.3), ...restart, atMs };
}

function partition(random: Random, cast: readonly Cast[], atMs: number): Action {
  const node = random.chance(0.1) ? REGISTRAR : aClient(random, cast);
  const direction = random.pick(["both", "toRegistrar", "fromRegistrar"] as const);
  return { kind: "partition", node, direction, forMs: someMs(random), atMs };
}

function cut(random: Random, cast: readonly Cast[], atMs: number): Action {
  const which = random.pick(["survey", "roster"] as const);
  const told = random.pick(["both", "client", "registrar"] as const);
  return { kind: "cut", which, told, node: aClient(random, cast), atMs };
}

function slow(random: Random, cast: readonly Cast[], atMs: number): Action {
  return {
    kind: "slow",
    node: aClient(random, cast),
    readMs: random.whole(20, 800),
    forMs: someMs(random),
    atMs,
  };
}

/** Another process that claims the id of a member. */
function rival(random: Random, cast: readonly Cast[], atMs: number): Action {
  const victim = random.pick(cast.filter(({ spec }) => spec.service !== undefined));
  return {
    kind: "start",
    node: `rival-of-${victim.node}`,
    spec: { ...victim.spec, id: victim.node },
    atMs,
  };
}

function aCard(random: Random): Partial<Card> {
  const status = random.pick([
    "passing",
    "passing",
    "warning",
    "critical",
    "draining",
    "unknown",
  ] as const);
  return { status, weight: random.whole(0, 9) };
}
