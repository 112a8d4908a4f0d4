import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Dealer } from "zeromq";
import type { FromRegistrar, ToRegistrar } from "../../lib/core/messages.ts";
import type { KeyPair, Registrar } from "../../lib/index.ts";
import { makeKeyPair } from "../../lib/index.ts";
import { Prover } from "../../lib/keys/proof.ts";
import type { Provable } from "../../lib/keys/proof.ts";
import { decodeFromRegistrar, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { during } from "../helpers/during.ts";
import { Rig } from "../helpers/rig.ts";
import { instanceNamed } from "../helpers/instances.ts";
import { ids } from "../helpers/record.ts";
import { until } from "../helpers/until.ts";
import { JOIN, member, Ring, WATCH } from "./samples.ts";

/** A client of a listed key that says what it likes. */
class Insider {
  readonly heard: FromRegistrar[] = [];
  readonly prover: Prover;
  epoch = "";
  nonce = "";
  readonly #socket: Dealer;

  constructor(t: TestContext, registrar: Registrar, keys: { own: KeyPair; server: KeyPair }) {
    const { own, server } = keys;
    this.prover = new Prover(own, server.publicKey);
    this.#socket = new Dealer({
      linger: 0,
      sendTimeout: 0,
      curvePublicKey: own.publicKey,
      curveSecretKey: own.secretKey,
      curveServerKey: server.publicKey,
    });
    this.#socket.connect(registrar.endpoints.survey);
    t.after(() => this.#socket.close());
    void this.#read();
  }

  async welcomed(): Promise<this> {
    await until(() => this.epoch !== "", { what: "a welcome" });
    return this;
  }

  async say(message: ToRegistrar): Promise<void> {
    await this.#socket.send(encodeToRegistrar(message));
  }

  proved<T extends Provable>(message: T): T {
    const mine = { ...message, epoch: this.epoch };
    return { ...mine, proof: this.prover.proof(mine, this.nonce) };
  }

  /** The next message of a kind that was not heard before, waited for. */
  async hears(kind: FromRegistrar["kind"], since = 0): Promise<FromRegistrar> {
    const find = (): FromRegistrar | undefined =>
      this.heard.slice(since).find((message) => message.kind === kind);
    await until(() => find() !== undefined, { what: `it hears ${kind}` });
    return find() ?? assert.fail();
  }

  async #read(): Promise<void> {
    for await (const [frame] of this.#socket) {
      const decoded = frame === undefined ? undefined : decodeFromRegistrar(frame);
      if (decoded?.ok !== true) continue;
      this.heard.push(decoded.value);
      if (decoded.value.kind === "welcome") {
        this.epoch = decoded.value.epoch;
        this.nonce = decoded.value.nonce;
      }
    }
  }
}

async function scene(t: TestContext): Promise<{
  readonly rig: Rig;
  readonly ring: Ring;
  readonly twin: KeyPair;
  readonly registrar: Registrar;
  readonly insider: (own: KeyPair) => Promise<Insider>;
}> {
  const rig = new Rig(t);
  const ring = new Ring();
  const twin = makeKeyPair();
  const allow = { ...ring.rules, members: [member(ring.cache, "cache"), member(twin, "cache")] };
  const registrar = await rig.registrar({ keys: { own: ring.registrar, allow } });
  const insider = (own: KeyPair): Promise<Insider> =>
    new Insider(t, registrar, { own, server: ring.registrar }).welcomed();
  return { rig, ring, twin, registrar, insider };
}

test("a join with its proof is accepted", async (t) => {
  const { ring, registrar, insider } = await scene(t);
  const client = await insider(ring.cache);
  await client.say(client.proved(JOIN));
  await client.hears("recorded");
  assert.deepEqual(ids(registrar.view("cache").peers), ["c1"]);
});

test("no proof, another's, or one of another message is refused", async (t) => {
  const { ring, twin, registrar, insider } = await scene(t);
  const watcher = await insider(ring.watcher);
  const other = await insider(twin);
  const { epoch } = watcher;
  const stolen = { ...other.proved({ ...JOIN, id: "c7" }), epoch };
  const wrong: readonly ToRegistrar[] = [
    { ...JOIN, epoch },
    { ...JOIN, epoch, proof: new Uint8Array(64) },
    { ...JOIN, epoch, proof: new Uint8Array(7) },
    { ...WATCH, epoch },
    // Listed, but as a watcher.
    watcher.proved(JOIN),
    // Proved for a watch, used for a join; proved for one id, used for another.
    { ...JOIN, epoch, proof: other.proved(WATCH).proof },
    { ...stolen, id: "c8" },
    { ...stolen, service: "db" },
  ];
  for (const message of wrong) {
    const since = watcher.heard.length;
    await watcher.say(message);
    const refused = await watcher.hears("refused", since);
    assert.ok(refused.kind === "refused" && refused.code === "ERR_NOT_AUTHORISED");
  }
  assert.equal(registrar.counters.unauthorised, wrong.length);
  assert.equal(registrar.counters.members, 0);
  assert.equal(registrar.counters.consumers, 0);
});

