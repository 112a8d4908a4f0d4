import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "../../lib/index.ts";
import type { JoinOptions } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { code, QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** Nothing listens there. */
const NOBODY = "tcp://127.0.0.1:9";

test("a member is listed with everything that it says of itself", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const before = Date.now();
  const me = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    address: "10.0.0.1",
    port: 8080,
    zone: "a",
    tags: ["blue", "big"],
    metadata: { rack: "7" },
    weight: 2.5,
    version: "1.2.0",
    status: "warning",
  });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  assert.deepEqual(watcher.peers, [me.self]);
  const { instance, joinedAt, ...said } = me.self;
  assert.match(instance, /^[0-9a-f]{32}$/);
  assert.ok(joinedAt >= before && joinedAt <= Date.now());
  assert.deepEqual(said, {
    id: "c1",
    service: "cache",
    endpoints: [{ protocol: "tcp", host: "10.0.0.1", port: 8080, scope: "private" }],
    address: "10.0.0.1",
    port: 8080,
    version: "1.2.0",
    zone: "a",
    weight: 2.5,
    tags: ["blue", "big"],
    metadata: { rack: "7" },
    status: "warning",
    standing: "alive",
  });
});

test("a member that says little is itself: its id is its instance, its address this machine", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const { self } = await rig.join(registrar, { service: "cache" });
  assert.equal(self.id, self.instance);
  assert.equal(self.address, "127.0.0.1");
  assert.equal(self.port, 0);
  assert.equal(self.weight, 1);
  assert.equal(self.status, "passing");
  assert.deepEqual([self.tags, self.metadata], [[], {}]);
  assert.equal("zone" in self || "version" in self, false);
});

test("a member may be reached in several ways", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    endpoints: [
      { host: "10.0.0.1", port: 80, protocol: "http", scope: "public" },
      { host: "::1", port: 90 },
    ],
  });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  assert.deepEqual(watcher.peers[0]?.endpoints, [
    { host: "10.0.0.1", port: 80, protocol: "http", scope: "public" },
    { host: "::1", port: 90, protocol: "tcp", scope: "private" },
  ]);
  assert.deepEqual([me.self.address, me.self.port], ["10.0.0.1", 80]);
});

test("the list that a member holds includes its own entry, once the registrar lists it", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const peers = record(me.peers$);
  await until(() => ids(peers.last).includes("c1"), { what: "c1 sees itself" });
  assert.deepEqual(peers.last, [me.self]);
});

test("names with delimiters, blanks, line breaks and any script stay one name each", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const names = [
    "a|b",
    "a",
    "b",
    "a b",
    " a ",
    "line\nbreak",
    "tab\tquote\"'\\",
    "ümlaut→🚀",
    "%00 ../:;,",
    "__proto__",
    "constructor",
    "x".repeat(255),
  ];
  const metadata = Object.fromEntries([
    ["a|b", "c|d\n"],
    ["__proto__", "own"],
    ["toJSON", ""],
  ]);
  for (const id of names) {
    await rig.join(registrar, { service: id, id, tags: [id], zone: "a|b", metadata });
    await rig.join(registrar, { service: "all of them", id, metadata });
  }
  const all = await rig.ready(registrar, { service: "all of them" });
  await until(() => all.peers.length === names.length, { what: "all names are listed" });
  assert.deepEqual(ids(all.peers), [...names].sort());
  for (const name of names) {
    const watcher = await rig.ready(registrar, { service: name });
    await until(() => watcher.peers.length === 1, { what: `${name} has its peer` });
    const [peer] = watcher.peers;
    assert.deepEqual([peer?.id, peer?.service, peer?.tags], [name, name, [name]]);
    assert.deepEqual(Object.entries(peer?.metadata ?? {}), Object.entries(metadata));
    await watcher.close();
  }
});

test("a service whose name begins with another's name is another service", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const short = record((await rig.ready(registrar, { service: "cache" })).peers$);
  await rig.join(registrar, { service: "cache2", id: "other" });
  await rig.join(registrar, { service: "cache", id: "ours" });
  await until(() => short.last?.length === 1, { what: "ours is listed" });
  assert.deepEqual(short.values.map(ids), [[], ["ours"]]);
});

