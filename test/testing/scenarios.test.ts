import assert from "node:assert/strict";
import { test } from "node:test";
import { freezeBoundMs, tuneRegistrar } from "../../lib/core/options.ts";
import { simulate } from "../../lib/testing/index.ts";
import type { Cluster, SeenChange, Tamper } from "../../lib/testing/index.ts";

const FREEZE_MS = freezeBoundMs(tuneRegistrar());

/** Everybody has joined, and the registrar trusts itself. */
function fleet(seed: number, members: number, watchers: number): Cluster {
  const cluster = simulate({ seed, members, watchers });
  cluster.runFor(5000);
  return cluster;
}

function text({ change: { kind, peer, cause } }: SeenChange): string {
  return `${peer.id} ${kind} ${cause}`;
}

/** What a consumer saw after some moment. */
function seenSince(cluster: Cluster, name: string, sinceMs: number): readonly string[] {
  return cluster
    .changes(name)
    .filter(({ atMs }) => atMs >= sinceMs)
    .map(text);
}

function assertNothingSeen(cluster: Cluster, sinceMs: number): void {
  for (const name of cluster.nodes) assert.deepEqual(seenSince(cluster, name, sinceMs), [], name);
}

test("a registrar that is killed for 3 s and started again costs nobody a peer", () => {
  const cluster = fleet(1, 6, 3);
  const fromMs = cluster.nowMs;
  cluster.crash("registrar", { restartAfterMs: 3000 });
  cluster.runFor(1000);
  assert.equal(cluster.consumer("w0").authority, "stale");
  assert.equal(cluster.ids("w0").length, 6);
  cluster.runFor(29_000);
  assert.equal(cluster.consumer("w0").authority, "live");
  assertNothingSeen(cluster, fromMs);
});

test("a registrar that is stopped for 6 s wakes to a disconnect of everybody and removes nobody", () => {
  const cluster = fleet(2, 6, 3);
  const fromMs = cluster.nowMs;
  cluster.stop("registrar", { forMs: 6000 });
  cluster.runFor(30_000);
  const dropped = cluster.trace.lines.filter(
    ({ text: line }) => line === "survey connection closed",
  );
  assert.ok(dropped.length >= 9, "the clients had given up");
  assertNothingSeen(cluster, fromMs);
});

test("a registrar whose event loop is blocked for 2 s removes nobody", () => {
  const cluster = fleet(3, 6, 3);
  const fromMs = cluster.nowMs;
  cluster.stall("registrar", 2000);
  cluster.runFor(20_000);
  assertNothingSeen(cluster, fromMs);
});

test("members that come back one by one hold up the end of learning, so that the last one stays", () => {
  const cluster = fleet(4, 4, 2);
  const fromMs = cluster.nowMs;
  cluster.crash("registrar", { restartAfterMs: 3000 });
  for (const [m, lateMs] of [1000, 2400, 3500].entries()) {
    cluster.partition(`m${m + 1}`, { forMs: 3000 + lateMs });
  }
  cluster.runFor(40_000);
  assertNothingSeen(cluster, fromMs);
});

test("who died while the registrar was away leaves as not-returned, and not before the others are back", () => {
  const cluster = fleet(5, 4, 2);
  const fromMs = cluster.nowMs;
  cluster.crash("registrar", { restartAfterMs: 3000 });
  cluster.runFor(1000);
  cluster.crash("m2");
  cluster.runFor(2000 + 3600);
  assertNothingSeen(cluster, fromMs);
  cluster.runFor(3000);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), ["m2 left not-returned"]);
  assert.deepEqual(seenSince(cluster, "m0", fromMs), ["m2 left not-returned"]);
});

test("who died while the registrar was stopped leaves as not-returned", () => {
  const cluster = fleet(6, 4, 2);
  const fromMs = cluster.nowMs;
  cluster.stop("registrar", { forMs: 6000 });
  cluster.runFor(1000);
  cluster.crash("m2");
  cluster.runFor(15_000);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), ["m2 left not-returned"]);
});

test("a pause of 600 ms changes nothing, whenever it begins", () => {
  const cluster = fleet(7, 5, 2);
  const fromMs = cluster.nowMs;
  for (let pause = 0; pause < 40; pause += 1) {
    cluster.stop(`m${pause % 5}`, { forMs: 600 });
    cluster.runFor(733);
  }
  assertNothingSeen(cluster, fromMs);
});

test("one answer that is 600 ms late changes nothing", () => {
  const cluster = fleet(8, 3, 1);
  const fromMs = cluster.nowMs;
  cluster.partition("m1", { forMs: 600, direction: "toRegistrar" });
  cluster.runFor(5000);
  assertNothingSeen(cluster, fromMs);
});

