import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { encodeToRegistrar } from "../../lib/wire/survey.ts";
import { RollcallError, startRegistrar } from "../../lib/index.ts";
import { instanceNamed } from "../helpers/instances.ts";
import { ids, record, told } from "../helpers/record.ts";
import { ANYWHERE, code, Log, QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("a registrar says where it is, who it is, and what it holds", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const { survey, roster } = registrar.endpoints;
  assert.match(survey, /^tcp:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  assert.match(roster, /^tcp:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  assert.match(registrar.epoch, /^[0-9a-f]{32}$/);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => registrar.view("cache").peers.length === 1, { what: "c1 is published" });
  const { asOf, ...view } = registrar.view("cache");
  assert.ok(Math.abs(asOf - Date.now()) < 60_000);
  assert.deepEqual(view, {
    service: "cache",
    revision: 1,
    authority: "learning",
    peers: [me.self],
    changes: [],
    sources: [
      {
        registrar: survey,
        service: "cache",
        epoch: registrar.epoch,
        revision: 1,
        authority: "learning",
      },
    ],
    consumer: { kind: "anonymous" },
  });
  assert.deepEqual(registrar.view("nobody").peers, []);
  assert.equal(registrar.view("nobody").revision, 0);
});

test("a registrar with nobody to wait for has learned after its learning time", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, learningMaxMs: 300 });
  assert.equal(registrar.view("cache").authority, "learning");
  await until(() => registrar.view("cache").authority === "live", { what: "it has learned" });
});

test("changes$ of a registrar tells of all services, and starts with those present", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const a = await rig.join(registrar, { service: "a", id: "1" });
  await until(() => registrar.view("a").peers.length === 1, { what: "the first is published" });
  const early = record(registrar.changes$);
  const b = await rig.join(registrar, { service: "b", id: "2" });
  await until(() => early.values.length === 2, { what: "the second is told" });
  const late = record(registrar.changes$);
  await b.update({ weight: 2 });
  await a.drain();
  await b.update({ status: "critical" });
  await b.update({ status: "passing" });
  await a.leave();
  await b.leave();
  assert.deepEqual(early.values.map(told), [
    "joined 1 (present)",
    "joined 2 (new)",
    "updated 2 (updated)",
    "left 1 (draining)",
    "left 2 (critical)",
    "joined 2 (returned)",
    "left 2 (goodbye)",
  ]);
  assert.deepEqual(late.values.slice(0, 2).map(told), ["joined 1 (present)", "joined 2 (present)"]);
  assert.deepEqual(late.values.slice(2), early.values.slice(2));
  assert.equal(early.now.peer.standing, "gone");
});

test("changes$ of a registrar starts over for whoever comes when nobody listened", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const first = record(registrar.changes$);
  first.stop();
  const a = await rig.join(registrar, { service: "a", id: "1" });
  await rig.join(registrar, { service: "a", id: "2" });
  await a.leave();
  const second = record(registrar.changes$);
  assert.deepEqual(second.values.map(told), ["joined 2 (present)"]);
  await registrar.close();
  assert.equal(second.completed, 1);
  const third = record(registrar.changes$);
  assert.deepEqual([third.values, third.completed], [[], 1]);
});

test("explain of a registrar tells standing, connection and history, also of the departed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  assert.equal(registrar.explain("cache", "c1"), undefined);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const present = registrar.explain("cache", "c1");
  assert.deepEqual(
    [present?.standing, present?.instance, present?.connected, present?.status],
    ["alive", me.self.instance, true, "passing"],
  );
  await me.leave();
  const gone = registrar.explain("cache", "c1");
  assert.deepEqual([gone?.standing, gone?.connected, gone?.status], ["gone", false, null]);
  assert.deepEqual(
    gone?.events.map(({ event }) => event),
    [
      `joined: instance ${me.self.instance}, edition 1, at 127.0.0.1:0`,
      "gone: goodbye",
      "goodbye in revision 2, to be acknowledged by 0 named consumers, 0 are anonymous",
      "proof complete: goodbye, acknowledged by 0",
    ],
  );
});

test("the counters count", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(QUICK);
  assert.deepEqual(registrar.counters, {
    members: 0,
    consumers: 0,
    services: 0,
    malformed: 0,
    congested: 0,
    unauthorised: 0,
    expelled: 0,
    overflows: 0,
    refused: 0,
    waiting: 0,
    surveys: 0,
    publications: registrar.counters.publications,
  });
  const a = await rig.join(registrar, { service: "a", id: "1" });
  await rig.join(registrar, { service: "b", id: "1" });
  const watcher = await rig.ready(registrar);
  await until(() => registrar.counters.surveys > 10, { what: "surveys are counted" });
  const { members, consumers, services, publications } = registrar.counters;
  assert.deepEqual([members, consumers, services], [2, 1, 2]);
  await assert.rejects(rig.join(registrar, { service: "a", id: "1" }), code("ERR_ID_TAKEN"));
  assert.equal(registrar.counters.refused, 1);
  assert.ok(publications >= 2);
  await a.leave();
  await watcher.close();
  await until(() => registrar.counters.consumers === 0, { what: "the watcher is gone" });
  assert.equal(registrar.counters.members, 1);
});

