import type { Card } from "../core/peer.ts";
import { REGISTRAR } from "./fleet.ts";
import type { Random } from "./random.ts";
import type { ClientSpec } from "./resident.ts";
import type { Action } from "./scenario.ts";

/** One node of a scenario, and what it may be started as again. */
export interface Cast {
  readonly node: string;
  readonly spec: ClientSpec;
}

/** What a mishap is made of. */
export interface MishapInput {
  readonly random: Random;
  readonly cast: readonly Cast[];
  /** A pause that changes nothing. */
  readonly pauseMs: number;
  readonly atMs: number;
}

type Make = (input: MishapInput) => readonly Action[];

/** What happens how often, in relation. */
const MISHAPS: readonly (readonly [weight: number, make: Make])[] = [
  [4, (input) => [{ kind: "stop", ...whereAndWhen(input), forMs: someMs(input) }]],
  [3, (input) => [{ kind: "stall", ...whereAndWhen(input), forMs: someMs(input) }]],
  [4, crash],
  [4, partition],
  [5, cut],
  [3, leave],
  [3, (input) => [{ kind: "update", node: aMember(input), card: aCard(input), atMs: input.atMs }]],
  [3, slow],
  [2, rival],
  [3, ({ random, cast, atMs }) => [start(random.pick(cast), atMs)]],
  [2, outage],
  [2, (input) => [{ kind: "stop", node: REGISTRAR, forMs: someMs(input), atMs: input.atMs }]],
  [2, (input) => [{ kind: "stall", node: REGISTRAR, forMs: someMs(input), atMs: input.atMs }]],
  [3, naps],
  [3, unseen],
  [3, halfOpen],
];

/** Something happens to somebody. */
export function mishap(input: MishapInput): readonly Action[] {
  const total = MISHAPS.reduce((sum, [weight]) => sum + weight, 0);
  let left = input.random.next() * total;
  for (const [weight, make] of MISHAPS) {
    left -= weight;
    if (left < 0) return make(input);
  }
  return [];
}

/** A node starts. */
export function start({ node, spec }: Cast, atMs: number): Action {
  return { kind: "start", node, spec, atMs };
}

function aClient({ random, cast }: MishapInput): string {
  return random.pick(cast).node;
}

function aMember({ random, cast }: MishapInput): string {
  return random.pick(cast.filter(({ spec }) => spec.service !== undefined)).node;
}

function whereAndWhen(input: MishapInput): { readonly node: string; readonly atMs: number } {
  return { node: input.random.chance(0.2) ? REGISTRAR : aClient(input), atMs: input.atMs };
}

/** Short, about as long as what is tolerated, or long. */
function someMs({ random }: MishapInput): number {
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

function crash(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const restart = random.chance(0.5) ? { restartAfterMs: someMs(input) } : {};
  const node = random.chance(0.8) ? aMember(input) : aClient(input);
  return [{ kind: "crash", node, reset: random.chance(0.3), ...restart, atMs }];
}

function outage(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const restartAfterMs = someMs(input);
  return [{ kind: "crash", node: REGISTRAR, reset: random.chance(0.3), restartAfterMs, atMs }];
}

function leave(input: MishapInput): readonly Action[] {
  const node = input.random.chance(0.8) ? aMember(input) : aClient(input);
  return [{ kind: "leave", node, atMs: input.atMs }];
}

function partition(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const node = random.chance(0.1) ? REGISTRAR : aClient(input);
  const direction = random.pick(["both", "toRegistrar", "fromRegistrar"] as const);
  return [{ kind: "partition", node, direction, forMs: someMs(input), atMs }];
}

function cut(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const which = random.pick(["survey", "roster"] as const);
  const told = random.pick(["both", "client", "registrar", "nobody"] as const);
  return [{ kind: "cut", which, told, node: aClient(input), atMs }];
}

function slow(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  return [
    {
      kind: "slow",
      node: aClient(input),
      readMs: random.whole(20, 800),
      forMs: someMs(input),
      atMs,
    },
  ];
}

/** Another process that claims the id of a member. */
function rival({ random, cast, atMs }: MishapInput): readonly Action[] {
  const victim = random.pick(cast.filter(({ spec }) => spec.service !== undefined));
  return [
    start({ node: `rival-of-${victim.node}`, spec: { ...victim.spec, id: victim.node } }, atMs),
  ];
}

/** Pauses one after the other, each of which would change nothing. */
function naps(input: MishapInput): readonly Action[] {
  const { random, pauseMs } = input;
  const node = aMember(input);
  const forMs = Math.round(random.within([0.5, 1]) * pauseMs);
  const kind = random.pick(["stop", "stall"] as const);
  return Array.from({ length: random.whole(2, 5) }, (_, nap) => {
    return { kind, node, forMs, atMs: input.atMs + nap * (forMs + random.within([100, 1500])) };
  });
}

/** Somebody goes while somebody else does not see it. */
function unseen(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const away = { kind: "partition", node: aClient(input), direction: "both" } as const;
  const forMs = someMs(input);
  const goneMs = atMs + random.next() * forMs;
  const gone = random.chance(0.5)
    ? ({ kind: "leave" } as const)
    : ({ kind: "crash", reset: false } as const);
  return [
    { ...away, forMs, atMs },
    { ...gone, node: aMember(input), atMs: goneMs },
  ];
}

/** A member comes back while the registrar still believes in its old connection. */
function halfOpen(input: MishapInput): readonly Action[] {
  return [{ kind: "cut", which: "survey", told: "client", node: aMember(input), atMs: input.atMs }];
}

function aCard({ random }: MishapInput): Partial<Card> {
  const statuses = ["passing", "passing", "warning", "critical", "draining", "unknown"] as const;
  return { status: random.pick(statuses), weight: random.whole(0, 9) };
}
