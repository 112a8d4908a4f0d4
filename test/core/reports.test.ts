import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import { Registry } from "../../lib/core/registry.ts";
import type { Member } from "../../lib/core/registry.ts";
import { Reports } from "../../lib/core/reports.ts";
import type { Scene } from "../../lib/core/reports.ts";
import { joinOf, LAN } from "./samples.ts";

const registry = new Registry();
const PEERS: readonly Member[] = Array.from({ length: 10 }, (_, n) =>
  registry.admit(joinOf(`c${n}`), `r${n}`),
);
const isPresent = (): boolean => true;
const usable =
  (count = 10) =>
  (): number =>
    count;
const SCENE: Scene = { voices: 4, usable: usable(), isPresent };

class Bench {
  readonly reports = new Reports(LAN);
  scene: Scene;

  constructor(scene: Scene = SCENE) {
    this.scene = scene;
  }

  say(peer: number, name: string, isUnreachable = true, nowMs = 0): boolean | undefined {
    const member = PEERS[peer];
    assert.ok(member !== undefined);
    const reporter = { name, route: name };
    const verdict = this.reports.note({ member, reporter, isUnreachable }, this.scene, nowMs);
    if (verdict !== undefined) assert.equal(verdict.member, member);
    return verdict?.isUnreachable;
  }

  isOut(peer: number): boolean {
    const member = PEERS[peer];
    return member !== undefined && this.reports.isUnreachable(member);
  }
}

test("one reporter alone is heard by nobody, two of four are, and so is their withdrawal", () => {
  const bench = new Bench();
  assert.equal(bench.say(0, "w1"), undefined);
  assert.equal(bench.say(0, "w1"), undefined, "saying it twice is saying it once");
  assert.equal(bench.say(0, "w2"), true);
  assert.ok(bench.isOut(0) && !bench.isOut(1));
  assert.equal(bench.say(0, "w3"), undefined);
  assert.equal(bench.say(0, "w1", false), undefined);
  assert.equal(bench.say(0, "w2", false), false);
  assert.equal(bench.say(0, "w2", false), undefined);
  assert.ok(!bench.isOut(0));
});

test("of many consumers a quarter must agree", () => {
  const bench = new Bench({ ...SCENE, voices: 40 });
  for (let n = 1; n < 10; n += 1) assert.equal(bench.say(0, `w${n}`), undefined);
  assert.equal(bench.say(0, "w10"), true);
});

test("reports expire, unless they are repeated", () => {
  const bench = new Bench();
  bench.say(0, "w1");
  bench.say(0, "w2");
  const half = LAN.reportTtlMs / 2;
  bench.say(0, "w1", true, half);
  const due = (nowMs: number): readonly (readonly [string, boolean])[] =>
    bench.reports
      .due(nowMs, () => SCENE)
      .flatMap(({ verdict }) =>
        verdict === undefined ? [] : [[verdict.member.id, verdict.isUnreachable]],
      );
  assert.ok(bench.reports.nextMs() <= LAN.reportTtlMs);
  assert.deepEqual(due(LAN.reportTtlMs - 1), []);
  assert.deepEqual(due(LAN.reportTtlMs * 1.2), [["c0", false]]);
  assert.ok(!bench.isOut(0));
});

test("reporters who agree about everybody take out no more than a share of the service", () => {
  const bench = new Bench();
  for (let peer = 0; peer < 10; peer += 1) {
    bench.say(peer, "liar");
    bench.say(peer, "accomplice");
  }
  const out = PEERS.filter((_, peer) => bench.isOut(peer)).length;
  assert.equal(out, (10 * LAN.massLossPercent) / 100);
});

