import assert from "node:assert/strict";
import { test } from "node:test";
import type { Proof } from "../../lib/core/messages.ts";
import { learningMs } from "../../lib/core/options.ts";
import { deltaTopic } from "../../lib/core/topics.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { cardOf, EPOCH, LAN } from "./samples.ts";

const LEAVE = { kind: "leave", epoch: EPOCH, proofMs: 1000 } as const;
const GOODBYE = { ...LEAVE, proofMs: 0 } as const;
const TOPIC = deltaTopic("cache");

/** Leaves and drains of one service, with the proofs that come of them. */
class Bench {
  readonly rig = RegistrarRig.live();

  /** Members; those that follow their own service are consumers and subscribers too. */
  constructor(members: readonly string[], isFollowing: boolean) {
    for (const id of members) {
      this.rig.join(id);
      if (!isFollowing) continue;
      this.rig.watch(id, ["cache"]);
      this.rig.subscribe(TOPIC);
    }
    this.rig.pass(100);
    this.rig.clear();
  }

  /** All of them have the present revision. */
  acknowledge(...routes: readonly string[]): void {
    const { revision } = this.rig.surveyor.published("cache");
    for (const route of routes) {
      this.rig.receive(route, { kind: "acknowledge", epoch: EPOCH, service: "cache", revision });
    }
  }

  proof(route: string): Proof | undefined {
    return this.rig.replies(route).find((message) => message.kind === "proof");
  }

  /** Missing and anonymous of one's proof. */
  told(route: string): readonly [missing: readonly string[], anonymous: number] | undefined {
    const proof = this.proof(route);
    return proof === undefined ? undefined : [proof.missing, proof.anonymous];
  }
}

test("a member that follows its own service and leaves is no anonymous subscriber", () => {
  const bench = new Bench(["c1"], true);
  bench.rig.receive("c1", LEAVE);
  assert.deepEqual(bench.rig.replies("c1")[0], {
    kind: "left",
    revision: 2,
    named: 0,
    anonymous: 0,
  });
  bench.acknowledge("c1");
  assert.deepEqual(bench.told("c1"), [[], 0]);
  assert.equal(bench.rig.surveyor.consumers, 0);
});

test("of two that follow each other and leave, each waits for the other until that is told its proof", () => {
  const bench = new Bench(["c1", "c2"], true);
  bench.rig.receive("c1", LEAVE);
  bench.rig.receive("c2", LEAVE);
  bench.rig.pass(100);
  assert.deepEqual([bench.told("c1"), bench.told("c2")], [undefined, undefined]);
  bench.acknowledge("c1", "c2");
  assert.deepEqual(bench.told("c1"), [[], 0]);
  assert.equal(
    bench.told("c2"),
    undefined,
    "the socket of the first may still be one of a stranger",
  );
  bench.rig.take({ kind: "unsubscribed", topic: TOPIC });
  assert.deepEqual(bench.told("c2"), [[], 0]);
});

test("an anonymous subscriber is not taken for a member whose own subscription is still to come", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.subscribe(TOPIC);
  bench.rig.watch("c1", ["cache"]);
  bench.rig.receive("c1", LEAVE);
  assert.equal(bench.told("c1"), undefined);
  bench.rig.subscribe(TOPIC);
  bench.acknowledge("c1");
  assert.deepEqual(bench.told("c1"), [[], 1]);
});

test("an anonymous subscriber is not taken for a consumer whose own subscription is still to come", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.subscribe(TOPIC);
  bench.rig.watch("w1", ["cache"]);
  bench.rig.receive("c1", LEAVE);
  bench.rig.subscribe(TOPIC);
  bench.acknowledge("w1");
  assert.deepEqual(bench.told("c1"), [[], 1]);
});

test("a consumer that says goodbye is no anonymous one until its subscription is seen to end", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.watch("w1", ["cache"]);
  bench.rig.subscribe(TOPIC);
  bench.rig.receive("w1", GOODBYE);
  bench.rig.receive("c1", LEAVE);
  bench.rig.pass(20);
  assert.equal(bench.told("c1"), undefined);
  bench.rig.take({ kind: "unsubscribed", topic: TOPIC });
  assert.deepEqual(bench.told("c1"), [[], 0]);
});

test("a subscription that stays after a goodbye is somebody's of whom nothing is known", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.watch("w1", ["cache"]);
  bench.rig.subscribe(TOPIC);
  bench.rig.receive("w1", GOODBYE);
  bench.rig.receive("c1", LEAVE);
  bench.rig.pass(500);
  assert.deepEqual(bench.told("c1"), [[], 1]);
});

test("a consumer that comes while a leave is proved is heard before it counts as anonymous", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.watch("w1", ["cache"]);
  bench.rig.subscribe(TOPIC);
  bench.rig.receive("c1", LEAVE);
  bench.rig.watch("w2", ["cache"]);
  bench.rig.subscribe(TOPIC);
  bench.acknowledge("w1");
  assert.equal(bench.told("c1"), undefined);
  bench.acknowledge("w2");
  assert.deepEqual(bench.told("c1"), [[], 0]);
});

test("a member that is expelled is given no proof, and no word of what it waited for", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.watch("w1", ["cache"]);
  bench.rig.receive("c1", {
    kind: "update",
    epoch: EPOCH,
    edition: 2,
    card: cardOf(),
    proofMs: 0,
    bytes: 1,
  });
  bench.rig.clear();
  const card = cardOf({ status: "draining" });
  bench.rig.receive("c1", {
    kind: "update",
    epoch: EPOCH,
    edition: 3,
    card,
    proofMs: 500,
    bytes: 1,
  });
  bench.rig.take({ kind: "expelled", route: "c1" });
  bench.rig.pass(1000);
  assert.deepEqual(bench.rig.replies("c1"), []);
});

test("a goodbye of one that is expelled before it is confirmed is not confirmed", () => {
  const bench = new Bench(["c1"], false);
  bench.rig.receive("c1", GOODBYE);
  bench.rig.take({ kind: "expelled", route: "c1" });
  bench.rig.pass(100);
  assert.deepEqual(bench.rig.replies("c1"), []);
});

test("an anonymous subscriber is not forgotten because the roster was bound anew, until it had time to come back", () => {
  const bench = new Bench(["c1", "c2"], false);
  bench.rig.watch("w1", ["cache"]);
  for (const topic of [TOPIC, TOPIC]) bench.rig.subscribe(topic);
  bench.rig.take({ kind: "cleared" });
  bench.rig.subscribe(TOPIC);
  bench.rig.receive("c1", LEAVE);
  bench.acknowledge("w1");
  assert.deepEqual(bench.told("c1"), [[], 1]);
  bench.rig.pass(learningMs(LAN) + 200);
  bench.rig.receive("c2", LEAVE);
  bench.acknowledge("w1");
  assert.deepEqual(bench.told("c2"), [[], 0]);
});
