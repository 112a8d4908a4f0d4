import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { smoothOrder, TURNS_MAX } from "../../lib/balance/strategies/smooth.ts";
import { dieOf, fastDie } from "../../lib/balance/random.ts";
import { STRATEGIES } from "../../lib/balance/index.ts";
import type { StrategyName } from "../../lib/balance/index.ts";
import { code } from "../helpers/rig.ts";
import { chiSquared, criticalOf, many, peerOf, Scene, seeded, tally, weighing } from "./samples.ts";

const PICKS = 20_000;

/** The statistic of many picks among peers with these weights. */
function spread(
  strategy: StrategyName,
  shares: readonly number[],
  random = seeded(7),
): { readonly statistic: number; readonly critical: number } {
  const peers = weighing(...shares);
  const scene = new Scene(peers, { strategy, random });
  const keys = Array.from({ length: PICKS }, (_, at) => `key ${at}`);
  const counts = tally(keys.flatMap((key) => scene.picks(1, key)));
  const observed = peers.map(({ id }) => counts[id] ?? 0);
  return { statistic: chiSquared(observed, shares), critical: criticalOf(shares.length - 1) };
}

test("the approximation of the critical values agrees with the table", () => {
  for (const [freedom, value] of [
    [3, 16.27],
    [9, 27.88],
    [99, 148.23],
  ] as const) {
    assert.ok(
      Math.abs(criticalOf(freedom) / value - 1) < 0.02,
      `${freedom}: ${criticalOf(freedom)}`,
    );
  }
});

for (const strategy of Object.keys(STRATEGIES) as StrategyName[]) {
  test(`${strategy} spreads evenly over equal peers`, () => {
    const { statistic, critical } = spread(strategy, [1, 1, 1, 1, 1, 1, 1]);
    assert.ok(statistic < critical, `${statistic} above ${critical}`);
  });
}

for (const strategy of ["weighted", "weighted-random", "hash"] as const) {
  test(`${strategy} spreads by weight`, () => {
    for (const weights of [
      [1, 2, 3, 4],
      [10, 1],
      [0.5, 0.25, 2],
      [1000, 999, 1],
    ]) {
      const { statistic, critical } = spread(strategy, weights);
      assert.ok(statistic < critical, `${weights.join()}: ${statistic} above ${critical}`);
    }
  });
}

test("a distribution that is only slightly wrong is found by the statistic", () => {
  // One peer in seven gets a tenth too much.
  const counts = [1.1, 1, 1, 1, 1, 1, 1].map((share) => (PICKS / 7.1) * share);
  assert.ok(chiSquared(counts, [1, 1, 1, 1, 1, 1, 1]) > criticalOf(6));
});

test("the fast die fills 64 classes evenly, pairs of throws too", () => {
  const die = fastDie();
  const zeros = (): number[] => Array.from({ length: 64 }, () => 0);
  const [one, two]: [number[], number[]] = [zeros(), zeros()];
  for (let n = 0; n < 100_000; n += 1) {
    const thrown = die(64);
    assert.ok(Number.isInteger(thrown) && thrown >= 0 && thrown < 64);
    one[thrown] = (one[thrown] ?? 0) + 1;
    const pair = die(8) * 8 + die(8);
    two[pair] = (two[pair] ?? 0) + 1;
  }
  const even = zeros().map(() => 1);
  // 1 in 1,000 for each by chance; started at random, so twice that bound.
  assert.ok(chiSquared(one, even) < 2 * criticalOf(63));
  assert.ok(chiSquared(two, even) < 2 * criticalOf(63));
});

test("a die over given numbers shows the part of the count that they are", () => {
  const numbers = [0, 0.25, 0.999_999];
  const die = dieOf(() => numbers.shift() ?? 0);
  assert.deepEqual([die(8), die(8), die(8)], [0, 2, 7]);
});

