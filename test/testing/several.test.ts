import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../../lib/testing/index.ts";
import type { Cluster } from "../../lib/testing/index.ts";

/** Everybody has joined, and every registrar trusts itself. */
function fleet(registrars: number): Cluster {
  const cluster = simulate({ seed: registrars, registrars, members: 3, watchers: 2 });
  cluster.runFor(6000);
  return cluster;
}

function leftSince(cluster: Cluster, name: string, sinceMs: number): readonly string[] {
  return cluster
    .changes(name)
    .filter(({ atMs, change }) => atMs >= sinceMs && change.kind === "left")
    .map(({ change: { peer, cause } }) => `${peer.id} ${cause}`);
}

test("whichever registrars die but one, and come back, nobody leaves a list", () => {
  const cluster = fleet(3);
  const fromMs = cluster.nowMs;
  for (const spared of cluster.registrars) {
    const others = cluster.registrars.filter((name) => name !== spared);
    for (const name of others) cluster.crash(name, { restartAfterMs: 3000 });
    cluster.runFor(15_000);
  }
  cluster.settle();
  for (const name of cluster.nodes) assert.deepEqual(leftSince(cluster, name, fromMs), [], name);
});

test("who dies while all registrars but one are away is out as fast as ever", () => {
  const cluster = fleet(3);
  cluster.crash("registrar");
  cluster.stop("registrar2");
  cluster.runFor(4000);
  cluster.crash("m1");
  cluster.runFor(cluster.bounds.crashMs);
  assert.deepEqual(cluster.ids("w0"), ["m0", "m2"]);
  cluster.settle();
  assert.deepEqual(cluster.ids("w0"), ["m0", "m2"]);
});

test("a member that one registrar cannot reach is listed as long as another one vouches", () => {
  const cluster = fleet(2);
  const fromMs = cluster.nowMs;
  cluster.partition("m1", { from: "registrar1" });
  cluster.runFor(10_000);
  assert.deepEqual(leftSince(cluster, "w0", fromMs), []);
  // The one that vouches dies, so the word of the other is all there is: and that is suspect.
  cluster.crash("registrar");
  cluster.runFor(10_000);
  assert.deepEqual(cluster.ids("w0"), ["m0", "m2"]);
  cluster.settle();
  assert.deepEqual(cluster.ids("w0"), ["m0", "m1", "m2"]);
});

test("a goodbye that one registrar hears counts for all", () => {
  const cluster = fleet(2);
  const fromMs = cluster.nowMs;
  cluster.partition("m1", { from: "registrar1", direction: "toRegistrar" });
  cluster.leave("m1", { deadlineMs: 5000 });
  cluster.runFor(cluster.bounds.crashMs);
  assert.deepEqual(leftSince(cluster, "w0", fromMs), ["m1 goodbye"]);
  cluster.crash("registrar");
  cluster.runFor(5000);
  assert.deepEqual(cluster.ids("w0"), ["m0", "m2"]);
});

test("a card shown to one registrar alone is the card, whatever the other still has", () => {
  const cluster = fleet(2);
  cluster.partition("m1", { from: "registrar", direction: "toRegistrar", forMs: 600 });
  cluster.update("m1", { weight: 7 });
  cluster.runFor(cluster.bounds.crashMs);
  const weights = cluster.consumer("w0").usable.map(({ weight }) => weight);
  assert.deepEqual(weights, [1, 7, 1]);
});

test("a registrar that is added later learns beside the others and is believed in the end", () => {
  const options = { seed: 4, registrars: 2, late: ["registrar1"], members: 2, watchers: 1 };
  const cluster = simulate(options);
  cluster.runFor(6000);
  assert.deepEqual(cluster.ids("w0"), ["m0", "m1"]);
  assert.ok(cluster.start("registrar1"));
  cluster.settle();
  const told = cluster.consumer("w0").sources.map(({ source, authority }) => [source, authority]);
  assert.deepEqual(told, [
    [0, "live"],
    [1, "live"],
  ]);
});

test("a number of registrars that is none is refused", () => {
  for (const registrars of [0, 1.5, 6]) {
    assert.throws(() => simulate({ seed: 1, registrars }), /registrars is .* from 1 to 5/);
  }
});
