import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER, Subject } from "rxjs";
import { balancer, STRATEGIES } from "../../lib/balance/index.ts";
import type { BalancerOptions, StrategyName } from "../../lib/balance/index.ts";
import type { Peer } from "../../lib/core/peer.ts";
import { code } from "../helpers/rig.ts";
import { many, peerOf, Scene, tally, weighing } from "./samples.ts";

test("wrong options are refused with their names", () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ strategie: "random" }, /strategie/],
    [{ strategy: "toString" }, /strategy is toString, not one of peak-ewma/],
    [{ slowStartMs: -1 }, /slowStartMs is -1/],
    [{ decayMs: 0 }, /decayMs is 0/],
    [{ random: 4 }, /random is no function/],
    [{ ejection: { failures: 1.5 } }, /ejection.failures is 1.5/],
    [{ ejection: { share: 1 } }, /ejection has no option "share"/],
    [{ ejection: { maxShare: 2 } }, /ejection.maxShare is 2/],
    [{ ejection: { baseMs: Number.NaN } }, /ejection.baseMs is NaN/],
    [{ ejection: { successRate: { peersMin: 1 } } }, /ejection.successRate.peersMin is 1/],
    [{ ejection: { successRate: { factor: 2 } } }, /ejection.successRate has no option "factor"/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => balancer(NEVER, options as BalancerOptions), message);
  }
});

for (const strategy of Object.keys(STRATEGIES) as StrategyName[]) {
  test(`${strategy}: nobody, one, weights of 0, and again nobody`, async () => {
    const scene = new Scene([], { strategy });
    assert.throws(() => scene.balancer.pick("k"), code("ERR_NO_PEER"));
    scene.peers$.next(weighing(0));
    assert.deepEqual(scene.picks(3, "k"), ["a", "a", "a"]);
    scene.peers$.next(weighing(0, 2, 0, 3));
    const ids = Array.from({ length: 200 }, (_, at) => scene.picks(1, `k${at}`)).flat();
    assert.deepEqual(Object.keys(tally(ids)).toSorted(), ["b", "d"]);
    scene.peers$.next(weighing(0, 0));
    assert.equal(tally(scene.picks(4, "k"))["c"], undefined);
    scene.peers$.next([]);
    assert.throws(() => scene.balancer.pick("k"), code("ERR_NO_PEER"));
    await scene.balancer.close();
    assert.throws(() => scene.balancer.pick("k"), code("ERR_CLOSED"));
  });

  test(`${strategy}: work that ends after its peer has gone, or after close, does no harm`, async () => {
    const scene = new Scene(many(3), { strategy });
    const leases = ["a", "b", "c", "d"].map((key) => scene.balancer.pick(key));
    scene.peers$.next(many(1));
    leases[0]?.done("ok");
    leases[1]?.done("failed");
    scene.picks(5, "k");
    await scene.balancer.close();
    leases[2]?.done("unreachable");
    leases[3]?.done("cancelled");
  });

  test(`${strategy}: those to be avoided are, as long as there is another`, () => {
    const scene = new Scene(many(20), { strategy });
    for (let n = 0; n < 50; n += 1) {
      const lease = scene.balancer.pick(`k${n}`, ({ id }) => id !== "p013");
      assert.equal(lease.peer.id, "p013");
    }
    const all = (): boolean => true;
    assert.throws(() => scene.balancer.pick("k", all), code("ERR_NO_PEER"));
    const pending = scene.balancer.report().map((one) => one.pending);
    assert.deepEqual(Object.entries(tally(pending.map(String))), [
      ["0", 19],
      ["50", 1],
    ]);
  });
}

test("what was learned of a peer survives when others come, go and change", () => {
  const scene = new Scene(many(4));
  scene.work("p000", "ok", 300);
  for (let n = 0; n < 5; n += 1) scene.work("p001", "failed", 2);
  const open = scene.balancer.pick("", ({ id }) => id !== "p002");
  const known = (): object =>
    scene.balancer
      .report()
      .filter(({ peer }) => peer.id < "p003")
      .map(({ peer, ...rest }) => ({ id: peer.id, ...rest }));
  const before = known();
  assert.deepEqual(before, [
    { id: "p000", pending: 0, latencyMs: 300, failures: 0, isEjected: false },
    { id: "p001", pending: 0, latencyMs: 2, failures: 5, isEjected: true },
    { id: "p002", pending: 1, latencyMs: 0, failures: 0, isEjected: false },
  ]);
  scene.peers$.next([...many(4), peerOf("q"), peerOf("r")]);
  scene.peers$.next(many(5).map((peer) => ({ ...peer, weight: 3, tags: ["new"] })));
  assert.deepEqual(known(), before);
  assert.deepEqual(scene.balancer.peers[0]?.tags, ["new"]);
  open.done();
});

