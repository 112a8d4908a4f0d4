import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { watch } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { code, QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** Nothing listens there. */
const NOBODY = "tcp://127.0.0.1:9";

test("nothing is emitted before the first snapshot, then the list, empty or not", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  await first.close();
  const watcher = rig.watch(first.endpoints.survey, { service: "cache", reconnectMinMs: 20 });
  const streams = [record(watcher.peers$), record(watcher.view$), record(watcher.changes$)];
  // There is no registrar, so nothing is known: not even that the list is empty.
  await during(150, () => assert.ok(streams.every(({ values }) => values.length === 0)));
  assert.deepEqual(watcher.peers, []);
  assert.deepEqual(watcher.view, {
    service: "cache",
    revision: 0,
    asOf: 0,
    authority: "stale",
    peers: [],
    changes: [],
    sources: [],
    consumer: { kind: "named", ordinal: null },
  });
  await rig.registrar(first.endpoints);
  await watcher.ready();
  assert.deepEqual(
    streams.map(({ values }) => values.length),
    [1, 1, 0],
  );
  assert.deepEqual(streams[0]?.values, [[]]);
});

test("a late watcher gets the whole list at once", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const names = Array.from({ length: 40 }, (_, i) => `c${String(i).padStart(2, "0")}`);
  await Promise.all(names.map((id) => rig.join(registrar, { service: "cache", id })));
  await until(() => registrar.view("cache").peers.length === 40, { what: "all are listed" });
  const late = rig.watch(registrar);
  const lists = record(late.peers$);
  await late.ready();
  assert.deepEqual(lists.values.map(ids), [names]);
});

test("each subscriber is given the latest list, and all share one connection", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "c1" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const early = record(watcher.peers$);
  const late = record(watcher.peers$);
  assert.equal(early.values.length, 1);
  assert.equal(late.values[0], early.values[0]);
  assert.equal(watcher.peers, early.values[0]);
  assert.equal(registrar.counters.consumers, 1);
});

test("whoever unsubscribes is told nothing more, and the others are", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const quits = record(watcher.peers$);
  const stays = record(watcher.peers$);
  quits.stop();
  await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => stays.last?.length === 1, { what: "c1 is listed" });
  assert.deepEqual(quits.values, [[]]);
  assert.equal(watcher.peers.length, 1);
});

test("a turn of the event loop brings one emission at most, and lists stay sorted", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ coalesceMs: 0 });
  const watcher = await rig.ready(registrar);
  let turn = 0;
  let isOver = false;
  const count = (): void => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  rig.after(() => (isOver = true));
  count();
  const turns: number[] = [];
  const lists = record(watcher.peers$, () => turns.push(turn));
  const members = await Promise.all(
    Array.from({ length: 30 }, (_, i) => rig.join(registrar, { service: "cache", id: `${i}` })),
  );
  for (let weight = 0; weight < 5; weight += 1) {
    await Promise.all(members.map((member) => member.update({ weight })));
  }
  await until(() => lists.last?.every(({ weight }) => weight === 4) ?? false, {
    what: "the last weight of all",
  });
  assert.equal(new Set(turns).size, turns.length);
  for (const list of lists.values) assert.deepEqual(ids(list), [...ids(list)].sort());
});

test("peers$ says nothing where only the trust in the list changed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, learningMaxMs: 200 });
  await rig.join(registrar, { service: "cache", id: "c1" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  const views = record(watcher.view$);
  await until(() => views.last?.authority === "live", { what: "the registrar has learned" });
  await registrar.close();
  await until(() => views.last?.authority === "stale", { what: "the loss is noticed" });
  assert.equal(lists.values.length, 1);
  assert.ok(views.values.length >= 3);
});

test("changes$ starts with those present, for each subscriber, and goes on with differences", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "a" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "a is listed" });
  const early = record(watcher.changes$);
  const b = await rig.join(registrar, { service: "cache", id: "b" });
  await until(() => early.values.length === 2, { what: "b is told" });
  const late = record(watcher.changes$);
  assert.deepEqual(early.values.map(told), ["joined a (present)", "joined b (new)"]);
  assert.deepEqual(late.values.map(told), ["joined a (present)", "joined b (present)"]);
  await b.leave();
  await until(() => late.values.length === 3, { what: "b left" });
  assert.deepEqual(early.values.slice(2).map(told), ["left b (goodbye)"]);
  assert.deepEqual(late.values.slice(2).map(told), ["left b (goodbye)"]);
});