test("one id may be used in two services", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "a", id: "same" });
  await rig.join(registrar, { service: "b", id: "same" });
  const all = await rig.ready(registrar, { service: "*" });
  await until(() => all.peers.length === 2, { what: "both are listed" });
  assert.deepEqual(
    all.peers.map(({ service, id }) => [service, id]),
    [
      ["a", "same"],
      ["b", "same"],
    ],
  );
});

test("an id that a living process holds is refused, and its holder notices nothing", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const holder = await rig.join(registrar, { service: "cache", id: "c1", port: 1 });
  const seen = record(holder.peers$);
  await until(() => seen.last?.length === 1, { what: "the holder is listed" });
  const newcomer = join({
    registrar: registrar.endpoints.survey,
    service: "cache",
    id: "c1",
    port: 2,
    logger: false,
  });
  await assert.rejects(newcomer, code("ERR_ID_TAKEN"));
  assert.deepEqual(registrar.view("cache").peers, [holder.self]);
  assert.equal(seen.values.filter((list) => list.length === 1).length, 1);
  assert.ok(seen.values.slice(1).every((list) => list[0]?.port === 1));
  // The holder is a member like before.
  await holder.update({ weight: 3 });
});

test("the same id after a goodbye is a new instance, and the restarted one is told the list", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "other" });
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const first = await rig.join(registrar, { service: "cache", id: "c1", port: 1 });
  await until(() => watcher.peers.length === 2, { what: "the first run is listed" });
  await first.close();
  const second = await rig.join(registrar, { service: "cache", id: "c1", port: 1 });
  const list = record(second.peers$);
  await until(() => list.last?.length === 2, { what: "the second run is told the list" });
  assert.notEqual(second.self.instance, first.self.instance);
  assert.deepEqual(
    list.now.find(({ id }) => id === "c1"),
    second.self,
  );
  await until(() => changes.values.length >= 4, { what: "the watcher is told of both runs" });
  const ofC1 = changes.values.filter(({ peer }) => peer.id === "c1");
  assert.deepEqual(ofC1.map(told), ["joined c1 (new)", "left c1 (goodbye)", "joined c1 (new)"]);
  assert.deepEqual(
    ofC1.map(({ peer }) => peer.instance),
    [first.self.instance, first.self.instance, second.self.instance],
  );
});

test("a holder that does not answer loses its id, is told so, and does not come back", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(QUICK);
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const holder = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  const states = record(holder.connection$);
  await until(() => watcher.peers.length === 1, { what: "the holder is listed" });
  link.hold("up", "down");
  const newcomer = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers[0]?.instance === newcomer.self.instance, {
    what: "the newcomer is listed",
  });
  link.release();
  await until(() => states.last?.kind === "refused", { what: "the holder is refused" });
  assert.deepEqual(states.last, { kind: "refused", code: "ERR_REPLACED" });
  // It may not come back: for longer than a reconnection takes, with several surveys in between.
  await during(1000, () => {
    assert.deepEqual(registrar.view("cache").peers, [newcomer.self]);
    assert.equal(states.last?.kind, "refused");
  });
  assert.deepEqual(changes.values.map(({ kind, peer }) => [kind, peer.instance]).slice(-2), [
    ["left", holder.self.instance],
    ["joined", newcomer.self.instance],
  ]);
});

test("what waits for a registrar ends with ERR_REPLACED once the member is replaced", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(QUICK);
  const link = await rig.proxy(registrar.endpoints.survey);
  const holder = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  link.hold("up", "down");
  const during = assert.rejects(holder.update({ weight: 2 }), code("ERR_REPLACED"));
  await rig.join(registrar, { service: "cache", id: "c1" });
  link.release();
  await during;
  await assert.rejects(holder.update({ weight: 3 }), code("ERR_REPLACED"));
  assert.equal((await holder.leave()).revision, null);
});