test("a restarted peer starts afresh, and old work of it does not count for the new run", () => {
  const scene = new Scene(many(2), { ejection: { failures: 1 } });
  const old = scene.balancer.pick("", ({ id }) => id !== "p000");
  scene.work("p000", "failed", 500);
  assert.deepEqual(scene.ejected, ["p000"]);
  const again = many(2).map((peer) => {
    return peer.id === "p000" ? { ...peer, instance: "run 2" } : peer;
  });
  scene.peers$.next(again);
  assert.deepEqual(scene.ejected, []);
  old.done("failed");
  const [report] = scene.balancer.report();
  assert.deepEqual([report?.pending, report?.failures, report?.isEjected], [0, 0, false]);
});

test("draining, critical and suspect peers of a list are neither picked nor counted", async () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => peerOf(id));
  assert.ok(a && b && c && d);
  const draining = { ...b, status: "draining" } as const;
  const critical = { ...c, status: "critical" } as const;
  const suspect = { ...d, standing: "suspect" } as const;
  const scene = new Scene([a, draining, critical, suspect], { ejection: { failures: 1 } });
  assert.deepEqual(scene.balancer.peers, [a]);
  assert.deepEqual(scene.picks(4), ["a", "a", "a", "a"]);
  // Of one that is left nobody may be ejected; of four two might.
  scene.work("a", "failed");
  assert.deepEqual(scene.ejected, []);
  scene.peers$.next([draining, critical, suspect]);
  assert.throws(() => scene.balancer.pick(), code("ERR_NO_PEER"));
  scene.peers$.next([a, b, c, d]);
  assert.deepEqual(Object.keys(tally(scene.picks(100))).toSorted(), ["a", "b", "c", "d"]);
  await scene.balancer.close();
});

test("a newcomer starts with the mean latency of the others", () => {
  const scene = new Scene(many(2));
  scene.work("p000", "ok", 10);
  scene.work("p001", "ok", 30);
  scene.peers$.next(many(3));
  assert.equal(scene.balancer.report()[2]?.latencyMs, 20);
});

test("a lease counts once, and as `using` it ends by itself", () => {
  const scene = new Scene(many(1));
  const lease = scene.balancer.pick();
  lease.done();
  lease.done("failed");
  assert.deepEqual(scene.balancer.report()[0]?.failures, 0);
  {
    using _open = scene.balancer.pick();
    assert.equal(scene.balancer.report()[0]?.pending, 1);
  }
  assert.equal(scene.balancer.report()[0]?.pending, 0);
});

test("latency is the time from pick to done, by the real clock too", async () => {
  const real = new Scene(many(1), { nowMs: undefined });
  const lease = real.balancer.pick();
  const startMs = performance.now();
  while (performance.now() - startMs < 20) await new Promise(setImmediate);
  const tookMs = performance.now() - startMs;
  lease.done();
  const latencyMs = real.balancer.report()[0]?.latencyMs ?? 0;
  assert.ok(latencyMs >= 20 && latencyMs < tookMs + 20, `${latencyMs} of ${tookMs}`);
  await real.balancer.close();
});

test("a peak counts at once and wears off with the time constant", () => {
  const scene = new Scene(many(1), { decayMs: 1000 });
  scene.work("p000", "ok", 100);
  scene.nowMs += 1000;
  const lease = scene.balancer.pick();
  lease.done("ok");
  const latencyMs = scene.balancer.report()[0]?.latencyMs ?? 0;
  assert.ok(Math.abs(latencyMs - 100 / Math.E) < 1, String(latencyMs));
});

test("ready and pickWhenAvailable wait for somebody", async () => {
  const peers$ = new Subject<readonly Peer[]>();
  await using handle = balancer(peers$);
  const ready = handle.ready();
  const pick = handle.pickWhenAvailable({ deadlineMs: 10_000, key: "k" });
  peers$.next([]);
  peers$.next(many(1));
  await ready;
  assert.equal((await pick).peer.id, "p000");
  peers$.next([]);
  await assert.rejects(handle.pickWhenAvailable({ deadlineMs: 5 }), code("ERR_NO_PEER"));
  await assert.rejects(handle.ready({ deadlineMs: 0 }), code("ERR_NO_PEER"));
  const controller = new AbortController();
  const aborted = handle.ready({ signal: controller.signal, deadlineMs: 10_000 });
  controller.abort();
  await assert.rejects(aborted, code("ERR_ABORTED"));
  const later = handle.ready();
  peers$.next(many(2));
  await later;
});

test("closing ends waits, leaves the observable, and can be repeated", async () => {
  const peers$ = new Subject<readonly Peer[]>();
  const handle = balancer(peers$);
  const wait = handle.ready();
  await handle.close();
  await handle.close();
  await assert.rejects(wait, code("ERR_CLOSED"));
  await assert.rejects(handle.pickWhenAvailable(), code("ERR_CLOSED"));
  assert.equal(peers$.observed, false);
});

test("an observable that ends or fails leaves the last list", () => {
  const peers$ = new Subject<readonly Peer[]>();
  const handle = balancer(peers$);
  peers$.next(many(1));
  peers$.error(new Error("not ours"));
  assert.equal(handle.pick().peer.id, "p000");
});