test("a view says what it is made of, and numbers itself", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, learningMaxMs: 200 });
  const before = Date.now();
  const watcher = await rig.ready(registrar);
  const views = record(watcher.view$);
  await until(() => views.last?.authority === "live", { what: "the registrar has learned" });
  await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => views.last?.peers.length === 1, { what: "c1 is listed" });
  assert.deepEqual(watcher.view, views.now);
  const { asOf, changes, peers, ...rest } = views.now;
  assert.ok(asOf >= before - 1 && asOf <= Date.now() + 1, `asOf is ${asOf - before} ms off`);
  assert.deepEqual(changes.map(told), ["joined c1 (new)"]);
  assert.deepEqual(peers, registrar.view("cache").peers);
  assert.deepEqual(rest, {
    service: "cache",
    revision: views.now.revision,
    authority: "live",
    sources: [
      {
        registrar: registrar.endpoints.survey,
        service: "cache",
        epoch: registrar.epoch,
        revision: registrar.view("cache").revision,
        authority: "live",
      },
    ],
    consumer: { kind: "named", ordinal: 0 },
  });
  const revisions = views.values.map(({ revision }) => revision);
  assert.deepEqual(
    revisions,
    revisions.map((_, i) => i + (revisions[0] ?? 0)),
  );
});

test("the changes of a view are relative to what that subscriber saw last", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "a" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "a is listed" });
  const early = record(watcher.view$);
  await rig.join(registrar, { service: "cache", id: "b" });
  await until(() => early.last?.peers.length === 2, { what: "b is told" });
  const late = record(watcher.view$);
  assert.deepEqual(early.now.changes.map(told), ["joined b (new)"]);
  assert.deepEqual(late.now.changes.map(told), ["joined a (present)", "joined b (present)"]);
  assert.equal(late.now.revision, early.now.revision);
});

test("several services in one list: sorted by id, each by its own, and no others", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar, { service: ["b", "a", "b"] });
  const lists = record(watcher.peers$);
  for (const [service, id] of [
    ["a", "2"],
    ["b", "1"],
    ["c", "3"],
    ["a", "1"],
  ] as const) {
    await rig.join(registrar, { service, id });
  }
  await until(() => lists.last?.length === 3, { what: "all three are listed" });
  assert.deepEqual(
    lists.now.map(({ id, service }) => id + service),
    ["1a", "1b", "2a"],
  );
  assert.equal(watcher.view.service, "b,a");
  assert.deepEqual(watcher.view.sources.map(({ service }) => service).sort(), ["a", "b"]);
});

test("the star follows every service, those that come later and those that empty", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const a = await rig.join(registrar, { service: "a", id: "1" });
  const watcher = await rig.ready(registrar, { service: "*" });
  const changes = record(watcher.changes$);
  await until(() => watcher.peers.length === 1, { what: "a is listed" });
  await rig.join(registrar, { service: "*a\n", id: "2" });
  await until(() => watcher.peers.length === 2, { what: "a new service is listed" });
  await a.leave();
  await until(() => watcher.peers.length === 1, { what: "the first one is empty" });
  assert.deepEqual(changes.values.map(told), [
    "joined 1 (present)",
    "joined 2 (new)",
    "left 1 (goodbye)",
  ]);
  assert.equal(watcher.view.service, "*");
});

test("services that close are gone from the star, and may open again", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, emptyServiceTtlMs: 0 });
  const watcher = await rig.ready(registrar, { service: "*" });
  for (const round of [1, 2]) {
    const me = await rig.join(registrar, { service: "brief", id: `${round}` });
    await until(() => ids(watcher.peers).join() === `${round}`, { what: `round ${round} came` });
    await me.leave();
    await until(() => watcher.peers.length === 0, { what: `round ${round} left` });
    await until(() => registrar.counters.services === 0, { what: "the service is closed" });
  }
});

test("a roster endpoint alone is enough to follow, unnamed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = rig.watcher({ roster: registrar.endpoints.roster, service: "cache" });
  const states = record(watcher.connection$);
  await watcher.ready();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  assert.deepEqual(watcher.peers, [me.self]);
  assert.equal(states.last?.kind, "live");
  assert.equal(registrar.counters.consumers, 0);
  assert.equal(watcher.view.sources[0]?.registrar, registrar.endpoints.roster);
  await assert.rejects(watcher.explain("cache", "c1"), code("ERR_NEEDS_SURVEY"));
  await me.leave();
  await until(() => watcher.peers.length === 0, { what: "c1 left" });
});