test("join waits for a registrar that comes later", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const { endpoints } = first;
  await first.close();
  const joining = rig.join(endpoints.survey, { service: "cache", id: "c1", reconnectMinMs: 20 });
  const registrar = await rig.registrar(endpoints);
  const me = await joining;
  assert.deepEqual(registrar.explain("cache", "c1")?.instance, me.self.instance);
});

test("join fails with ERR_TIMEOUT where no registrar is, after the time it was given", async () => {
  const started = performance.now();
  const joining = join({ registrar: NOBODY, service: "cache", joinTimeoutMs: 80, logger: false });
  await assert.rejects(joining, code("ERR_TIMEOUT"));
  assert.ok(performance.now() - started >= 75);
});

test("join fails with ERR_ABORTED and the reason when its signal is raised", async () => {
  const controller = new AbortController();
  const options: JoinOptions = {
    registrar: NOBODY,
    service: "cache",
    signal: controller.signal,
    logger: false,
  };
  const joining = join(options);
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(joining, (error) => {
    assert.ok(error instanceof Error && error.cause === reason, String(error));
    return code("ERR_ABORTED")(error);
  });
  await assert.rejects(join(options), code("ERR_ABORTED"));
});

test("a join aborted before it was confirmed leaves with a goodbye, not as a ghost", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const controller = new AbortController();
  // The moment the registrar lists it: its confirmation is under way and has not been read.
  const changes = record(registrar.changes$, () => controller.abort());
  const joining = join({
    registrar: registrar.endpoints.survey,
    service: "cache",
    id: "c1",
    signal: controller.signal,
    logger: false,
  });
  await assert.rejects(joining, code("ERR_ABORTED"));
  await until(() => changes.values.length === 2, { what: "c1 left" });
  assert.deepEqual(changes.values.map(told), ["joined c1 (new)", "left c1 (goodbye)"]);
  assert.deepEqual(registrar.view("cache").peers, []);
});

test("the signal given to join closes the member later, with a goodbye", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const controller = new AbortController();
  const me = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    signal: controller.signal,
  });
  const peers = record(me.peers$);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  controller.abort();
  await until(() => changes.values.length === 2, { what: "c1 left" });
  assert.deepEqual(changes.values.map(told), ["joined c1 (new)", "left c1 (goodbye)"]);
  await until(() => peers.completed === 1, { what: "its streams complete" });
});

test("a member sees other services where it asks for them", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const api = await rig.join(registrar, { service: "api", id: "a1", watch: ["cache", "queue"] });
  const peers = record(api.peers$);
  await until(() => peers.last?.length === 0, { what: "both lists are known to be empty" });
  await rig.join(registrar, { service: "cache", id: "c1" });
  await rig.join(registrar, { service: "queue", id: "q1" });
  await rig.join(registrar, { service: "mail", id: "m1" });
  await until(() => peers.last?.length === 2, { what: "the services that were asked for" });
  assert.deepEqual(ids(peers.last), ["c1", "q1"]);
  const all = await rig.join(registrar, { service: "api", id: "a2", watch: "*" });
  const everybody = record(all.peers$);
  await until(() => everybody.last?.length === 5, { what: "everybody" });
  assert.deepEqual(ids(everybody.last), ["a1", "a2", "c1", "m1", "q1"]);
});

test("a member opens its roster connection with the first subscription, and only one", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const roster = await rig.proxy(registrar.endpoints.roster);
  await registrar.close();
  const advertised = await rig.registrar({ ...registrar.endpoints, advertise: roster.endpoint });
  const me = await rig.join(advertised, { service: "cache", id: "c1" });
  assert.equal(roster.accepted, 0);
  assert.equal(advertised.counters.consumers, 0);
  const lists = [record(me.peers$), record(me.peers$), record(me.view$), record(me.changes$)];
  await until(() => lists.every(({ values }) => values.length > 0), { what: "all are told" });
  assert.equal(roster.accepted, 1);
  assert.equal(advertised.counters.consumers, 1);
});
