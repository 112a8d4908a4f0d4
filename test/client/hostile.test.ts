import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test, type TestContext } from "node:test";
import type { Welcome } from "../../lib/core/messages.ts";
import { join } from "../../lib/index.ts";
import { openRegistrarPort } from "../../lib/transport/registrar-port.ts";
import type { RegistrarPort } from "../../lib/transport/port.ts";
import { encodeToClient } from "../../lib/wire/survey.ts";
import { during } from "../helpers/during.ts";
import { record } from "../helpers/record.ts";
import { ANYWHERE, code, Log, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** What a registrar says that is none of ours. */
class FalseRegistrar {
  readonly routes: string[] = [];
  readonly topics: string[] = [];
  port!: RegistrarPort;

  static async open(rig: Rig, welcome: (roster: string) => Uint8Array): Promise<FalseRegistrar> {
    const registrar = new FalseRegistrar();
    registrar.port = await openRegistrarPort(
      { ...ANYWHERE, heartbeatTimeoutMs: 10_000, welcome: ({ roster }) => welcome(roster) },
      {
        received: (route) => registrar.routes.push(route),
        disconnected: () => undefined,
        unreachable: () => undefined,
        congested: () => undefined,
        subscribed: (topic) => registrar.topics.push(topic),
        unsubscribed: () => undefined,
        cleared: () => undefined,
        failed: (error) => assert.fail(String(error)),
      },
    );
    rig.after(() => registrar.port.close());
    return registrar;
  }

  get survey(): string {
    return this.port.endpoints.survey;
  }
}

function welcome(roster: string, more: Partial<Welcome> = {}): Uint8Array {
  return encodeToClient({
    kind: "welcome",
    versionMin: 1,
    versionMax: 1,
    epoch: "ab".repeat(16),
    nonce: "cd".repeat(16),
    roster,
    timing: {
      surveyIntervalMs: 100,
      answerWindowMs: 50,
      announceIntervalMs: 50,
      reconnectMaxMs: 100,
      rejoinJitterMs: 0,
    },
    ...more,
  });
}

test("a registrar that speaks another version is refused for good, by members and watchers", async (t) => {
  const rig = new Rig(t);
  const registrar = await FalseRegistrar.open(rig, (roster) =>
    welcome(roster, { versionMin: 7, versionMax: 9 }),
  );
  const joining = join({ registrar: registrar.survey, service: "cache", logger: false });
  await assert.rejects(joining, code("ERR_VERSION"));
  const watcher = rig.watch(registrar.survey);
  const states = record(watcher.connection$);
  await assert.rejects(watcher.ready(), code("ERR_VERSION"));
  assert.deepEqual(states.last, { kind: "refused", code: "ERR_VERSION" });
  // Whoever asks after the refusal is told as well, instead of waiting for ever.
  await assert.rejects(watcher.ready(), code("ERR_VERSION"));
  await assert.rejects(watcher.explain("cache", "c1"), code("ERR_VERSION"));
  await watcher.close();
  await assert.rejects(watcher.ready(), code("ERR_CLOSED"));
});

test("a greeting that names no usable roster does not bring the process down", async (t) => {
  const rig = new Rig(t);
  for (const roster of [
    "nowhere",
    "tcp://[::1:1",
    "tcp://127.0.0.1:99999",
    "ipc://*",
    "tcp://0.0.0.0:0",
  ]) {
    const log = new Log();
    const registrar = await FalseRegistrar.open(rig, () => welcome(roster));
    const watcher = rig.watch(registrar.survey, { service: "cache", logger: log });
    const lists = record(watcher.peers$);
    await until(() => log.lines.length > 0, { what: `it is told about ${roster}` });
    // Its timers go on: an error thrown by one of them would end this process.
    await during(400, () => assert.deepEqual(lists.values, []));
    assert.ok(log.lines.length <= 3, `${log.lines.length} lines`);
    await watcher.close();
  }
});

test("junk from a registrar is dropped, told at a limited rate, and a greeting after it is taken", async (t) => {
  const rig = new Rig(t);
  const log = new Log();
  const registrar = await FalseRegistrar.open(rig, welcome);
  const watcher = rig.watch(registrar.survey, { service: "cache", logger: log });
  await until(() => registrar.routes.length > 0, { what: "the watcher asks" });
  await until(() => registrar.topics.length >= 3, { what: "it subscribes" });
  const [route = ""] = registrar.routes;
  const { port } = registrar;
  for (let round = 0; round < 300; round += 1) {
    port.send(route, randomBytes(1 + (round % 90)));
    port.publish([Buffer.from("P\0"), randomBytes(1 + (round % 90))]);
    port.publish([Buffer.from("Dcache\0"), randomBytes(20), randomBytes(20)]);
    port.publish([Buffer.from("P\0")]);
    port.publish([Buffer.from("P\0"), Buffer.alloc(0)]);
  }
  await until(() => log.of("message.malformed").length > 0, { what: "it is told" });
  await until(() => log.of("roster.malformed").length > 0, { what: "that, too" });
  await during(100, () => assert.ok(log.lines.length <= 2, JSON.stringify(log.lines)));
  assert.deepEqual(watcher.peers, []);
});

test("a confirmation that nobody asked for, or of other things, resolves nothing", async (t) => {
  const rig = new Rig(t);
  const registrar = await FalseRegistrar.open(rig, welcome);
  const joining = rig.join(registrar.survey, { service: "cache", id: "c1" });
  await until(() => registrar.routes.length > 0, { what: "the member asks" });
  const [route = ""] = registrar.routes;
  const say = (message: Parameters<typeof encodeToClient>[0]): void =>
    registrar.port.send(route, encodeToClient(message));
  say({ kind: "recorded", edition: 99, revision: 1 });
  say({ kind: "left", revision: 9, named: 0, anonymous: 0 });
  say({ kind: "explanation", token: 1, found: true, json: "{" });
  say({ kind: "accepted", edition: 1, ordinal: null });
  const me = await joining;
  let isDone = false;
  const updating = me.update({ weight: 2 }).then(() => (isDone = true));
  say({ kind: "recorded", edition: 1, revision: 1 });
  say({ kind: "rejoin" });
  // An older edition is no confirmation of this one.
  await during(50, () => assert.equal(isDone, false));
  say({ kind: "recorded", edition: 2, revision: 2 });
  await updating;
  const leaving = me.leave();
  say({ kind: "left", revision: 3, named: 0, anonymous: 5 });
  const proof = await leaving;
  assert.deepEqual([proof.complete, proof.revision, proof.anonymous], [false, 3, 5]);
});

for (const json of ["{", "1", "[]", "{}", '{"events":[1],"registrar":[]}']) {
  test(`an explanation that is ${json} fails the question, not the process`, (t) =>
    misexplained(t, json));
}

async function misexplained(t: TestContext, json: string): Promise<void> {
  const rig = new Rig(t);
  const registrar = await FalseRegistrar.open(rig, welcome);
  const watcher = rig.watch(registrar.survey);
  const asking = watcher.explain("cache", "c1");
  await until(() => registrar.routes.length > 0, { what: "the watcher asks" });
  const [route = ""] = registrar.routes;
  const say = (message: Parameters<typeof encodeToClient>[0]): void =>
    registrar.port.send(route, encodeToClient(message));
  say({ kind: "accepted", edition: 0, ordinal: null });
  await until(() => registrar.routes.length > 1, { what: "the question" });
  say({ kind: "explanation", token: 1, found: true, json });
  await assert.rejects(asking, code("ERR_WIRE"));
}

for (const json of [
  "{",
  "null",
  "{}",
  '{"head":{},"peers":1}',
  '{"head":null,"peers":[]}',
  '{"head":{},"peers":[null]}',
]) {
  test(`a page of the record that is ${json} fails the question, not the process`, async (t) => {
    const rig = new Rig(t);
    const registrar = await FalseRegistrar.open(rig, welcome);
    const watcher = rig.watch(registrar.survey);
    const asking = watcher.record();
    await until(() => registrar.routes.length > 0, { what: "the watcher asks" });
    const [route = ""] = registrar.routes;
    registrar.port.send(route, encodeToClient({ kind: "accepted", edition: 0, ordinal: null }));
    await until(() => registrar.routes.length > 1, { what: "the question" });
    registrar.port.send(route, encodeToClient({ kind: "exported", token: 1, next: 0, json }));
    await assert.rejects(asking, code("ERR_WIRE"));
  });
}

test("a registrar that greets and then falls silent is left, and tried again", async (t) => {
  const rig = new Rig(t);
  let greeted = 0;
  const registrar = await FalseRegistrar.open(rig, (roster) => welcome(roster));
  const link = await rig.proxy(registrar.survey);
  const watcher = rig.watch(link.endpoint, {
    service: "cache",
    helloTimeoutMs: 200,
    reconnectMinMs: 20,
  });
  const states = record(watcher.connection$, () => (greeted += 1));
  await until(() => link.accepted >= 3, { what: "it connects again and again" });
  assert.ok(states.values.every(({ kind }) => kind === "connecting"));
  assert.equal(greeted, states.values.length);
});

test("a port where somebody else listens is left after helloTimeoutMs, and tried again", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  // The roster's port: it speaks ZeroMQ, but it is no ROUTER, and libzmq alone would be silent for ever.
  const link = await rig.proxy(registrar.endpoints.roster);
  const watcher = rig.watch(link.endpoint, {
    service: "cache",
    helloTimeoutMs: 100,
    reconnectMinMs: 20,
  });
  const states = record(watcher.connection$);
  await until(() => link.accepted >= 3, { what: "it tries again" });
  assert.deepEqual(states.values, [{ kind: "connecting" }]);
});