test("an anonymous watcher notices by silence that its registrar is gone, and finds back", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(QUICK);
  await rig.join(registrar, { service: "cache", id: "c1", reconnectMinMs: 20 });
  const watcher = rig.watcher({
    roster: registrar.endpoints.roster,
    service: "cache",
    reconnectMinMs: 20,
  });
  const states = record(watcher.connection$);
  const lists = record(watcher.peers$);
  await until(() => lists.last?.length === 1, { what: "c1 is listed" });
  await registrar.close();
  await until(() => states.last?.kind === "stale", { what: "the silence is noticed" });
  await until(() => watcher.view.authority === "stale", { what: "its list is called stale" });
  const second = await rig.registrar({ ...QUICK, ...registrar.endpoints });
  await until(() => states.last?.kind === "live", { what: "it is heard again" });
  await until(
    () => watcher.view.sources[0]?.epoch === second.epoch && watcher.view.authority === "live",
    {
      what: "the second run is trusted",
    },
  );
  assert.ok(lists.values.slice(1).every((list) => ids(list).join() === "c1"));
});

test("connection$ tells connecting, live, stale since when, live again, closed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const before = Date.now();
  const watcher = rig.watch(registrar, { service: "cache", reconnectMinMs: 20 });
  const states = record(watcher.connection$);
  assert.deepEqual(states.values, [{ kind: "connecting" }]);
  await until(() => states.last?.kind === "live", { what: "it is live" });
  await registrar.close();
  await until(() => states.last?.kind === "stale", { what: "it is stale" });
  const late = record(watcher.connection$);
  assert.deepEqual(late.values, [states.last]);
  await rig.registrar(registrar.endpoints);
  await until(() => states.last?.kind === "live", { what: "it is live again" });
  await watcher.close();
  assert.deepEqual(
    states.values.map(({ kind }) => kind),
    ["connecting", "live", "stale", "live", "closed"],
  );
  const stale = states.values[2];
  assert.ok(stale?.kind === "stale" && stale.since >= before && stale.since <= Date.now());
  assert.deepEqual([states.completed, late.completed], [1, 1]);
});

test("whoever asks after the end is told the end", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "c1" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const streams = [record(watcher.peers$), record(watcher.view$), record(watcher.changes$)];
  const last = watcher.view;
  await watcher.close();
  for (const { completed, errors } of streams) assert.deepEqual([completed, errors], [1, []]);
  const states = record(watcher.connection$);
  assert.deepEqual([states.values, states.completed], [[{ kind: "closed" }], 1]);
  const peers = record(watcher.peers$);
  assert.deepEqual([peers.values.map(ids), peers.completed], [[["c1"]], 1]);
  assert.deepEqual(watcher.view.peers, last.peers);
});

test("nothing is emitted after close, whatever the registrar still says", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const other = await rig.ready(registrar);
  const lists = record(watcher.peers$);
  const closing = watcher.close();
  await rig.join(registrar, { service: "cache", id: "c1" });
  await closing;
  await until(() => other.peers.length === 1, { what: "another watcher is told" });
  assert.deepEqual(lists.values, [[]]);
});

test("close is idempotent, and is what asyncDispose and the signal do", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const controller = new AbortController();
  const one = await rig.ready(registrar, { service: "cache", signal: controller.signal });
  const two = await rig.ready(registrar);
  const lists = record(one.peers$);
  controller.abort();
  await until(() => lists.completed === 1, { what: "the signal closes it" });
  await Promise.all([one.close(), two.close(), two[Symbol.asyncDispose]()]);
  await two.close();
  await until(() => registrar.counters.consumers === 0, { what: "both are gone" });
});