test("who has proved nothing is told to, and reaches nobody", async (t) => {
  const { rig, ring, registrar, insider } = await scene(t);
  await rig.join(registrar, { service: "cache", id: "c1", keys: ring.keys(ring.cache) });
  const client = await insider(ring.watcher);
  const { epoch } = client;
  const asks: readonly ToRegistrar[] = [
    { kind: "answer", epoch, round: 1, stalledMs: 0 },
    { kind: "explain", epoch, token: 1, service: "cache", id: "c1" },
    { kind: "update", epoch, edition: 2, card: JOIN.card, proofMs: 0, bytes: 0 },
  ];
  for (const message of asks) {
    const since = client.heard.length;
    await client.say(message);
    await client.hears("rejoin", since);
  }
  await client.say(client.proved(WATCH));
  await client.hears("accepted");
  await client.say({ kind: "explain", epoch, token: 2, service: "cache", id: "c1" });
  await client.hears("explanation");
});

test("one connection has one key", async (t) => {
  const { ring, twin, insider } = await scene(t);
  const client = await insider(ring.cache);
  await client.say(client.proved(JOIN));
  await client.hears("accepted");
  const second = new Prover(twin, ring.registrar.publicKey);
  const watch = { ...WATCH, epoch: client.epoch };
  await client.say({ ...watch, proof: second.proof(watch, client.nonce) });
  await client.hears("refused");
});

test("an instance that is listed is not taken over by another key", async (t) => {
  const { rig, ring, twin, registrar, insider } = await scene(t);
  const own = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    port: 1,
    keys: ring.keys(ring.cache),
  });
  // Id and instance can be read in the list.
  const { instance } = own.self;
  const thief = await insider(twin);
  const forged = { ...JOIN, id: "c1", instance, edition: 9 };
  await thief.say(thief.proved(forged));
  await thief.hears("refused");
  await during(200, () => assert.equal(registrar.view("cache").peers[0]?.port, 1));
  await own.update({ weight: 2 });
  assert.equal(registrar.counters.unauthorised, 1);
  // When it is gone, the name is free.
  await own.leave();
  await thief.say(thief.proved({ ...forged, ...instanceNamed("another") }));
  await thief.hears("accepted");
});

test("an instance is nobody else's at a registrar that never heard of it either", async (t) => {
  const { rig, ring, twin, registrar } = await scene(t);
  const allow = { ...ring.rules, members: [member(ring.cache, "cache"), member(twin, "cache")] };
  const other = await rig.registrar({ keys: { own: ring.registrar, allow } });
  const own = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    port: 1,
    keys: ring.keys(ring.cache),
  });
  const watcher = rig.watcher({
    registrar: [registrar.endpoints.survey, other.endpoints.survey],
    service: "cache",
    keys: ring.keys(ring.watcher),
  });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const thief = new Insider(t, other, { own: twin, server: ring.registrar });
  await thief.welcomed();
  const { instance } = own.self;
  await thief.say(thief.proved({ ...JOIN, id: "c1", instance, edition: 9 }));
  await thief.hears("refused");
  await thief.say({ kind: "leave", epoch: thief.epoch, proofMs: 0 });
  await during(200, () =>
    assert.deepEqual(
      watcher.peers.map(({ port }) => port),
      [1],
    ),
  );
  assert.equal(other.counters.members, 0);
});

test("what was proved to one run is worth nothing in the next", async (t) => {
  const { rig, ring, registrar, insider } = await scene(t);
  const client = await insider(ring.cache);
  const old = client.proved(JOIN);
  await client.say(old);
  await client.hears("recorded");
  await registrar.close();
  const { survey, roster } = registrar.endpoints;
  const keys = { own: ring.registrar, allow: ring.rules };
  const next = await rig.registrar({ survey, roster, keys });
  await until(() => client.epoch === next.epoch, { what: "it is greeted by the next run" });
  const since = client.heard.length;
  await client.say({ ...old, epoch: next.epoch });
  await client.hears("refused", since);
  assert.equal(next.counters.members, 0);
});
