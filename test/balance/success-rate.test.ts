import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { outliersOf } from "../../lib/balance/success-rate.ts";
import type { RateNumbers } from "../../lib/balance/success-rate.ts";
import { many, Scene, seeded, tally } from "./samples.ts";

/** The defaults. */
const NUMBERS: RateNumbers = {
  intervalMs: 10_000,
  peersMin: 5,
  requestsMin: 100,
  deviations: 1.9,
  differenceMin: 0.05,
};
/** Peers of which each has lost so much of so much work. */
function pool(...counts: readonly Count[]): readonly {
  readonly at: number;
  readonly lost: number;
  readonly finished: number;
}[] {
  return counts.map(([lost, finished], at) => ({ at, lost, finished }));
}

type Count = readonly [lost: number, finished: number];

function times(count: number, one: Count): readonly Count[] {
  return Array.from({ length: count }, () => one);
}

const GOOD = [0, 1000] as const;
const [three, four, five] = [times(3, GOOD), times(4, GOOD), times(5, GOOD)] as const;

for (const [what, given, numbers, expected] of [
  ["one of six that fails half the time", pool(...five, [500, 1000]), NUMBERS, [5]],
  ["a single one of five, which lies 2 deviations below", pool(...four, [500, 1000]), NUMBERS, [4]],
  [
    "a single one of four, which cannot",
    pool(...three, [500, 1000]),
    { ...NUMBERS, peersMin: 2 },
    [],
  ],
  ["too few peers with enough work", pool(...three, [99, 99], [50, 99], [0, 99]), NUMBERS, []],
  ["whoever has too little work", pool(...five, GOOD, [99, 99], [50, 100]), NUMBERS, [7]],
  ["nor does it count for the mean", pool(...five, [0, 99], [98, 99], [70, 1000]), NUMBERS, [7]],
  ["all alike, good", pool(...five, GOOD), NUMBERS, []],
  ["all alike, bad", pool(...times(8, [700, 1000])), NUMBERS, []],
  ["the worst comes first", pool(...times(15, GOOD), [400, 1000], [500, 1000]), NUMBERS, [16, 15]],
  ["a difference that does not matter", pool(...five, [49, 1000]), NUMBERS, []],
  [
    "with a smaller bound it does",
    pool(...five, [49, 1000]),
    { ...NUMBERS, differenceMin: 0.04 },
    [5],
  ],
  ["what may be chance", pool(...times(9, [20, 100]), [30, 100]), NUMBERS, []],
  ["the same share of more work", pool(...times(9, [200, 1000]), [300, 1000]), NUMBERS, [9]],
  ["no work at all", pool([0, 0], [0, 0]), { ...NUMBERS, peersMin: 2, requestsMin: 0 }, []],
] as const) {
  test(`outliers: ${what}`, () => {
    assert.deepEqual(
      outliersOf(given, numbers).map(({ at }) => at),
      expected,
    );
  });
}

test("a worse rate than an outlier's may be chance where there was less work", () => {
  const [few, many] = [
    { finished: 7, lost: 6 },
    { finished: 844, lost: 652 },
  ];
  const good = [11, 1717, 9].map((finished) => ({ finished, lost: 0 }));
  const numbers = {
    intervalMs: 10_000,
    peersMin: 2,
    requestsMin: 1,
    deviations: 1,
    differenceMin: 0,
  };
  assert.deepEqual(outliersOf([...good, few, many], numbers), [many]);
});

