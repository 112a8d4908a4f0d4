import assert from "node:assert/strict";
import { test } from "node:test";
import type { LeaveProof } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("an update resolves once it is published, and watchers are told what changed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const me = await rig.join(registrar, { service: "cache", id: "c1", port: 1, tags: ["blue"] });
  await me.update({ weight: 2, status: "warning", tags: [], metadata: { rack: "7" }, port: 2 });
  assert.deepEqual(registrar.view("cache").peers, [me.self]);
  await until(() => changes.values.length === 2, { what: "the watcher is told" });
  assert.deepEqual(changes.values.map(told), ["joined c1 (new)", "updated c1 (updated)"]);
  assert.deepEqual(watcher.peers, [me.self]);
  const { weight, status, tags, metadata, port, address } = me.self;
  assert.deepEqual(
    { weight, status, tags, metadata, port, address },
    {
      weight: 2,
      status: "warning",
      tags: [],
      metadata: { rack: "7" },
      port: 2,
      address: "127.0.0.1",
    },
  );
});

test("what an update does not name stays as it was", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    zone: "a",
    version: "1",
    tags: ["blue"],
    weight: 5,
  });
  const before = me.self;
  await me.update({ zone: undefined, weight: undefined });
  assert.deepEqual(me.self, before);
  await me.update({ zone: "b" });
  assert.deepEqual(registrar.view("cache").peers, [{ ...before, zone: "b" }]);
});

test("null takes a zone or a version away, for watchers as well", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const options = { service: "cache", id: "c1", zone: "a", version: "1.2.0" } as const;
  const me = await rig.join(registrar, options);
  await me.update({ zone: null });
  const { zone: _, ...withoutZone } = me.self;
  assert.equal(withoutZone.version, "1.2.0");
  assert.deepEqual(registrar.view("cache").peers, [withoutZone]);
  await me.update({ version: null });
  await until(() => watcher.peers[0]?.version === undefined, { what: "the watcher is told" });
  assert.deepEqual(watcher.peers, [me.self]);
  assert.equal("zone" in me.self || "version" in me.self, false);
  const other = await rig.join(registrar, { ...options, id: "c2", zone: null, version: null });
  assert.equal("zone" in other.self || "version" in other.self, false);
});

test("updates at the same time all resolve, and the last one holds", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const weights = Array.from({ length: 50 }, (_, i) => i);
  await Promise.all(weights.map((weight) => me.update({ weight })));
  await until(() => watcher.peers[0]?.weight === 49, { what: "the last weight is told" });
  assert.equal(registrar.explain("cache", "c1")?.edition, 51);
});

test("an update with wrong values is refused and changes nothing", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1", weight: 3 });
  const before = me.self;
  for (const patch of [
    { weight: -1 },
    { weight: Number.NaN },
    { weight: 1_000_001 },
    { port: 65_536 },
    { port: -1 },
    { zone: "\0" },
    { zone: "z".repeat(65) },
    { tags: Array.from({ length: 65 }, String) },
    { metadata: { big: "x".repeat(20_000) } },
    { address: "" },
    { endpoints: [{ host: "a", port: 1 }], port: 2 },
  ]) {
    await assert.rejects(me.update(patch), code("ERR_OPTION"), JSON.stringify(patch).slice(0, 80));
  }
  assert.deepEqual(me.self, before);
  assert.equal(registrar.explain("cache", "c1")?.edition, 1);
});

test("the draining and the critical leave peers$ and stay in view$, with their cause", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const a = await rig.join(registrar, { service: "cache", id: "a" });
  const b = await rig.join(registrar, { service: "cache", id: "b" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 2, { what: "both are listed" });
  const changes = record(watcher.changes$);
  await a.drain();
  await until(() => watcher.peers.length === 1, { what: "a is out" });
  await b.update({ status: "critical" });
  await until(() => watcher.peers.length === 0, { what: "b is out" });
  assert.deepEqual(
    watcher.view.peers.map(({ id, status, standing }) => [id, status, standing]),
    [
      ["a", "draining", "alive"],
      ["b", "critical", "alive"],
    ],
  );
  await b.update({ status: "passing" });
  await until(() => ids(watcher.peers).includes("b"), { what: "b is back" });
  assert.deepEqual(changes.values.map(told), [
    "joined a (present)",
    "joined b (present)",
    "left a (draining)",
    "left b (critical)",
    "joined b (returned)",
  ]);
  assert.equal(changes.values[2]?.peer.status, "draining");
});