/** Something that listens and says nothing, and the connections to it. */
async function listener(t: TestContext): Promise<{ endpoint: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

test("a watcher of a roster makes one connection, for there is nobody to be dialled", async (t) => {
  const { endpoint, sockets } = await listener(t);
  const watcher = watch({ roster: endpoint, service: "cache", logger: false });
  await until(() => sockets.size > 0, { what: "a connection" });
  await watcher.close();
  assert.equal(sockets.size, 1);
});

test("a watcher made with a raised signal is closed from the start, and connects to nobody", async (t) => {
  const { endpoint, sockets } = await listener(t);
  const watcher = watch({
    registrar: endpoint,
    service: "cache",
    signal: AbortSignal.abort(),
    logger: false,
  });
  const states = record(watcher.connection$);
  await watcher.close();
  assert.equal(states.completed, 1);
  await assert.rejects(watcher.ready(), code("ERR_CLOSED"));
  // Whoever connects later finds that nobody came before.
  const later = watch({ registrar: endpoint, service: "cache", logger: false });
  await until(() => sockets.size > 0, { what: "the other one" });
  await later.close();
  assert.equal(sockets.size, 1);
});

test("a handle may be closed from within what it tells", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = rig.watch(registrar);
  const states = record(watcher.connection$, ({ kind }) => {
    if (kind === "live") void watcher.close();
  });
  await until(() => states.completed === 1, { what: "it is closed" });
  const other = rig.watch(registrar);
  const lists = record(other.peers$, () => void other.close());
  await until(() => lists.completed === 1, { what: "the other one is closed" });
  await until(() => registrar.counters.consumers === 0, { what: "both are gone" });
});

test("ready waits for the first list, and no longer than its signal", async (t) => {
  const rig = new Rig(t);
  const nobody = rig.watch(NOBODY);
  const controller = new AbortController();
  const waiting = nobody.ready({ signal: controller.signal });
  const closing = assert.rejects(nobody.ready(), code("ERR_CLOSED"));
  controller.abort();
  await assert.rejects(waiting, code("ERR_ABORTED"));
  await assert.rejects(nobody.ready({ signal: controller.signal }), code("ERR_ABORTED"));
  await nobody.close();
  await closing;
  await assert.rejects(nobody.ready(), code("ERR_CLOSED"));
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  await watcher.ready();
  assert.equal(watcher.view.revision, 1);
  await watcher.close();
  await assert.rejects(watcher.ready(), code("ERR_CLOSED"));
});

test("explain tells what the registrar remembers of a peer, present or departed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = rig.watch(registrar);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await me.update({ status: "warning" });
  const present = await watcher.explain("cache", "c1");
  assert.deepEqual(
    { ...present, events: present?.events.map(({ event }) => event), registrar: [] },
    {
      service: "cache",
      id: "c1",
      instance: me.self.instance,
      standing: "alive",
      cause: null,
      status: "warning",
      edition: 2,
      connected: true,
      dropped: 0,
      events: [
        `joined: instance ${me.self.instance}, edition 1, at 127.0.0.1:0`,
        "updated: edition 2, warning",
      ],
      registrar: [],
    },
  );
  assert.ok(present?.events.every(({ agoMs }) => agoMs >= 0 && agoMs < 60_000));
  await me.leave();
  const gone = await watcher.explain("cache", "c1");
  assert.deepEqual(
    [gone?.standing, gone?.instance, gone?.events[2]?.event],
    ["gone", null, "gone: goodbye"],
  );
  assert.equal(await watcher.explain("cache", "nobody"), undefined);
});

test("explain refuses names that nobody can have, and ends with its signal", async (t) => {
  const rig = new Rig(t);
  const watcher = rig.watch(NOBODY);
  await assert.rejects(watcher.explain("", "c1"), code("ERR_OPTION"));
  await assert.rejects(watcher.explain("*", "c1"), code("ERR_OPTION"));
  await assert.rejects(watcher.explain("cache", "a\0b"), code("ERR_OPTION"));
  await assert.rejects(watcher.explain("cache", "x".repeat(256)), code("ERR_OPTION"));
  const controller = new AbortController();
  const waiting = watcher.explain("cache", "c1", { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, code("ERR_ABORTED"));
});

test("an explanation asked of a registrar that goes away comes from the one after it", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const link = await rig.proxy(first.endpoints.survey);
  const watcher = rig.watch(link.endpoint, { service: "cache", reconnectMinMs: 20 });
  await watcher.explain("cache", "c1");
  link.hold("up");
  const waiting = watcher.explain("cache", "c1");
  await first.close();
  link.cut();
  link.release();
  const second = await rig.registrar(first.endpoints);
  const me = await rig.join(second, { service: "cache", id: "c1" });
  const answer = await waiting;
  assert.ok(answer === undefined || answer.instance === me.self.instance);
});
