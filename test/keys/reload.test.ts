import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Dealer } from "zeromq";
import type { FromRegistrar } from "../../lib/core/messages.ts";
import type { AllowRules, Registrar } from "../../lib/index.ts";
import { Prover } from "../../lib/keys/proof.ts";
import { decodeFromRegistrar, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { code, Log, QUICK, Rig } from "../helpers/rig.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { until } from "../helpers/until.ts";
import { JOIN, member, Ring, writeRules } from "./samples.ts";

/** Clients that dial again soon. */
const EAGER = { helloTimeoutMs: 200, reconnectMinMs: 20 } as const;

interface Scene {
  readonly rig: Rig;
  readonly ring: Ring;
  readonly registrar: Registrar;
  readonly path: string;
  readonly log: Log;
  /** Puts other rules into the file and has them read. */
  readonly allow: (rules: AllowRules) => void;
}

async function scene(t: TestContext, rules: (ring: Ring) => AllowRules): Promise<Scene> {
  const rig = new Rig(t);
  const ring = new Ring();
  const path = joinPath(rig.folder(), "allow.json");
  const log = new Log();
  writeRules(path, rules(ring));
  const keys = { own: ring.registrar, allow: path };
  const registrar = await rig.registrar({ ...QUICK, keys, logger: log });
  const allow = (next: AllowRules): void => {
    writeRules(path, next);
    assert.ok(registrar.reloadKeys());
  };
  return { rig, ring, registrar, path, log, allow };
}

test("a key that is listed later gets in without a restart of its client", async (t) => {
  const { rig, ring, registrar, path } = await scene(t, () => ({}));
  const { survey, roster } = registrar.endpoints;
  const keys = ring.keys(ring.watcher);
  const watchers = [{ registrar: survey }, { roster }].map((way) =>
    rig.watcher({ ...way, ...EAGER, service: "*", keys }),
  );
  const states = watchers.map((watcher) => record(watcher.connection$));
  await until(() => states.every(({ last }) => last?.kind === "refused"), { what: "refusals" });
  // Nobody tells the registrar: it looks at the file by itself.
  writeRules(path, ring.rules);
  await until(() => states.every(({ last }) => last?.kind === "live"), {
    what: "both watchers are let in",
  });
  await rig.join(registrar, { service: "cache", id: "c1", keys: ring.keys(ring.cache) });
  await until(() => watchers.every(({ peers }) => peers.length === 1), { what: "both see c1" });
});

test("a member whose key is taken off is out at once, and is back when it is listed", async (t) => {
  const { rig, ring, registrar, allow, log } = await scene(t, (of) => ({
    ...of.rules,
    members: [{ ...member(of.cache, "cache"), name: "rack 7" }],
  }));
  const watcher = await rig.ready(registrar, { service: "cache", keys: ring.keys(ring.watcher) });
  const changes = record(watcher.changes$);
  const own = await rig.join(registrar, {
    ...EAGER,
    service: "cache",
    id: "c1",
    keys: ring.keys(ring.cache),
  });
  const states = record(own.connection$);
  const peers = record(own.peers$);
  await until(() => watcher.peers.length === 1 && peers.last?.length === 1, { what: "c1 is seen" });
  allow({ watchers: [{ key: ring.watcher.publicKey }] });
  await until(() => watcher.peers.length === 0, { what: "c1 is out" });
  assert.equal(registrar.counters.members, 0);
  await until(() => states.last?.kind === "refused", { what: "it is told" });
  assert.deepEqual(states.last, { kind: "refused", code: "ERR_NOT_AUTHORISED" });
  // Out for good, and not a suspect who may come back.
  assert.equal(registrar.view("cache").peers.length, 0);
  await assert.rejects(own.update({ weight: 2 }), code("ERR_NOT_AUTHORISED"));
  assert.deepEqual(log.of("key.removed"), [
    { key: ring.cache.publicKey, name: "rack 7", services: ["cache"] },
  ]);
  allow(ring.rules);
  await until(() => ids(watcher.peers).includes("c1"), { what: "c1 is back" });
  await until(() => states.last?.kind === "live", { what: "it says so" });
  assert.deepEqual(changes.values.map(told).slice(0, 2), ["joined c1 (new)", "left c1 (unknown)"]);
  await until(() => peers.last?.[0]?.weight === 2, { what: "its card is the one of now" });
});

test("a connection whose key is taken off is counted until it closes, and reaches nobody", async (t) => {
  const { rig, ring, registrar, allow } = await scene(t, (of) => of.rules);
  const { publicKey, secretKey } = ring.cache;
  const curve = { curvePublicKey: publicKey, curveSecretKey: secretKey };
  const socket = new Dealer({ linger: 0, ...curve, curveServerKey: ring.registrar.publicKey });
  rig.after(() => socket.close());
  socket.connect(registrar.endpoints.survey);
  const heard: FromRegistrar[] = [];
  const hears = (kind: FromRegistrar["kind"]): Promise<void> =>
    until(() => heard.some((message) => message.kind === kind), { what: `it hears ${kind}` });
  void (async () => {
    for await (const [frame] of socket) {
      const decoded = frame === undefined ? undefined : decodeFromRegistrar(frame);
      if (decoded?.ok === true) heard.push(decoded.value);
    }
  })();
  await hears("welcome");
  const welcome = heard.find((message) => message.kind === "welcome");
  assert.ok(welcome?.kind === "welcome");
  const prover = new Prover(ring.cache, ring.registrar.publicKey);
  const join = { ...JOIN, epoch: welcome.epoch };
  const proved = { ...join, proof: prover.proof(join, welcome.nonce) };
  await socket.send(encodeToRegistrar(proved));
  await hears("recorded");
  assert.equal(registrar.counters.expelled, 0);
  allow({ watchers: [{ key: ring.watcher.publicKey }] });
  await hears("refused");
  assert.equal(registrar.counters.expelled, 1);
  // It does not hang up, and joins again with the proof that was good before.
  await socket.send(encodeToRegistrar(proved));
  await until(() => heard.filter(({ kind }) => kind === "refused").length === 2, {
    what: "it is refused again",
  });
  assert.equal(registrar.counters.members, 0);
  assert.equal(registrar.counters.expelled, 1);
  socket.close();
  await until(() => registrar.counters.expelled === 0, { what: "its end is seen" });
});

test("a watcher whose key is taken off reads nothing more, by either socket", async (t) => {
  const { rig, ring, registrar, allow } = await scene(t, (of) => of.rules);
  const { survey, roster } = registrar.endpoints;
  const keys = ring.keys(ring.watcher);
  const watchers = [{ registrar: survey }, { roster }].map((way) =>
    rig.watcher({ ...way, ...EAGER, service: "cache", keys }),
  );
  for (const watcher of watchers) await watcher.ready();
  const states = watchers.map((watcher) => record(watcher.connection$));
  const own = await rig.join(registrar, {
    ...EAGER,
    service: "cache",
    id: "c1",
    keys: ring.keys(ring.cache),
  });
  const peers = record(own.peers$);
  await until(() => watchers.every((w) => w.peers.length === 1), { what: "all see c1" });
  await until(() => peers.last?.length === 1, { what: "c1 sees itself" });
  allow({ members: [member(ring.cache, "cache")] });
  await until(() => states.every(({ last }) => last?.kind === "refused"), { what: "refusals" });
  await own.update({ weight: 7 });
  // Who is listed has its new connection and misses nothing.
  await until(() => peers.last?.[0]?.weight === 7, { what: "the member reads on" });
  for (const watcher of watchers)
    assert.deepEqual(
      watcher.peers.map((peer) => peer.weight),
      [1],
    );
  assert.equal(
    states.filter(({ values }) => values.some(({ kind }) => kind === "closed")).length,
    0,
  );
});

test("services that are taken off a key end, the others go on", async (t) => {
  const { rig, ring, registrar, allow, log } = await scene(t, (of) => ({
    members: [member(of.cache, "cache", "db")],
  }));
  const keys = ring.keys(ring.cache);
  const cache = await rig.join(registrar, { ...EAGER, service: "cache", id: "c1", keys });
  const db = await rig.join(registrar, { ...EAGER, service: "db", id: "d1", keys });
  const past = await rig.join(registrar, { ...EAGER, service: "cache", id: "c2", keys });
  await past.leave();
  await until(() => registrar.counters.members === 2, { what: "c2 has left" });
  const [ofCache, ofDb] = [record(cache.connection$), record(db.connection$)];
  allow({ members: [member(ring.cache, "db")] });
  await until(() => ofCache.last?.kind === "refused", { what: "cache is over" });
  await until(() => registrar.view("cache").peers.length === 0, { what: "cache is empty" });
  await during(400, () => assert.deepEqual(ids(registrar.view("db").peers), ["d1"]));
  // One, and not the one who had left by itself.
  assert.equal(log.of("key.removed").length, 1);
  assert.deepEqual(
    ofDb.values.map(({ kind }) => kind),
    ["live"],
  );
});

test("a broken file changes nothing and is logged", async (t) => {
  const { rig, ring, registrar, path, log } = await scene(t, (of) => of.rules);
  const keys = ring.keys(ring.cache);
  const own = await rig.join(registrar, { service: "cache", id: "c1", keys });
  const states = record(own.connection$);
  writeFileSync(path, '{"members": [');
  assert.equal(registrar.reloadKeys(), false);
  const lines = (): number =>
    log.lines.filter(({ event }) => event.startsWith("keys.notReloaded")).length;
  assert.equal(lines(), 1);
  await rig.join(registrar, { service: "cache", id: "c2", keys });
  assert.equal(registrar.counters.members, 2);
  assert.deepEqual(
    states.values.map(({ kind }) => kind),
    ["live"],
  );
});

test("a list that changes nothing disturbs nobody", async (t) => {
  const { rig, ring, registrar, allow } = await scene(t, (of) => of.rules);
  const own = await rig.join(registrar, { service: "cache", keys: ring.keys(ring.cache) });
  const watcher = await rig.ready(registrar, { service: "cache", keys: ring.keys(ring.watcher) });
  const states = [record(own.connection$), record(watcher.connection$)];
  await until(() => states.every(({ last }) => last?.kind === "live"), { what: "both are live" });
  const proxied = await rig.proxy(registrar.endpoints.roster);
  const anonymous = rig.watcher({
    roster: proxied.endpoint,
    service: "cache",
    keys: ring.keys(ring.watcher),
  });
  await anonymous.ready();
  // A key goes that never read anything.
  allow({
    ...ring.rules,
    watchers: [...(ring.rules.watchers ?? []), { key: ring.stranger.publicKey }],
  });
  allow(ring.rules);
  await own.update({ weight: 2 });
  await until(() => anonymous.peers[0]?.weight === 2, { what: "the change is read" });
  assert.equal(proxied.accepted, 1);
  for (const { values } of states) {
    const kinds = values.map(({ kind }) => kind).filter((kind) => kind !== "connecting");
    assert.deepEqual(kinds, ["live"]);
  }
});