test("a change of the status unknown or warning removes nobody", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1", status: "unknown" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  await me.update({ status: "warning" });
  await me.update({ status: "unknown" });
  await until(() => lists.values.length >= 2, { what: "the watcher is told" });
  assert.deepEqual([...new Set(lists.values.map((list) => list.length))], [1]);
});

test("a raised signal ends the wait for an update, not the update", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  link.hold("up");
  const controller = new AbortController();
  const waiting = me.update({ weight: 2 }, { signal: controller.signal });
  const draining = me.drain({ signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, code("ERR_ABORTED"));
  await assert.rejects(draining, code("ERR_ABORTED"));
  await assert.rejects(
    me.update({ weight: 9 }, { signal: controller.signal }),
    code("ERR_ABORTED"),
  );
  link.release();
  await until(() => registrar.view("cache").peers[0]?.status === "draining", {
    what: "what was said is heard",
  });
  assert.equal(registrar.view("cache").peers[0]?.weight, 2);
});

test("an update made while the registrar is away is published when it is back", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const me = await rig.join(first, { service: "cache", id: "c1", reconnectMinMs: 20 });
  const states = record(me.connection$);
  await first.close();
  await until(() => states.last?.kind === "stale", { what: "the loss is noticed" });
  let isPublished = false;
  const updating = me.update({ weight: 7 }).then(() => (isPublished = true));
  // Nobody can have published it: there is no registrar.
  await during(50, () => assert.equal(isPublished, false));
  const second = await rig.registrar(first.endpoints);
  await updating;
  assert.equal(second.view("cache").peers[0]?.weight, 7);
});

test("an update of a closed member fails with ERR_CLOSED, and a waiting one does when it closes", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  link.hold("up", "down");
  const waiting = assert.rejects(me.update({ weight: 2 }), code("ERR_CLOSED"));
  await me.close();
  await waiting;
  await assert.rejects(me.update({ weight: 3 }), code("ERR_CLOSED"));
  await assert.rejects(me.drain(), code("ERR_CLOSED"));
});

test("changes that are made in one word of connection$ all hold", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const me = await rig.join(first, { service: "cache", id: "c1", reconnectMinMs: 20 });
  let wasStale = false;
  const changed = new Promise((resolve) => {
    me.connection$.subscribe(({ kind }) => {
      wasStale ||= kind === "stale";
      if (!wasStale || kind !== "live") return;
      const updates = [me.update({ weight: 2 }), me.update({ zone: "b" })];
      const seen = me.self;
      resolve(Promise.all(updates).then(() => seen));
    });
  });
  await first.close();
  const second = await rig.registrar({ ...first.endpoints, rejoinJitterMs: 0 });
  const seen = await changed;
  const [peer] = second.view("cache").peers;
  assert.deepEqual([peer?.weight, peer?.zone], [2, "b"]);
  assert.deepEqual(me.self, peer);
  assert.deepEqual(seen, peer, "whoever has changed its card sees the change at once");
});

test("a drain behind an update in one word of connection$ keeps the update, and is proved", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const me = await rig.join(first, { service: "cache", id: "c1", reconnectMinMs: 20 });
  let wasStale = false;
  const proved = new Promise<LeaveProof>((resolve, reject) => {
    me.connection$.subscribe(({ kind }) => {
      wasStale ||= kind === "stale";
      if (!wasStale || kind !== "live") return;
      me.update({ weight: 2 }).catch(reject);
      me.drain({ deadlineMs: 10_000 }).then(resolve, reject);
    });
  });
  await first.close();
  const second = await rig.registrar({ ...first.endpoints, rejoinJitterMs: 0 });
  assert.equal((await proved).complete, true);
  const [peer] = second.view("cache").peers;
  assert.deepEqual([peer?.weight, peer?.status], [2, "draining"]);
});