test("round robin takes turns, and goes on where it was when the list changes", () => {
  const scene = new Scene(many(4), { strategy: "round-robin", random: () => 0 });
  assert.deepEqual(scene.picks(5), ["p000", "p001", "p002", "p003", "p000"]);
  scene.peers$.next([peerOf("o"), ...many(4).filter(({ id }) => id !== "p001")]);
  assert.deepEqual(scene.picks(4), ["p002", "p003", "o", "p000"]);
});

test("many balancers that start at once do not all begin with the same peer", () => {
  for (const strategy of ["round-robin", "weighted"] as const) {
    const firsts = Array.from({ length: 50 }, (_, at) => {
      return new Scene(many(10), { strategy, random: seeded(at) }).picks(1)[0];
    });
    assert.ok(new Set(firsts).size >= 5, strategy);
  }
});

test("weighted round robin has the order of nginx", () => {
  assert.deepEqual([...smoothOrder([5, 1, 1])], [0, 0, 1, 0, 2, 0, 0]);
  assert.deepEqual([...smoothOrder([4, 2, 1])], [0, 1, 0, 2, 0, 1, 0]);
  assert.deepEqual([...smoothOrder([300, 100])], [0, 0, 1, 0]);
  const scene = new Scene(weighing(5, 1, 1), { strategy: "weighted", random: () => 0 });
  assert.equal(scene.picks(14).join(" "), "a a b a c a a a a b a c a a");
});

test("a period has each peer as often as its weight says, never far apart", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 400 });
  fc.assert(
    fc.property(weights, (list) => {
      const order = [...smoothOrder(list)];
      const sum = list.reduce((total, weight) => total + weight, 0);
      for (const [slot, weight] of list.entries()) {
        const turns = [...order.keys()].filter((at) => order[at] === slot);
        assert.equal(turns.length / order.length, weight / sum);
        const gaps = turns.slice(1).map((turn, at) => turn - (turns[at] ?? 0));
        const fair = order.length / turns.length;
        assert.ok(
          gaps.every((gap) => gap <= 2 * fair + 1),
          `slot ${slot}: ${gaps.join()}`,
        );
      }
    }),
    { numRuns: 40 },
  );
});

test("weights of any size make a period of bounded length", () => {
  const list = [1_000_000, 999_999, 1, 0.001];
  const order = smoothOrder(list);
  assert.ok(order.length <= TURNS_MAX + list.length, String(order.length));
  assert.deepEqual(new Set(order), new Set([0, 1, 2, 3]));
});

test("changes of the list do not make weighted round robin favour anybody", () => {
  const scene = new Scene(many(20), { strategy: "weighted" });
  const chosen: string[] = [];
  for (let change = 0; change < 2000; change += 1) {
    const last = many(20).slice(0, 19 + (change % 2));
    scene.peers$.next(last);
    chosen.push(...scene.picks(3));
  }
  const counts = tally(chosen);
  const observed = many(19).map(({ id }) => counts[id] ?? 0);
  assert.ok(Math.max(...observed) < 1.5 * Math.min(...observed), observed.join());
});

test("least pending takes the one with the least work, and takes turns among equals", () => {
  const scene = new Scene(many(3), { strategy: "least-pending" });
  const leases = Array.from({ length: 6 }, () => scene.balancer.pick());
  const order = leases.map(({ peer }) => peer.id);
  assert.deepEqual(order, ["p000", "p001", "p002", "p000", "p001", "p002"]);
  leases[4]?.done();
  assert.equal(scene.balancer.pick().peer.id, "p001");
  for (const lease of [leases[2], leases[5], leases[0]]) lease?.done();
  assert.equal(scene.balancer.pick().peer.id, "p002");
  // The list changes while work is pending: the counts stay.
  scene.peers$.next([...many(3), peerOf("q")]);
  const report = scene.balancer.report().map(({ peer, pending }) => `${peer.id} ${pending}`);
  assert.deepEqual(report, ["p000 1", "p001 2", "p002 1", "q 0"]);
  assert.equal(scene.balancer.pick().peer.id, "q");
});