test("outliers lie below all others with as much work, are fewer than half, and are the same in any order", () => {
  const one = fc.integer({ min: 1, max: 2000 }).chain((finished) => {
    return fc.record({ finished: fc.constant(finished), lost: fc.nat(finished) });
  });
  const numbers = fc.record({
    intervalMs: fc.constant(10_000),
    peersMin: fc.integer({ min: 2, max: 6 }),
    requestsMin: fc.integer({ min: 1, max: 300 }),
    deviations: fc.double({ min: 1, max: 3, noNaN: true }),
    differenceMin: fc.double({ min: 0, max: 0.2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), numbers, (all, how) => {
      const rate = (of: { finished: number; lost: number }): number => 1 - of.lost / of.finished;
      const found = outliersOf(all, how);
      const known = all.filter(({ finished }) => finished >= how.requestsMin);
      const others = known.filter((each) => !found.includes(each));
      assert.ok(found.every((each) => known.includes(each)));
      if (known.length < how.peersMin) assert.equal(found.length, 0);
      for (const each of found) {
        // The less work there was, the more may be chance.
        const equals = others.filter(({ finished }) => finished >= each.finished);
        assert.ok(equals.every((other) => rate(other) >= rate(each)));
      }
      // Cantelli: at most 1 / (1 + k^2) of all lie k deviations below their mean.
      assert.ok(found.length <= known.length / (1 + how.deviations ** 2) + 1e-9);
      assert.deepEqual(new Set(outliersOf(all.toReversed(), how)), new Set(found));
    }),
  );
});

test("of twenty equal peers Envoy's rule alone ejects one in most intervals, this one hardly ever", () => {
  const random = seeded(7);
  let envoys = 0;
  let ours = 0;
  for (let round = 0; round < 200; round += 1) {
    const all = Array.from({ length: 20 }, () => {
      const lost = Array.from({ length: 100 }, () => random() < 0.01).filter(Boolean).length;
      return { lost, finished: 100 };
    });
    const mean = all.reduce((sum, { lost }) => sum + lost, 0) / 20;
    const spread = Math.sqrt(all.reduce((sum, { lost }) => sum + (lost - mean) ** 2, 0) / 20);
    if (all.some(({ lost }) => lost > mean + 1.9 * spread)) envoys += 1;
    if (outliersOf(all, NUMBERS).length > 0) ours += 1;
  }
  assert.ok(envoys > 100, `${envoys} of 200`);
  assert.ok(ours <= 2, `${ours} of 200`);
});

/** Gives each peer so much work in one interval, of which those named lose a share. */
function interval(scene: Scene, lost: Readonly<Record<string, number>>, each = 100): void {
  const out = new Set(scene.ejected);
  for (let n = 0; n < each; n += 1) {
    for (const { id } of scene.balancer.peers) {
      if (out.has(id)) continue;
      const share = lost[id] ?? 0;
      const fails = Math.floor((n + 1) * share) > Math.floor(n * share);
      scene.work(id, fails ? "failed" : "ok");
    }
  }
  scene.nowMs += 10_000;
  // The first work after the end of an interval ends it.
  scene.work("p000", "ok");
}

test("one that fails every third time is ejected at the end of the interval, with no five in a row", () => {
  const scene = new Scene(many(8));
  scene.work("p000", "ok");
  interval(scene, { p003: 1 / 3 });
  assert.deepEqual(scene.ejected, ["p003"]);
  assert.equal(tally(scene.picks(500))["p003"], undefined);
});

test("ejections by rate double as others do, until an interval went well", () => {
  const scene = new Scene(many(8), { ejection: { maxMs: 60_000 } });
  scene.work("p000", "ok");
  const lasts: number[] = [];
  for (const share of [0.3, 0.3, 0.3, 0, 0, 0, 0.3]) {
    interval(scene, { p003: share });
    const startMs = scene.nowMs;
    while (scene.ejected.length > 0) scene.nowMs += 1000;
    lasts.push(scene.nowMs - startMs);
  }
  assert.deepEqual(lasts, [5000, 10_000, 20_000, 0, 0, 0, 5000]);
});

test("the share and the rule of never all hold for rates too, the worst first", () => {
  const scene = new Scene(many(20), { ejection: { maxShare: 0.1 } });
  scene.work("p000", "ok");
  interval(scene, { p003: 0.4, p004: 0.45, p005: 0.5 });
  assert.deepEqual(scene.ejected, ["p004", "p005"]);
  const none = new Scene(many(8), { ejection: { maxShare: 0 } });
  none.work("p000", "ok");
  interval(none, { p003: 0.5 });
  assert.deepEqual(none.ejected, []);
});

test("work from before a long pause is not judged, and refusals of some are not reported", () => {
  const told: string[] = [];
  const scene = new Scene(many(8), { onUnreachable: ({ id }) => void told.push(id) });
  scene.work("p000", "ok");
  for (let n = 0; n < 100; n += 1) {
    for (const { id } of many(8)) scene.work(id, id === "p003" && n % 3 === 0 ? "failed" : "ok");
  }
  scene.nowMs += 60_000;
  scene.work("p000", "ok");
  assert.deepEqual(scene.ejected, []);
  interval(scene, { p003: 0.4 });
  assert.deepEqual([scene.ejected, told], [["p003"], []]);
});

test("rates can be left aside while failures in a row still count", () => {
  const scene = new Scene(many(8), { ejection: { successRate: false } });
  scene.work("p000", "ok");
  for (let n = 0; n < 3; n += 1) interval(scene, { p003: 0.4 });
  assert.deepEqual(scene.ejected, []);
  for (let n = 0; n < 5; n += 1) scene.work("p003", "failed");
  assert.deepEqual(scene.ejected, ["p003"]);
});
