import assert from "node:assert/strict";
import { test } from "node:test";
import { ids, record, told } from "../helpers/record.ts";
import { code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("a goodbye takes the peer off every list at once, and its absence is told", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watchers = await Promise.all([1, 2, 3].map(() => rig.ready(registrar)));
  const other = await rig.join(registrar, { service: "cache", id: "stays" });
  const me = await rig.join(registrar, { service: "cache", id: "goes" });
  const lists = watchers.map((watcher) => record(watcher.peers$));
  const changes = watchers.map((watcher) => record(watcher.changes$));
  await until(() => lists.every((list) => list.last?.length === 2), { what: "both are listed" });
  const proof = await me.leave();
  assert.deepEqual(registrar.view("cache").peers, [other.self]);
  await until(() => lists.every((list) => !ids(list.last).includes("goes")), {
    what: "nobody lists it any more",
  });
  assert.ok(lists.every((list) => ids(list.last).join() === "stays"));
  assert.deepEqual(
    changes.map((change) => told(change.now)),
    Array(3).fill("left goes (goodbye)"),
  );
  assert.equal(changes[0]?.now.peer.standing, "gone");
  assert.equal(proof.revision, registrar.view("cache").revision);
});

test("the last peer leaves an empty list, not a stale one and not a phantom", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const lists = record(watcher.peers$);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => lists.last?.length === 1, { what: "c1 is listed" });
  await me.leave();
  await until(() => lists.last?.length === 0, { what: "the list is empty" });
  assert.deepEqual(lists.values.map(ids), [[], ["c1"], []]);
  const late = await rig.ready(registrar);
  assert.deepEqual(record(late.peers$).values, [[]]);
});

test("the proof of a leave says what is known and claims no more", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const anonymous = rig.watcher({ roster: registrar.endpoints.roster, service: "cache" });
  await rig.ready(registrar);
  await until(() => anonymous.peers.length === 1, { what: "the anonymous watcher follows" });
  const proof = await me.leave({ deadlineMs: 5000 });
  assert.ok(typeof proof.revision === "number" && proof.revision > 0);
  const { acknowledged, ...rest } = proof;
  assert.equal(acknowledged.length, 1, "the named watcher, by its instance");
  assert.deepEqual(rest, {
    complete: false,
    revision: registrar.view("cache").revision,
    missing: [],
    anonymous: 1,
  });
});

test("leave ends in close, and whoever calls again gets the same", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const streams = [record(me.peers$), record(me.changes$), record(me.connection$)];
  const [first, second] = await Promise.all([me.leave(), me.leave({ deadlineMs: 1 })]);
  assert.deepEqual(first, second);
  assert.deepEqual(
    streams.map(({ completed }) => completed),
    [1, 1, 1],
  );
  assert.deepEqual(await me.leave(), first);
  await me.close();
  await assert.rejects(me.update({ weight: 2 }), code("ERR_CLOSED"));
});

test("leave after close has nothing to prove", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await me.close();
  assert.equal((await me.leave()).revision, null);
});

test("a deadline that is none is refused, and the member can still say goodbye", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  for (const deadlineMs of [-1, Number.NaN, Infinity]) {
    await assert.rejects(me.leave({ deadlineMs }), code("ERR_OPTION"));
  }
  await me.close();
  await until(() => changes.values.length === 2, { what: "c1 left" });
  assert.deepEqual(changes.values.map(told), ["joined c1 (new)", "left c1 (goodbye)"]);
});

test("a deadline that no message can carry is refused by name, and the longest is proved", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const says = /deadlineMs is 86400001, not 0 to 86400000$/;
  for (const end of [me.drain.bind(me), me.leave.bind(me)]) {
    await assert.rejects(end({ deadlineMs: 86_400_001 }), code("ERR_OPTION"));
    await assert.rejects(end({ deadlineMs: 86_400_001 }), says);
  }
  assert.equal((await me.drain({ deadlineMs: 86_400_000 })).complete, true);
  assert.equal((await me.leave({ deadlineMs: 86_400_000 })).complete, true);
});

test("a leave that nobody confirms ends at its deadline, and the handle is closed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  link.hold("up", "down");
  const started = performance.now();
  const proof = await me.leave({ deadlineMs: 60 });
  assert.ok(performance.now() - started >= 55);
  assert.equal(proof.revision, null);
  assert.equal(proof.complete, false);
  await assert.rejects(me.update({ weight: 2 }), code("ERR_CLOSED"));
});

test("a raised signal ends a leave with ERR_ABORTED, and the handle is closed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  const states = record(me.connection$);
  link.hold("up");
  const controller = new AbortController();
  const leaving = me.leave({ signal: controller.signal });
  controller.abort();
  await assert.rejects(leaving, code("ERR_ABORTED"));
  assert.equal(states.completed, 1);
  link.release();
  // What was said before the wait ended still counts.
  await until(() => registrar.view("cache").peers.length === 0, { what: "the goodbye is heard" });
  const events = registrar.explain("cache", "c1")?.events.map(({ event }) => event);
  assert.ok(events?.includes("gone: goodbye"), events?.join());
});

test("a leave while no registrar is there does not wait", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const states = record(me.connection$);
  await registrar.close();
  await until(() => states.last?.kind === "stale", { what: "the loss is noticed" });
  const started = performance.now();
  assert.equal((await me.leave({ deadlineMs: 60_000 })).revision, null);
  assert.ok(performance.now() - started < 10_000);
});

test("a registrar that goes away during a leave does not hold it up", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  link.hold("up", "down");
  const leaving = me.leave({ deadlineMs: 60_000 });
  link.cut();
  const started = performance.now();
  assert.equal((await leaving).revision, null);
  assert.ok(performance.now() - started < 10_000);
});

test("close says goodbye, is idempotent, and is what asyncDispose does", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const one = await rig.join(registrar, { service: "cache", id: "one" });
  const two = await rig.join(registrar, { service: "cache", id: "two" });
  await Promise.all([one.close(), one.close(), one[Symbol.asyncDispose]()]);
  await one.close();
  await two[Symbol.asyncDispose]();
  await until(() => changes.values.length === 4, { what: "both left" });
  const left = changes.values.filter(({ kind }) => kind === "left");
  assert.deepEqual(left.map(told), ["left one (goodbye)", "left two (goodbye)"]);
});

test("close does not wait long for a registrar that does not answer", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1" });
  link.hold("up", "down");
  const started = performance.now();
  await me.close();
  assert.ok(performance.now() - started < 5000);
});
