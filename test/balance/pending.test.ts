import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { STRATEGIES } from "../../lib/balance/index.ts";
import type { Lease, Outcome, StrategyName } from "../../lib/balance/index.ts";
import { many, Scene } from "./samples.ts";

type Step =
  | { readonly kind: "pick"; readonly key: string; readonly avoid: number | null }
  | { readonly kind: "done"; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: "list"; readonly listed: readonly boolean[]; readonly weight: number }
  | { readonly kind: "pass"; readonly ms: number };

const PEERS = many(6);
const slot = fc.nat(PEERS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("pick" as const),
      key: fc.string({ maxLength: 2 }),
      avoid: fc.option(slot),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("done" as const),
      which: fc.nat(),
      outcome: fc.constantFrom<Outcome>("ok", "failed", "unreachable", "cancelled"),
    }),
  },
  fc.record({
    kind: fc.constant("list" as const),
    listed: fc.array(fc.boolean(), { minLength: PEERS.length, maxLength: PEERS.length }),
    weight: fc.nat(2),
  }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(40_000) }),
);

/** Open leases by hand: each belongs to one stay of its peer in the list. */
class Book {
  readonly scene: Scene;
  readonly open: { readonly lease: Lease; readonly stay: object }[] = [];
  #stays = new Map<string, object>(PEERS.map(({ id }) => [id, {}]));

  constructor(strategy: StrategyName) {
    const ejection = { failures: 1, maxShare: 0.5 };
    const onUnreachable = (): void => {
      // Whoever is told of something may end its work then and there.
      this.open.shift()?.lease.done("cancelled");
    };
    this.scene = new Scene(PEERS, { strategy, ejection, onUnreachable, slowStartMs: 1000 });
  }

  take(one: Step): void {
    const { scene, open } = this;
    if (one.kind === "pass") scene.nowMs += one.ms;
    if (one.kind === "done") {
      const [ended] = open.splice(one.which % Math.max(1, open.length), 1);
      ended?.lease.done(one.outcome);
    }
    if (one.kind === "list") this.#list(one);
    if (one.kind === "pick") this.#pick(one);
  }

  check(): void {
    for (const { peer, pending } of this.scene.balancer.report()) {
      const stay = this.#stays.get(peer.id);
      assert.equal(pending, this.open.filter((one) => one.stay === stay).length, peer.id);
    }
  }

  #pick({ key, avoid }: Extract<Step, { kind: "pick" }>): void {
    const { balancer } = this.scene;
    const others = balancer.peers.filter(({ id }) => id !== PEERS[avoid ?? -1]?.id);
    if (others.length === 0) return;
    const lease = balancer.pick(key, avoid === null ? undefined : ({ id }) => !has(others, id));
    const stay = this.#stays.get(lease.peer.id);
    assert.ok(stay);
    this.open.push({ lease, stay });
  }

  #list({ listed, weight }: Extract<Step, { kind: "list" }>): void {
    const peers = PEERS.filter((_, at) => listed[at]).map((peer) => ({ ...peer, weight }));
    const stays = peers.map(({ id }) => [id, this.#stays.get(id) ?? {}] as const);
    this.#stays = new Map(stays);
    this.scene.peers$.next(peers);
  }
}

function has(peers: readonly { readonly id: string }[], id: string): boolean {
  return peers.some((peer) => peer.id === id);
}

for (const strategy of Object.keys(STRATEGIES) as StrategyName[]) {
  test(`${strategy}: pending work is the leases that are open, whatever happens`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new Book(strategy);
        for (const one of steps) {
          book.take(one);
          book.check();
        }
      }),
      { numRuns: 200 },
    );
  });
}