test("least pending always is the least, whatever comes and goes", () => {
  const steps = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(steps, (list) => {
      const scene = new Scene(many(5), { strategy: "least-pending" });
      const open: ReturnType<typeof scene.balancer.pick>[] = [];
      for (const step of list) {
        if (step < 10) scene.peers$.next(many(3 + (step % 5)));
        else if (step < 50 && open.length > 0) open.splice(step % open.length, 1)[0]?.done();
        else {
          const least = Math.min(...scene.balancer.report().map(({ pending }) => pending));
          const lease = scene.balancer.pick();
          open.push(lease);
          const now = scene.balancer.report().find(({ peer }) => peer.id === lease.peer.id);
          assert.equal(now?.pending, least + 1);
        }
      }
    }),
  );
});

test("peak ewma avoids who is slow, and comes back to it in time", () => {
  const scene = new Scene(many(4), { strategy: "peak-ewma", decayMs: 1000 });
  for (const { id } of many(4)) scene.work(id, "ok", id === "p000" ? 500 : 5);
  // With the two drawn the same it still is chosen: once in 16.
  const slow = (): number => (tally(scene.picks(4000))["p000"] ?? 0) / 4000;
  assert.ok(slow() < 0.1, String(slow()));
  scene.nowMs += 20_000;
  assert.ok(Math.abs(slow() - 0.25) < 0.05, String(slow()));
});

test("peak ewma counts pending work, by weight", () => {
  const scene = new Scene(weighing(3, 1), { strategy: "peak-ewma" });
  const counts = tally(Array.from({ length: 400 }, () => scene.balancer.pick().peer.id));
  assert.ok(Math.abs((counts["a"] ?? 0) / 300 - 1) < 0.05, JSON.stringify(counts));
});

test("peak ewma still counts what is pending when some of it ends", () => {
  const scene = new Scene(many(2), { strategy: "peak-ewma" });
  const onFirst = Array.from({ length: 10 }, () =>
    scene.balancer.pick("", ({ id }) => id !== "p000"),
  );
  onFirst[0]?.done("ok");
  // The first is chosen only where it is drawn twice.
  assert.ok((tally(scene.picks(1000))["p001"] ?? 0) > 700);
});

test("whoever fails fast does not look fast", () => {
  const scene = new Scene(many(2), { strategy: "peak-ewma", ejection: false });
  scene.work("p000", "ok", 50);
  scene.work("p001", "ok", 60);
  for (let n = 0; n < 20; n += 1) scene.work("p001", "failed", 0);
  assert.equal(scene.balancer.report()[1]?.latencyMs, 60);
});

test("hash gives a key to one peer; when a peer goes only its keys move", () => {
  const scene = new Scene(many(10), { strategy: "hash" });
  const keys = Array.from({ length: 5000 }, (_, at) => `key ${at}`);
  const before = new Map(keys.map((key) => [key, scene.picks(1, key)[0]]));
  scene.peers$.next(many(10).filter(({ id }) => id !== "p004"));
  const moved = keys.filter((key) => scene.picks(1, key)[0] !== before.get(key));
  assert.deepEqual(
    moved,
    keys.filter((key) => before.get(key) === "p004"),
  );
  // A restart under the same id keeps its keys.
  scene.peers$.next(many(10).map((peer) => ({ ...peer, instance: `again ${peer.id}` })));
  assert.ok(keys.every((key) => scene.picks(1, key)[0] === before.get(key)));
  assert.throws(() => scene.balancer.pick(), code("ERR_OPTION"));
});

test("hash with one to be avoided goes to the next in the order of the key", () => {
  const scene = new Scene(many(10), { strategy: "hash" });
  for (let at = 0; at < 200; at += 1) {
    const [first] = scene.picks(1, `key ${at}`);
    const second = scene.balancer.pick(`key ${at}`, ({ id }) => id === first).peer.id;
    scene.peers$.next(many(10).filter(({ id }) => id !== first));
    assert.deepEqual(scene.picks(1, `key ${at}`), [second]);
    scene.peers$.next(many(10));
  }
});
