import assert from "node:assert/strict";
import { test } from "node:test";
import { ANY_EPOCH } from "../../lib/core/messages.ts";
import type { Away, Named } from "../../lib/core/io.ts";
import type { FromRegistrar, ToRegistrar } from "../../lib/core/messages.ts";
import { nowMs } from "../../lib/host/clock.ts";
import { LimitedLog } from "../../lib/host/log.ts";
import { Allow } from "../../lib/keys/allow.ts";
import { Prover } from "../../lib/keys/proof.ts";
import type { Provable } from "../../lib/keys/proof.ts";
import { decodeKey } from "../../lib/keys/z85.ts";
import { Gate } from "../../lib/registrar/gate.ts";
import type { AllowRules } from "../../lib/index.ts";
import { Log, Rig } from "../helpers/rig.ts";
import type { TestContext } from "node:test";
import { EPOCH, JOIN, member, NONCE, Ring, WATCH, writeRules } from "../keys/samples.ts";

/** A gate without sockets, and what it did. */
class Scene {
  readonly ring = new Ring();
  readonly log = new Log();
  readonly replies: FromRegistrar["kind"][] = [];
  readonly expelled: string[] = [];
  /** Members without a connection. */
  away: readonly Away[] = [];
  readonly struck: Named[] = [];
  renewals = 0;
  readonly gate: Gate;
  readonly #path: string;
  readonly #prover: Prover;

  constructor(t: TestContext) {
    this.#path = `${new Rig(t).folder()}/allow.json`;
    writeRules(this.#path, this.ring.rules);
    this.#prover = new Prover(this.ring.cache, this.ring.registrar.publicKey);
    this.gate = new Gate({
      keys: { own: this.ring.registrar, allow: new Allow(this.#path) },
      nonce: NONCE,
      epoch: EPOCH,
      logger: this.log,
      limited: new LimitedLog(this.log, nowMs),
      send: (_, message) => this.replies.push(message.kind),
      away: () => this.away,
      strike: (name) => this.struck.push(name),
      expel: (route) => this.expelled.push(route),
      renewRoster: () => (this.renewals += 1),
    });
    this.gate.open();
    t.after(() => this.gate.close());
  }

  proved<T extends Provable>(message: T): T {
    return { ...message, proof: this.#prover.proof(message, NONCE) };
  }

  allow(rules: AllowRules): void {
    writeRules(this.#path, rules);
    assert.ok(this.gate.reload());
  }

  connects(socket: "survey" | "roster"): boolean {
    const key = decodeKey(this.ring.cache.publicKey) ?? new Uint8Array();
    return this.gate.portKeys.mayConnect(socket, key, "127.0.0.1");
  }
}

const ANSWER: ToRegistrar = { kind: "answer", epoch: EPOCH, round: 1, stalledMs: 0 };

test("a connection that closed has lost its pass, and is not expelled later", (t) => {
  const scene = new Scene(t);
  for (const route of ["a", "b"]) assert.ok(scene.gate.admits(route, scene.proved(JOIN)));
  scene.gate.closed("a");
  assert.ok(!scene.gate.admits("a", ANSWER));
  assert.deepEqual(scene.replies, ["rejoin"]);
  scene.allow({});
  assert.deepEqual(scene.expelled, ["b"]);
  assert.equal(scene.log.of("key.removed").length, 1);
});

test("a member that has left may go on as a watcher", (t) => {
  const scene = new Scene(t);
  assert.ok(scene.gate.admits("a", scene.proved(JOIN)));
  assert.ok(scene.gate.admits("a", scene.proved(WATCH)));
  scene.allow({ members: [member(scene.ring.cache, "db")] });
  assert.deepEqual(scene.expelled, ["a"]);
  assert.ok(scene.gate.admits("b", scene.proved(WATCH)));
  scene.allow({ watchers: [{ key: scene.ring.cache.publicKey }] });
  assert.deepEqual(scene.expelled, ["a"]);
  assert.ok(scene.gate.admits("b", ANSWER));
});

test("the roster is renewed for keys that have read it, once", (t) => {
  const scene = new Scene(t);
  assert.ok(scene.connects("survey"));
  scene.allow({});
  assert.equal(scene.renewals, 0);
  assert.ok(!scene.connects("roster"));
  scene.allow(scene.ring.rules);
  assert.ok(scene.connects("roster"));
  scene.allow({});
  assert.equal(scene.renewals, 1);
  scene.allow(scene.ring.rules);
  scene.allow({});
  assert.equal(scene.renewals, 1);
});

test("messages for another run go to the machine, which ignores them", (t) => {
  const scene = new Scene(t);
  const epoch = EPOCH.replace("8", "9");
  assert.ok(scene.gate.admits("a", { ...JOIN, epoch }));
  assert.ok(!scene.gate.admits("a", ANSWER));
  assert.equal(scene.gate.refused, 0);
});

test("a join that names no epoch proves nothing, so it reaches nobody and is not answered", (t) => {
  const scene = new Scene(t);
  assert.ok(!scene.gate.admits("a", { ...JOIN, epoch: ANY_EPOCH }));
  assert.deepEqual([scene.gate.refused, scene.replies], [0, []]);
});

test("a connection that asked for a second service is expelled when the first one is taken from its key", (t) => {
  const scene = new Scene(t);
  const { cache } = scene.ring;
  scene.allow({ members: [member(cache, "cache", "db")] });
  assert.ok(scene.gate.admits("a", scene.proved(JOIN)));
  assert.ok(scene.gate.admits("a", scene.proved({ ...JOIN, service: "db", id: "d1" })));
  scene.allow({ members: [member(cache, "db")] });
  assert.deepEqual(scene.expelled, ["a"]);
});

test("a member without a connection is struck from the list when its key is", (t) => {
  const scene = new Scene(t);
  const { cache, watcher } = scene.ring;
  scene.away = [
    { service: "cache", id: "c1", key: cache.publicKey },
    { service: "db", id: "d1", key: watcher.publicKey },
  ];
  scene.allow({ members: [member(cache, "cache"), member(watcher, "db")] });
  assert.deepEqual(scene.struck, []);
  scene.allow({ members: [member(cache, "cache")] });
  assert.deepEqual(scene.struck, [{ service: "db", id: "d1" }]);
  assert.equal(scene.log.of("key.removed").length, 1);
});
