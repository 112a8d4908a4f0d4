import assert from "node:assert/strict";
import { test } from "node:test";
import {
  describeOutcome,
  INVARIANTS,
  runScenario,
  simulate,
  Violation,
} from "../../lib/testing/index.ts";
import type { Scenario } from "../../lib/testing/index.ts";
import type { Facts, Invariant } from "../../lib/testing/index.ts";

test("nothing happens until time passes, and then as much as passes", () => {
  const cluster = simulate({ seed: 1, members: 2, watchers: 1 });
  assert.deepEqual([cluster.nowMs, cluster.steps], [0, 0]);
  cluster.step();
  assert.equal(cluster.steps, 1);
  cluster.runFor(1000);
  assert.ok(cluster.nowMs >= 1000 && cluster.steps > 20);
  assert.deepEqual(cluster.ids("w0"), ["m0", "m1"]);
});

test("an idle installation is noticed, and so is one that does not come to rest", () => {
  const cluster = simulate({ seed: 2, members: 3, watchers: 1 });
  const tookMs = cluster.runUntilIdle(1000);
  assert.ok(tookMs >= 1000 && tookMs < 6000, `${tookMs} ms`);
  assert.throws(() => cluster.runUntil(() => false, 100), /not within 100 ms/);
});

test("verbs say whether they changed anything", () => {
  const cluster = simulate({ seed: 3, members: 1, watchers: 1 });
  cluster.runFor(100);
  const nothing = [
    cluster.join("m0"),
    cluster.start(),
    cluster.leave("nobody"),
    cluster.crash("nobody"),
    cluster.stop("nobody"),
    cluster.continue("m0"),
    cluster.heal("m0"),
    cluster.cut("nobody", "survey"),
    cluster.slow("nobody", { readMs: 1 }),
    cluster.update("w0", { weight: 2 }),
  ];
  assert.deepEqual(
    nothing,
    nothing.map(() => false),
  );
  const something = [
    cluster.join("m1"),
    cluster.watch("w1", { services: ["main"], anonymous: true }),
    cluster.update("m0", { weight: 2 }),
    cluster.stop("m0", { forMs: 100 }),
    cluster.stall("registrar", 50),
    cluster.partition("registrar", { forMs: 50, direction: "toRegistrar" }),
    cluster.heal(),
    cluster.slow("w0", { readMs: 10, forMs: 100 }),
    cluster.cut("w0", "roster"),
    cluster.crash("registrar"),
    cluster.start(),
    cluster.leave("m1"),
    cluster.crash("w1", { restartAfterMs: 10 }),
  ];
  assert.deepEqual(
    something,
    something.map(() => true),
  );
  cluster.settle();
  assert.deepEqual(cluster.nodes.toSorted(), ["m0", "w0", "w1"]);
  assert.throws(() => cluster.ids("m1"), /m1 is no consumer/);
});

test("a partition outlives the process behind it and cuts off the next one", () => {
  const cluster = simulate({ seed: 4, members: 2, watchers: 1 });
  cluster.runFor(5000);
  cluster.partition("m0");
  cluster.crash("m0", { restartAfterMs: 1000 });
  cluster.runFor(10_000);
  assert.deepEqual(cluster.ids("w0"), ["m1"]);
  cluster.heal("m0");
  cluster.runFor(10_000);
  assert.deepEqual(cluster.ids("w0"), ["m0", "m1"]);
});

test("what was cut off for a while finds back, in whatever direction", () => {
  for (const direction of ["both", "toRegistrar", "fromRegistrar"] as const) {
    const cluster = simulate({ seed: 5, members: 3, watchers: 2 });
    cluster.runFor(5000);
    cluster.partition("m0", { forMs: 8000, direction });
    cluster.partition("w0", { forMs: 8000, direction });
    cluster.runFor(7000);
    assert.deepEqual(cluster.ids("w1"), ["m1", "m2"], direction);
    cluster.settle();
    assert.deepEqual(cluster.ids("w0"), ["m0", "m1", "m2"], direction);
  }
});

test("a violated claim says what, when, and what led to it", () => {
  const never: Invariant = {
    name: "nobody is ever listed",
    claim: "Lists are empty.",
    when: "step",
    check: ({ consumers }: Facts) => consumers.find(({ usable }) => usable.length > 0)?.node,
  };
  const cluster = simulate({ seed: 6, members: 1, watchers: 1, invariants: [never] });
  assert.throws(
    () => cluster.runFor(1000),
    (error: unknown) => {
      assert.ok(error instanceof Violation);
      assert.equal(error.invariant, "nobody is ever listed");
      assert.ok(error.atMs < 100);
      assert.match(error.message, /seed 6: [mw]0\n {2}claimed: Lists are empty.\n[^]*m0 joined/);
      return true;
    },
  );
});

test("a scenario is plain data", () => {
  const scenario: Scenario = {
    options: { seed: 8, registrar: { preset: "local" } },
    actions: [
      { kind: "start", node: "a", spec: { service: "s" }, atMs: 0 },
      { kind: "start", node: "b", spec: {}, atMs: 0 },
      { kind: "crash", node: "a", reset: true, atMs: 500 },
    ],
    untilMs: 1000,
  };
  const outcome = runScenario(JSON.parse(JSON.stringify(scenario)) as Scenario);
  assert.equal(outcome.violation, null, describeOutcome(outcome));
});

test("every claim has a name of its own and a sentence", () => {
  const names = INVARIANTS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, claim } of INVARIANTS) assert.match(claim, /^[A-Z].{30,}\.$/s, name);
});
