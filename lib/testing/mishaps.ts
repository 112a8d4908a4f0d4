import type { Card } from "../core/peer.ts";
import type { Cast } from "./cast.ts";
import type { Random } from "./random.ts";
import type { Action } from "./scenario.ts";

/** What a mishap is made of. */
export interface MishapInput {
  readonly random: Random;
  readonly cast: readonly Cast[];
  /** Names of the registrars. */
  readonly registrars: readonly string[];
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
  [1, drain],
  [3, (input) => [{ kind: "update", node: aMember(input), card: aCard(input), atMs: input.atMs }]],
  [3, slow],
  [2, rival],
  [3, ({ random, cast, atMs }) => [start(random.pick(cast), atMs)]],
  [3, outage],
  [
    2,
    (input) => [{ kind: "stop", node: aRegistrar(input), forMs: someMs(input), atMs: input.atMs }],
  ],
  [
    2,
    (input) => [{ kind: "stall", node: aRegistrar(input), forMs: someMs(input), atMs: input.atMs }],
  ],
  [3, naps],
  [3, unseen],
  [3, halfOpen],
  [2, reports],
  [5, meanwhile],
  [3, freeze],
];

/** Somebody loses somebody else, in whichever of the ways there are. */
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

function aRegistrar({ random, registrars }: MishapInput): string {
  return random.pick(registrars);
}

/** All registrars, or one of several. */
function someOf(input: MishapInput): { readonly from?: string } {
  const isOne = input.registrars.length > 1 && input.random.chance(0.7);
  return isOne ? { from: aRegistrar(input) } : {};
}

function whereAndWhen(input: MishapInput): { readonly node: string; readonly atMs: number } {
  return { node: input.random.chance(0.2) ? aRegistrar(input) : aClient(input), atMs: input.atMs };
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

/** Registrars die, one or several at nearly one time. */
function outage(input: MishapInput): readonly Action[] {
  const { random, registrars, atMs } = input;
  const most = random.chance(0.6) ? 1 : registrars.length;
  return random
    .shuffled(registrars)
    .slice(0, random.whole(1, most))
    .map((node) => ({
      kind: "crash",
      node,
      reset: false,
      restartAfterMs: someMs(input),
      atMs: atMs + random.within([0, 20]),
    }));
}

function leave(input: MishapInput): readonly Action[] {
  const node = input.random.chance(0.8) ? aMember(input) : aClient(input);
  const deadline = input.random.chance(0.5) ? {} : { deadlineMs: someMs(input) };
  const wantsProof = input.random.chance(0.6);
  return [{ kind: "leave", node, ...deadline, wantsProof, atMs: input.atMs }];
}

function drain(input: MishapInput): readonly Action[] {
  return [{ kind: "drain", node: aMember(input), deadlineMs: someMs(input), atMs: input.atMs }];
}

function partition(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const isRegistrar = random.chance(0.1);
  const node = isRegistrar ? aRegistrar(input) : aClient(input);
  const direction = random.pick(["both", "toRegistrar", "fromRegistrar"] as const);
  const from = isRegistrar ? {} : someOf(input);
  return [{ kind: "partition", node, direction, ...from, forMs: someMs(input), atMs }];
}

function cut(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const which = random.pick(["survey", "roster"] as const);
  const told = random.pick(["both", "client", "registrar", "nobody"] as const);
  return [{ kind: "cut", which, told, ...someOf(input), node: aClient(input), atMs }];
}

function slow(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const readMs = random.whole(20, 800);
  return [{ kind: "slow", node: aClient(input), readMs, forMs: someMs(input), atMs }];
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

/** Somebody goes, or changes, while somebody else does not see it. */
function unseen(input: MishapInput): readonly Action[] {
  const { random, atMs } = input;
  const away = {
    kind: "partition",
    node: aClient(input),
    direction: "both",
    ...someOf(input),
  } as const;
  const forMs = someMs(input);
  const goneMs = atMs + random.next() * forMs;
  const node = aMember(input);
  const happens: readonly Action[] = [
    { kind: "leave", node, atMs: goneMs },
    { kind: "crash", node, reset: false, atMs: goneMs },
    { kind: "update", node, card: aCard(input), atMs: goneMs },
  ];
  return [{ ...away, forMs, atMs }, random.pick(happens)];
}

/** A member comes back while the registrar still believes in its old connection. */
function halfOpen(input: MishapInput): readonly Action[] {
  const node = aMember(input);
  return [
    { kind: "cut", which: "survey", told: "client", ...someOf(input), node, atMs: input.atMs },
  ];
}

/** Something happens to a member while some of the registrars have been away for a time. */
function meanwhile(input: MishapInput): readonly Action[] {
  const { random, cast, registrars, atMs } = input;
  const awayMs = Math.round(random.within([2000, 12_000]));
  const most = random.chance(0.8) ? registrars.length - 1 : registrars.length;
  const away = random.shuffled(registrars).slice(0, random.whole(1, Math.max(1, most)));
  const thenMs = atMs + random.within([0.3, 1]) * awayMs;
  const victim = random.pick(cast.filter(({ spec }) => spec.service !== undefined));
  const { node } = victim;
  const happens: readonly Action[] = [
    { kind: "crash", node, reset: false, atMs: thenMs },
    { kind: "leave", node, atMs: thenMs },
    { kind: "update", node, card: aCard(input), atMs: thenMs },
    { kind: "stop", node, forMs: someMs(input), atMs: thenMs },
    start(victim, thenMs),
  ];
  const outages = away.map((one): Action =>
    random.chance(0.7)
      ? { kind: "crash", node: one, reset: false, restartAfterMs: awayMs, atMs }
      : { kind: "stop", node: one, forMs: awayMs, atMs },
  );
  return [...outages, random.pick(happens)];
}

/** A member stands still for longer than is borne. */
function freeze(input: MishapInput): readonly Action[] {
  const forMs = input.random.whole(3000, 9000);
  return [{ kind: "stop", node: aMember(input), forMs, atMs: input.atMs }];
}

/** Some clients cannot reach a peer, and perhaps can again. */
function reports(input: MishapInput): readonly Action[] {
  const { random, cast, atMs } = input;
  const of = aMember(input);
  const reporters = random.shuffled(cast).slice(0, random.whole(1, 5));
  return reporters.flatMap(({ node }) => {
    const fromMs = atMs + random.within([0, 100]);
    const told = { kind: "report", node, of, isUnreachable: true, atMs: fromMs } as const;
    if (random.chance(0.5)) return [told];
    return [told, { ...told, isUnreachable: false, atMs: fromMs + someMs(input) }];
  });
}

function aCard({ random }: MishapInput): Partial<Card> {
  const statuses = ["passing", "passing", "warning", "critical", "draining", "unknown"] as const;
  return { status: random.pick(statuses), weight: random.whole(0, 9) };
}