test("both endpoints can be bound again at once after close, 200 times", async (t) => {
  const rig = new Rig(t);
  let options: { readonly survey: string; readonly roster: string } = ANYWHERE;
  const first = await startRegistrar({ ...options, logger: false });
  options = first.endpoints;
  const me = await rig.join(first, { service: "cache", id: "c1", reconnectMinMs: 1 });
  rig.watch(first, { service: "cache", reconnectMinMs: 1 });
  await first.close();
  // The clients come back again and again meanwhile, so there are connections to close.
  for (let round = 0; round < 200; round += 1) {
    const registrar = await startRegistrar({ ...options, logger: false });
    assert.deepEqual(registrar.endpoints, options);
    await registrar.close();
  }
  const last = await rig.registrar(options);
  await until(() => last.view("cache").peers[0]?.instance === me.self.instance, {
    what: "the member is back",
  });
});

test("a port that is taken is told, and nothing else happens", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  for (const side of ["survey", "roster"] as const) {
    const starting = startRegistrar({
      ...ANYWHERE,
      [side]: registrar.endpoints[side],
      logger: false,
    });
    await assert.rejects(starting, (error) => {
      assert.ok(error instanceof RollcallError);
      assert.ok(error.message.includes(registrar.endpoints[side]), error.message);
      assert.equal(error.retryable, true);
      return code("ERR_ADDRESS_IN_USE")(error);
    });
  }
  await assert.rejects(
    startRegistrar({ ...ANYWHERE, survey: "tcp://192.0.2.1:0", logger: false }),
    code("ERR_BIND"),
  );
});

test("close is idempotent, and is what asyncDispose does", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await Promise.all([registrar.close(), registrar.close(), registrar[Symbol.asyncDispose]()]);
  await registrar.close();
  assert.deepEqual(registrar.view("cache").peers, []);
  await rig.registrar(registrar.endpoints);
});

test("a registrar closed in the middle of a survey is closed, and its successor is not disturbed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(QUICK);
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1", reconnectMinMs: 20 });
  const lists = record(me.peers$);
  await until(() => lists.last?.length === 1, { what: "c1 is listed" });
  link.hold("up");
  const { surveys } = registrar.counters;
  await until(() => registrar.counters.surveys > surveys, { what: "a survey is under way" });
  await registrar.close();
  const second = await rig.registrar({ ...QUICK, ...registrar.endpoints });
  // The old answers arrive now, on a connection that is no more.
  link.release();
  await until(() => second.view("cache").peers.length === 1, { what: "c1 is back" });
  assert.equal(second.counters.malformed, 0);
  assert.ok(lists.values.slice(1).every((list) => list.length === 1));
});

test("junk is counted, dropped, and told once; it disturbs nobody and throws nowhere", async (t) => {
  const rig = new Rig(t);
  const log = new Log();
  const registrar = await rig.registrar({ logger: log });
  const watcher = await rig.ready(registrar);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const lists = record(watcher.peers$);
  await until(() => lists.last?.length === 1, { what: "c1 is listed" });
  const raw = rig.raw(registrar);
  const epoch = await raw.epoch();
  const answer = encodeToRegistrar({ kind: "answer", epoch, round: 1, stalledMs: 0 });
  const junk: (readonly Uint8Array[])[] = [
    [Buffer.alloc(0)],
    [Buffer.from("join me")],
    [Buffer.alloc(0), Buffer.alloc(0)],
    [answer, answer],
    [answer.subarray(0, -1)],
    [Buffer.concat([answer, answer])],
    [Buffer.alloc(100_000, 0xc1)],
    [Buffer.alloc(1000, 0x91)],
    ...Array.from({ length: 500 }, () => [randomBytes(1 + Math.floor(Math.random() * 200))]),
  ];
  for (const frames of junk) await raw.send(...frames);
  await until(() => registrar.counters.malformed >= junk.length, { what: "all junk is counted" });
  assert.equal(registrar.counters.malformed, junk.length);
  assert.equal(log.of("message.malformed").length, 1);
  assert.deepEqual(
    log.lines.filter(({ level }) => level === "error"),
    [],
  );
  await me.update({ weight: 2 });
  assert.equal(registrar.counters.members, 1);
});