test("when peers are lost otherwise, those reported are needed and come back, and repeating changes nothing", () => {
  const bench = new Bench();
  for (let peer = 0; peer < 3; peer += 1) for (const name of ["a", "b"]) bench.say(peer, name);
  assert.equal(PEERS.filter((_, peer) => bench.isOut(peer)).length, 3);
  // Seven others die: three are left, of which one may be out.
  bench.scene = { ...SCENE, usable: usable(3) };
  bench.reports.hasten(10);
  const soonMs = 10 + LAN.coalesceMs;
  assert.equal(bench.reports.nextMs(), soonMs);
  const back = bench.reports.due(soonMs, () => bench.scene).map(({ verdict }) => verdict);
  assert.deepEqual(
    back.map((verdict) => verdict?.isUnreachable),
    [false, false],
  );
  for (let peer = 0; peer < 3; peer += 1)
    for (const name of ["a", "b"]) bench.say(peer, name, true, 11);
  assert.equal(PEERS.filter((_, peer) => bench.isOut(peer)).length, 1);
});

test("several connections of one key are one reporter, as long as one of them is there", () => {
  const bench = new Bench();
  const [member] = PEERS;
  assert.ok(member !== undefined);
  const word = (name: string, route: string): boolean | undefined =>
    bench.reports.note({ member, reporter: { name, route }, isUnreachable: true }, SCENE, 0)
      ?.isUnreachable;
  assert.equal(word("key", "r1"), undefined);
  assert.equal(word("key", "r2"), undefined);
  assert.equal(word("other", "r3"), true);
  const present = new Set(["r1", "r3"]);
  const now = { ...SCENE, isPresent: (route: string) => present.has(route) };
  bench.reports.hasten(0);
  assert.deepEqual(
    bench.reports.due(100, () => now),
    [],
  );
  present.delete("r1");
  bench.reports.hasten(200);
  assert.deepEqual(
    bench.reports.due(300, () => now).map(({ verdict }) => verdict?.isUnreachable),
    [false],
  );
});

test("one that reports as many peers as may be reported kept everybody else from being heard", () => {
  const reports = new Reports(LAN);
  const full = new Registry();
  const peers = Array.from({ length: LIMITS.reportedMax + 2 }, (_, n) =>
    full.admit(joinOf(`p${n}`), `p${n}`),
  );
  const say = (name: string, member: Member): boolean | undefined => {
    const scene = { ...SCENE, usable: usable(peers.length) };
    const of = { member, reporter: { name, route: name }, isUnreachable: true };
    return reports.note(of, scene, 0)?.isUnreachable;
  };
  const flood = (): void => {
    for (const member of peers.slice(2)) say("greedy", member);
  };
  const [one, two] = peers;
  assert.ok(one !== undefined && two !== undefined);
  flood();
  say("w1", one);
  say("w1", two);
  flood();
  assert.equal(say("w2", one), true);
  assert.equal(say("w2", two), true);
  flood();
  assert.ok(reports.isUnreachable(one) && reports.isUnreachable(two));
});

test("the last peer of a service stays, whatever is said of it", () => {
  const bench = new Bench({ ...SCENE, usable: usable(1) });
  bench.say(0, "w1");
  assert.equal(bench.say(0, "w2"), undefined);
});

test("what was said of one run is not said of the next one", () => {
  const bench = new Bench();
  bench.say(0, "w1");
  bench.say(0, "w2");
  const [first] = PEERS;
  assert.ok(first !== undefined);
  bench.reports.forget(first);
  assert.ok(!bench.isOut(0));
  const again = { ...first, instance: "second run" };
  bench.say(0, "w1");
  assert.equal(
    bench.reports.note(
      { member: again, reporter: { name: "w2", route: "w2" }, isUnreachable: true },
      SCENE,
      0,
    ),
    undefined,
  );
});

test("more reporters than the limit are not remembered", () => {
  const bench = new Bench({ ...SCENE, voices: 20_000 });
  for (let n = 1; n < LIMITS.reportersMax; n += 1) assert.equal(bench.say(0, `w${n}`), undefined);
  assert.equal(bench.say(0, "last"), true);
  assert.equal(bench.say(0, "one more"), undefined);
});

test("one reporter that connects again and again is not several", () => {
  const present = new Set(["first"]);
  const bench = new Bench({ ...SCENE, isPresent: (reporter) => present.has(reporter) });
  assert.equal(bench.say(0, "first"), undefined);
  present.clear();
  present.add("second");
  assert.equal(bench.say(0, "second"), undefined);
  present.add("third");
  assert.equal(bench.say(0, "third"), true);
});