test("who freezes is out of every list within the bound and comes back when it thaws", () => {
  const cluster = fleet(9, 3, 4);
  for (let freeze = 0; freeze < 20; freeze += 1) {
    const fromMs = cluster.nowMs;
    cluster.stop("m1");
    const others = cluster.nodes.filter((name) => name !== "m1");
    const tookMs = cluster.runUntil(
      () => others.every((name) => !cluster.ids(name).includes("m1")),
      5000,
    );
    assert.ok(tookMs <= FREEZE_MS + 2 * cluster.bounds.delayMs + 5, `${tookMs} ms`);
    cluster.continue("m1");
    cluster.runUntil(() => others.every((name) => cluster.ids(name).includes("m1")), 1000);
    // The warning of the freeze before may end in this one.
    const seen = seenSince(cluster, "w0", fromMs).filter((change) => !change.includes("updated"));
    assert.deepEqual(seen, ["m1 left missed-surveys", "m1 joined returned"]);
    cluster.runFor(3000 + freeze * 57);
  }
});

test("a member that froze for long answers the surveys that wait for it before it doubts its connection", () => {
  const cluster = fleet(10, 2, 1);
  const fromMs = cluster.nowMs;
  cluster.stop("m1", { forMs: 2600 });
  cluster.runFor(2700);
  const closed = cluster.trace.lines.filter(
    ({ atMs, text: line }) => atMs > fromMs && line.includes("closed"),
  );
  assert.deepEqual(closed, []);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), [
    "m1 left missed-surveys",
    "m1 joined returned",
  ]);
});

test("a watcher that comes late gets everybody at once", () => {
  const cluster = fleet(11, 50, 1);
  cluster.watch("late");
  const tookMs = cluster.runUntil(
    () => cluster.facts.consumers.some((c) => c.node === "late" && c.readyMs !== null),
    1000,
  );
  assert.ok(tookMs < 100, `${tookMs} ms`);
  assert.equal(cluster.ids("late").length, 50);
  assert.ok(cluster.changes("late").every(({ change }) => change.cause === "present"));
});

test("a watcher that reads slowly ends on the newest state", () => {
  const cluster = simulate({ seed: 12, members: 5, watchers: 2, network: { rosterQueue: 20 } });
  cluster.runFor(5000);
  cluster.slow("w0", { readMs: 400, forMs: 20_000 });
  for (let weight = 2; weight < 202; weight += 1) {
    cluster.update(`m${weight % 5}`, { weight });
    cluster.runFor(100);
  }
  cluster.runFor(20_000);
  const weights = cluster.consumer("w0").usable.map((peer) => peer.weight);
  assert.deepEqual(weights, [200, 201, 197, 198, 199]);
});

test("a second process with the id of one that lives is refused", () => {
  const cluster = fleet(13, 3, 1);
  const fromMs = cluster.nowMs;
  cluster.join("rival", { id: "m1" });
  cluster.runFor(3000);
  assert.ok(!cluster.nodes.includes("rival"));
  assertNothingSeen(cluster, fromMs);
});

test("a second process with the id of one that is frozen replaces it, and the first does not come back", () => {
  const cluster = fleet(14, 3, 1);
  const fromMs = cluster.nowMs;
  cluster.stop("m1");
  cluster.runFor(100);
  cluster.join("rival", { id: "m1" });
  cluster.runFor(3000);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), ["m1 left replaced", "m1 joined new"]);
  cluster.continue("m1");
  cluster.runFor(10_000);
  assert.ok(!cluster.nodes.includes("m1"));
  assert.deepEqual(seenSince(cluster, "w0", fromMs), ["m1 left replaced", "m1 joined new"]);
});

test("500 members that join together make few publications", () => {
  let deltas = 0;
  const tamper: Tamper = {
    fromRegistrar: (effect) => {
      if (effect.kind === "publish" && effect.message.kind === "delta") deltas += 1;
      return [effect];
    },
  };
  const cluster = simulate({ seed: 15, watchers: 3, tamper });
  cluster.runFor(1000);
  for (let m = 0; m < 500; m += 1) cluster.join(`m${m}`, { follows: false });
  cluster.runFor(1000);
  assert.equal(cluster.ids("w0").length, 500);
  assert.ok(deltas <= 5, `${deltas} publications`);
});

test("when the last peer leaves, the list is empty and says so", () => {
  const cluster = fleet(16, 1, 2);
  cluster.leave("m0");
  cluster.runFor(100);
  assert.deepEqual(cluster.ids("w0"), []);
  assert.equal(cluster.consumer("w0").authority, "live");
  assert.deepEqual(cluster.changes("w0").map(text), ["m0 joined present", "m0 left goodbye"]);
});