test("what is said by somebody who did not join changes nothing", async (t) => {
  const rig = new Rig(t);
  const log = new Log();
  const registrar = await rig.registrar({ logger: log });
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const before = { ...registrar.counters, surveys: 0, publications: 0 };
  const raw = rig.raw(registrar);
  const epoch = await raw.epoch();
  const { standing, address, port, instance, id, service, ...card } = me.self;
  await raw.say({
    kind: "update",
    epoch,
    edition: 99,
    card: { ...card, weight: 9 },
    proofMs: 0,
    bytes: 0,
  });
  await raw.say({ kind: "answer", epoch, round: 1, stalledMs: 0 });
  await raw.say({ kind: "leave", epoch, proofMs: 0 });
  await raw.say({ kind: "acknowledge", epoch, service, revision: 1 });
  await raw.say({ kind: "leave", epoch: "0".repeat(32), proofMs: 0 });
  await raw.hears("rejoin");
  await raw.say({ kind: "explain", epoch, token: 7, service, id });
  await raw.say({ kind: "export", epoch, token: 8, service, after: 0 });
  const rejoins = (): number => raw.heard.filter(({ kind }) => kind === "rejoin").length;
  await until(() => rejoins() === 4, { what: "each that wants an answer gets a rejoin" });
  assert.deepEqual({ ...registrar.counters, surveys: 0, publications: 0 }, before);
  assert.deepEqual(registrar.view("cache").peers, [me.self]);
  assert.deepEqual([standing, address, port, instance === id], ["alive", "127.0.0.1", 0, false]);
  assert.deepEqual(
    log.lines.filter(({ level }) => level === "error"),
    [],
  );
});

test("whoever reads an instance in the list cannot speak for it, even without keys", async (t) => {
  const rig = new Rig(t);
  const log = new Log();
  const registrar = await rig.registrar({ logger: log });
  const me = await rig.join(registrar, { service: "cache", id: "c1", port: 1 });
  const thief = rig.raw(registrar);
  const epoch = await thief.epoch();
  const { instance } = me.self;
  const { secret } = instanceNamed("thief");
  const { standing, address, port, instance: _own, id, service, ...card } = me.self;
  const join = { kind: "join", version: 1, epoch, service, id, instance, secret } as const;
  const how = { edition: 99, previous: null, sequence: 1_000_000, proof: null, bytes: 0 };
  await thief.say({ ...join, ...how, card: { ...card, weight: 9 } });
  assert.equal((await thief.hears("refused")).code, "ERR_NOT_AUTHORISED");
  await thief.say({ kind: "leave", epoch, proofMs: 0 });
  await thief.hears("rejoin");
  assert.deepEqual(registrar.view("cache").peers, [me.self]);
  assert.equal(registrar.counters.unauthorised, 1);
  assert.equal(log.of("instance.refused").length, 1);
  assert.deepEqual([standing, address, port], ["alive", "127.0.0.1", 1]);
});

test("answers to questions that were never asked are noted and count for nothing", async (t) => {
  const rig = new Rig(t);
  const log = new Log();
  const registrar = await rig.registrar({ ...QUICK, logger: log });
  const raw = rig.raw(registrar);
  await raw.join("cache", "mute");
  await raw.hears("accepted");
  const epoch = await raw.epoch();
  let round = 1_000_000;
  await until(
    async () => {
      await raw.say({ kind: "answer", epoch, round: (round += 1), stalledMs: 0 });
      return registrar.view("cache").peers[0]?.standing === "suspect";
    },
    { what: "the mute one is suspect although it answers what was not asked" },
  );
  assert.equal(log.of("answer.unasked").length, 1);
});

test("a connection is one member and no other", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const raw = rig.raw(registrar);
  await raw.join("cache", "one");
  await raw.hears("accepted");
  await raw.join("cache", "two");
  assert.equal((await raw.hears("refused")).code, "ERR_WIRE");
  assert.deepEqual(ids(registrar.view("cache").peers), ["one"]);
});

test("one member more than the limit is refused for now, and let in when there is room", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ peersMax: 2, servicesMax: 1, consumersMax: 1 });
  const one = await rig.join(registrar, { service: "cache", id: "1" });
  await rig.join(registrar, { service: "cache", id: "2" });
  const log = new Log();
  const third = rig.join(registrar, { service: "cache", id: "3", reconnectMinMs: 20, logger: log });
  await until(() => log.of("client.refused").length > 0, { what: "the third is refused" });
  assert.equal(registrar.counters.members, 2);
  await one.leave();
  await third;
  await until(() => ids(registrar.view("cache").peers).join() === "2,3", { what: "3 is listed" });
});

test("a registrar within reach of others says so, one on loopback does not", async (t) => {
  const rig = new Rig(t);
  const quiet = new Log();
  await rig.registrar({ logger: quiet });
  assert.deepEqual(
    quiet.lines.filter(({ level }) => level !== "info"),
    [],
  );
  const log = new Log();
  await rig.registrar({ survey: "tcp://0.0.0.0:0", roster: "tcp://0.0.0.0:0", logger: log });
  const warnings = log.lines.filter(({ level }) => level === "warn");
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]?.event ?? "", /without keys/);
});
