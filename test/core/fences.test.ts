import assert from "node:assert/strict";
import { test } from "node:test";
import { Fences } from "../../lib/core/fences.ts";
import type { FenceRequest, Subscribers } from "../../lib/core/fences.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import type { Proof } from "../../lib/core/messages.ts";
import { watchOf } from "./samples.ts";

interface Told extends Omit<Proof, "kind"> {
  readonly route: string;
}

/** Fences and the proofs that they give. */
class Bench {
  readonly told: Told[] = [];
  readonly released: string[] = [];
  subscribers: Subscribers = { count: 0, leaving: 0 };
  readonly fences = new Fences({
    emit: (effect) => {
      if (effect.kind !== "reply" || effect.message.kind !== "proof") return;
      const { kind: _, ...proof } = effect.message;
      this.told.push({ route: effect.route, ...proof });
    },
    proved: () => undefined,
    released: (route) => void this.released.push(route),
    subscribers: () => this.subscribers,
  });

  open(change: Partial<FenceRequest> = {}): void {
    this.fences.open({
      route: "m",
      id: "m",
      edition: null,
      untilMs: 1000,
      service: "cache",
      revision: 7,
      consumers: [
        ["r1", "one"],
        ["r2", "two"],
      ],
      absent: [],
      isUncertain: false,
      anonymous: 0,
      ...change,
    });
  }
}

const PROVEN = { route: "m", edition: null, anonymous: 0, more: false };

test("proof comes as soon as the last consumer has acknowledged", () => {
  const bench = new Bench();
  bench.open();
  assert.ok(bench.fences.has("cache"));
  bench.fences.acknowledged("r1", "cache", 7);
  assert.deepEqual(bench.told, []);
  bench.fences.acknowledged("r2", "cache", 9);
  assert.deepEqual(bench.told, [{ ...PROVEN, acknowledged: ["one", "two"], missing: [] }]);
  assert.ok(!bench.fences.has("cache"));
  assert.equal(bench.fences.nextMs(), Infinity);
});

test("an earlier revision, another service and a stranger acknowledge nothing", () => {
  const bench = new Bench();
  bench.open({ consumers: [["r1", "one"]] });
  bench.fences.acknowledged("r1", "cache", 6);
  bench.fences.acknowledged("r1", "db", 7);
  bench.fences.acknowledged("r9", "cache", 7);
  assert.deepEqual(bench.told, []);
});

test("when the time is up, those who did not are named, and later words change nothing", () => {
  const bench = new Bench();
  bench.open();
  bench.fences.acknowledged("r2", "cache", 7);
  assert.equal(bench.fences.nextMs(), 1000);
  bench.fences.advance(999);
  assert.deepEqual(bench.told, []);
  bench.fences.advance(1000);
  assert.deepEqual(bench.told, [{ ...PROVEN, acknowledged: ["two"], missing: ["one"] }]);
  bench.fences.acknowledged("r1", "cache", 7);
  assert.equal(bench.told.length, 1);
});

test("with nobody to wait for it is proven at once, and the asker itself is not waited for", () => {
  const bench = new Bench();
  bench.open({ consumers: [], anonymous: 3 });
  bench.open({ consumers: [["m", "me"]], edition: 2 });
  assert.deepEqual(
    bench.told.map(({ edition, anonymous }) => [edition, anonymous]),
    [
      [null, 3],
      [2, 0],
    ],
  );
});

test("a consumer whose connection closes is missing: it may still hold the peer", () => {
  const bench = new Bench();
  bench.open();
  bench.fences.closed("r1");
  bench.fences.acknowledged("r2", "cache", 7);
  assert.deepEqual(bench.told, [{ ...PROVEN, acknowledged: ["two"], missing: ["one"] }]);
});

test("a consumer whose connection closed a while before is missing too", () => {
  const bench = new Bench();
  bench.open({ consumers: [["r1", "one"]], absent: ["two"] });
  bench.fences.acknowledged("r1", "cache", 7);
  assert.deepEqual(bench.told, [{ ...PROVEN, acknowledged: ["one"], missing: ["two"] }]);
});

test("nothing is proven while consumers of the run before may be on their way, and they are asked too", () => {
  const bench = new Bench();
  bench.open({ consumers: [], isUncertain: true });
  assert.deepEqual(bench.fences.came("r1", watchOf(["db"], { instance: "one" })), []);
  assert.deepEqual(bench.fences.came("r2", watchOf(["*"], { instance: "two" })), ["cache"]);
  bench.fences.learned(() => 0);
  assert.deepEqual(bench.told, []);
  assert.deepEqual(bench.fences.came("r3", watchOf(["cache"], { instance: "three" })), []);
  bench.fences.acknowledged("r2", "cache", 7);
  assert.deepEqual(bench.told, [{ ...PROVEN, acknowledged: ["two"], missing: [] }]);
});

