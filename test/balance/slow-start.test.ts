import assert from "node:assert/strict";
import { test } from "node:test";
import { STRATEGIES } from "../../lib/balance/index.ts";
import type { StrategyName } from "../../lib/balance/index.ts";
import { rampLeftMs, rampShare } from "../../lib/balance/slow-start.ts";
import { many, peerOf, Scene, START_MS, tally } from "./samples.ts";

const RAMP_MS = 10_000;
const PICKS = 8000;

test("the formula: a tenth at first, then age by ramp, then all", () => {
  assert.equal(rampShare(RAMP_MS, RAMP_MS), 0.1);
  assert.equal(rampShare(0.75 * RAMP_MS, RAMP_MS), 0.25);
  assert.equal(rampShare(0, RAMP_MS), 1);
  assert.equal(rampLeftMs(4000, RAMP_MS), 6000);
  assert.equal(rampLeftMs(-50_000, RAMP_MS), RAMP_MS, "a clock that is ahead");
  assert.equal(rampLeftMs(50_000, RAMP_MS), 0);
  assert.equal(rampLeftMs(-1, 0), 0);
});

/** How much of a fair share the peer gets now. */
function shareOf(scene: Scene, id: string): number {
  const count = scene.balancer.peers.length;
  return ((tally(scene.picks(PICKS))[id] ?? 0) * count) / PICKS;
}

const RAMPING = (Object.keys(STRATEGIES) as StrategyName[]).filter((name) => name !== "hash");

for (const strategy of RAMPING) {
  test(`${strategy} gives a newcomer a growing share`, () => {
    const scene = new Scene(many(9), { strategy, slowStartMs: RAMP_MS });
    scene.peers$.next([...many(9), peerOf("young", { joinedAt: START_MS })]);
    const shares = [0, 5000, 5000].map((ms) => {
      scene.nowMs += ms;
      return shareOf(scene, "young");
    });
    // Nine others share what it does not take, so its part of the whole is a little more.
    const expected = [0.1, 0.5, 1].map((share) => (share * 10) / (9 + share));
    for (const [at, share] of shares.entries()) {
      assert.ok(
        Math.abs(share - (expected[at] ?? 0)) < 0.13,
        `${shares.join()} not ${expected.join()}`,
      );
    }
  });
}

test("age counts from the peer's own joining, so those already old are warm at once", () => {
  const aged = [0, 5000, 20_000].map((age) => peerOf(`age${age}`, { joinedAt: START_MS - age }));
  const scene = new Scene([...many(17), ...aged], { strategy: "random", slowStartMs: RAMP_MS });
  const shares = aged.map(({ id }) => shareOf(scene, id));
  for (const [at, expected] of [0.1, 0.5, 1].entries()) {
    assert.ok(Math.abs((shares[at] ?? 0) - expected) < 0.2, shares.join());
  }
});

test("a clock that is ahead delays a newcomer by one ramp at most", () => {
  const scene = new Scene([...many(4), peerOf("z", { joinedAt: START_MS + 3_600_000 })], {
    strategy: "random",
    slowStartMs: RAMP_MS,
  });
  assert.ok(shareOf(scene, "z") < 0.3);
  scene.nowMs += RAMP_MS;
  assert.ok(shareOf(scene, "z") > 0.8);
});

test("newcomers alone share all the work", () => {
  const young = many(3).map((peer) => ({ ...peer, joinedAt: START_MS }));
  const scene = new Scene(young, { strategy: "random", slowStartMs: RAMP_MS });
  assert.ok(Object.values(tally(scene.picks(3000))).every((count) => count > 800));
});

test("without slow start a newcomer has its share at once, and with hash always", () => {
  const peers = [...many(9), peerOf("young", { joinedAt: START_MS })];
  const off = new Scene(peers, { strategy: "random" });
  assert.ok(shareOf(off, "young") > 0.8);
  const hash = new Scene(peers, { strategy: "hash", slowStartMs: RAMP_MS });
  const keys = Array.from({ length: 2000 }, (_, at) => `key ${at}`);
  const count = tally(keys.flatMap((key) => hash.picks(1, key)))["young"] ?? 0;
  assert.ok(count > 120, String(count));
});