test("a process that is started again under its name is another instance", () => {
  const cluster = fleet(17, 2, 1);
  const [before] = cluster.consumer("w0").usable;
  const fromMs = cluster.nowMs;
  cluster.crash("m0", { restartAfterMs: 200 });
  cluster.runFor(1000);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), ["m0 left connection-lost", "m0 joined new"]);
  assert.notEqual(cluster.consumer("w0").usable[0]?.instance, before?.instance);
});

test("a kill is known everywhere as fast as the network carries it", () => {
  const cluster = fleet(18, 3, 20);
  cluster.crash("m1");
  const tookMs = cluster.runUntil(
    () =>
      cluster.facts.consumers.every((consumer) => !consumer.usable.some(({ id }) => id === "m1")),
    1000,
  );
  assert.ok(tookMs <= 2 * cluster.bounds.delayMs + 1, `${tookMs} ms`);
});

test("whoever drains or turns critical takes no work, and comes back when it passes again", () => {
  const cluster = fleet(19, 2, 1);
  const fromMs = cluster.nowMs;
  for (const status of ["draining", "passing", "critical", "warning"] as const) {
    cluster.update("m0", { status });
    cluster.runFor(500);
  }
  assert.deepEqual(seenSince(cluster, "w0", fromMs), [
    "m0 left draining",
    "m0 joined returned",
    "m0 left critical",
    "m0 joined returned",
  ]);
});

test("a connection of which only the client learns that it is gone is replaced without a trace", () => {
  const cluster = fleet(20, 2, 1);
  const fromMs = cluster.nowMs;
  cluster.cut("m0", "survey", { told: "client" });
  cluster.runFor(10_000);
  assertNothingSeen(cluster, fromMs);
});

const CROWD = 30;

/** A registrar cannot hear any of its members for so long, while watchers hear it. */
function deafened(cluster: Cluster, forMs: number): void {
  for (let at = 0; at < CROWD; at += 1) {
    cluster.partition(`m${at}`, { forMs, direction: "toRegistrar" });
  }
}

test("a registrar that hears none of its members for 6 s holds them all, and judges the dead one after it", () => {
  const cluster = fleet(40, CROWD, 2);
  const fromMs = cluster.nowMs;
  deafened(cluster, 6000);
  cluster.stop("m7");
  cluster.runUntil(() => cluster.consumer("w0").authority === "held", FREEZE_MS);
  cluster.runFor(3000);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), []);
  cluster.runFor(20_000);
  assert.equal(cluster.consumer("w0").authority, "live");
  for (const name of ["w0", "w1"])
    assert.deepEqual(seenSince(cluster, name, fromMs), ["m7 left connection-lost"]);
});

test("half of the members hear nothing for 6 s and give up their connections, and none leaves meanwhile", () => {
  const cluster = fleet(42, CROWD, 1);
  for (let at = 0; at < CROWD / 2; at += 1) {
    cluster.partition(`m${at}`, { forMs: 6000, direction: "fromRegistrar" });
  }
  cluster.runUntil(() => cluster.consumer("w0").authority === "held", FREEZE_MS);
  cluster.runFor(100);
  const heldMs = cluster.nowMs;
  cluster.runFor(3500);
  assert.deepEqual(seenSince(cluster, "w0", heldMs), []);
  assert.equal(cluster.consumer("w0").authority, "held");
  cluster.runFor(20_000);
  assert.equal(cluster.consumer("w0").authority, "live");
  assert.equal(cluster.ids("w0").length, CROWD);
});

test("members that are never heard again leave when removals were held for as long as they may", () => {
  const cluster = fleet(41, CROWD, 1);
  const fromMs = cluster.nowMs;
  deafened(cluster, 10_000_000);
  cluster.runUntil(() => cluster.consumer("w0").authority === "held", FREEZE_MS);
  const { holdMaxMs } = tuneRegistrar();
  cluster.runFor(holdMaxMs - FREEZE_MS);
  assert.deepEqual(seenSince(cluster, "w0", fromMs), []);
  cluster.runUntil(() => cluster.ids("w0").length === 0, 2 * FREEZE_MS);
  assert.equal(seenSince(cluster, "w0", fromMs).length, CROWD);
});

test("without the guard the same registrar would empty every list", () => {
  const tamper: Tamper = {
    registrarTuning: (tuning) => ({ ...tuning, massLossCount: 1_000_000 }),
  };
  const cluster = simulate({ seed: 40, members: CROWD, watchers: 2, tamper });
  cluster.runFor(5000);
  deafened(cluster, 6000);
  cluster.runFor(5500);
  assert.deepEqual(cluster.ids("w0"), []);
});