test("anonymous ones that come back after the goodbye count as well", () => {
  const bench = new Bench();
  bench.open({ consumers: [], isUncertain: true, anonymous: 0 });
  bench.fences.learned(() => 2);
  assert.deepEqual(bench.told, [{ ...PROVEN, anonymous: 2, acknowledged: [], missing: [] }]);
});

test("who is certain does not wait for who is not", () => {
  const bench = new Bench();
  bench.open({ route: "m1", isUncertain: true });
  bench.open({ route: "m2", consumers: [] });
  assert.deepEqual(
    bench.told.map(({ route }) => route),
    ["m2"],
  );
});

test("whose time is up before that is told nothing, which is no proof", () => {
  const bench = new Bench();
  bench.open({ consumers: [], isUncertain: true });
  bench.fences.advance(1000);
  bench.fences.learned(() => 0);
  assert.deepEqual(bench.told, []);
  assert.ok(!bench.fences.has("cache"));
});

test("whoever left with proof and went away is told nothing", () => {
  const bench = new Bench();
  bench.open();
  bench.fences.closed("m");
  bench.fences.advance(5000);
  assert.deepEqual(bench.told, []);
  assert.ok(!bench.fences.has("cache"));
});

test("those who leave together share the acknowledgements, each with its own time", () => {
  const bench = new Bench();
  bench.open({ route: "m1", untilMs: 100 });
  bench.open({ route: "m2", untilMs: 1000 });
  bench.fences.advance(100);
  assert.deepEqual(
    bench.told.map(({ route, missing }) => [route, missing.length]),
    [["m1", 2]],
  );
  for (const route of ["r1", "r2"]) bench.fences.acknowledged(route, "cache", 7);
  assert.deepEqual(
    bench.told.map(({ route, missing }) => [route, missing.length]),
    [
      ["m1", 2],
      ["m2", 0],
    ],
  );
});

test("long lists of names come in several messages", () => {
  const bench = new Bench();
  const many = LIMITS.proofNamesMax * 2 + 1;
  const names = Array.from({ length: many }, (_, n) => [`r${n}`, `i${n}`] as const);
  bench.open({ consumers: names });
  bench.fences.advance(1000);
  assert.deepEqual(
    bench.told.map(({ missing, more }) => [missing.length, more]),
    [
      [LIMITS.proofNamesMax, true],
      [LIMITS.proofNamesMax, true],
      [1, false],
    ],
  );
});

test("beyond the limit of fences nothing is proven, and that is said at once", () => {
  const bench = new Bench();
  for (let n = 0; n < LIMITS.fencesMax; n += 1) bench.open({ revision: n + 1 });
  assert.equal(bench.told.length, 0);
  bench.open({ revision: 9999 });
  assert.deepEqual(bench.told[0]?.missing, ["one", "two"]);
});

test("one who asks without end is told at once who is missing, and is remembered so often", () => {
  const bench = new Bench();
  for (let n = 0; n < LIMITS.askersMax; n += 1) bench.open({ edition: n });
  assert.equal(bench.told.length, 0);
  bench.open({ edition: LIMITS.askersMax });
  assert.deepEqual(
    bench.told.map(({ edition }) => edition),
    [LIMITS.askersMax],
  );
  assert.deepEqual(bench.told[0]?.missing, ["one", "two"]);
});

test("a consumer that says goodbye meanwhile is neither waited for nor missing", () => {
  const bench = new Bench();
  bench.open();
  bench.fences.acknowledged("r1", "cache", 7);
  bench.fences.excuse("r2");
  assert.deepEqual(bench.told, [{ ...PROVEN, acknowledged: ["one"], missing: [] }]);
});

const TOGETHER = [
  ["m1", "a"],
  ["m2", "b"],
  ["r", "w"],
] as const;

test("of two that drain in one revision each waits for the other, and neither for itself", () => {
  const bench = new Bench();
  bench.open({ route: "m1", edition: 2, consumers: TOGETHER });
  bench.open({ route: "m2", edition: 2, consumers: TOGETHER });
  bench.fences.acknowledged("r", "cache", 7);
  bench.fences.acknowledged("m2", "cache", 7);
  assert.deepEqual(bench.told, [
    { ...PROVEN, route: "m1", edition: 2, acknowledged: ["w", "b"], missing: [] },
  ]);
  bench.fences.advance(1000);
  assert.deepEqual(bench.told.slice(1), [
    { ...PROVEN, route: "m2", edition: 2, acknowledged: ["w"], missing: ["a"] },
  ]);
});

test("a member that repeats its card is one asker, and is told once", () => {
  const bench = new Bench();
  for (let n = 0; n < 100; n += 1) bench.open({ edition: 2 });
  bench.fences.advance(1000);
  assert.equal(bench.told.length, 1);
});

test("who asks again with more time has it", () => {
  const bench = new Bench();
  bench.open({ edition: 2, untilMs: 500 });
  bench.open({ edition: 2, untilMs: 1500 });
  bench.open({ edition: 2, untilMs: 700 });
  bench.fences.advance(1499);
  assert.equal(bench.told.length, 0);
  bench.fences.advance(1500);
  assert.equal(bench.told.length, 1);
});
