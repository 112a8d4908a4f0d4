import assert from "node:assert/strict";
import { test } from "node:test";
import {
  freezeBoundMs,
  lossyFreezeBoundMs,
  pauseToleratedMs,
  tuneRegistrar,
} from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { Log, QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** Judges as soon as QUICK does, but tolerates a longer pause. */
const PATIENT = {
  ...QUICK,
  surveyIntervalMs: 400,
  answerWindowMs: 400,
  probeIntervalMs: 400,
} as const;

test("the first survey starts at once, not after an interval", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ surveyIntervalMs: 60_000, answerWindowMs: 1000 });
  const raw = rig.raw(registrar);
  await raw.join("cache", "c1");
  assert.ok((await raw.hears("survey")).round >= 1);
});

test("a peer that falls silent is suspect within the documented bound, and back when it answers", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(QUICK);
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  await rig.join(link.endpoint, { service: "cache", id: "c1" });
  await rig.join(registrar, { service: "cache", id: "c2" });
  await until(() => watcher.peers.length === 2, { what: "both are listed" });
  const changes = record(watcher.changes$);
  const started = performance.now();
  link.hold("up");
  await until(() => watcher.peers.length === 1, { what: "c1 is out" });
  const tookMs = performance.now() - started;
  // Slack for a busy machine; the bound itself is 640 ms here.
  const boundMs = freezeBoundMs(tuneRegistrar(QUICK)) + 500;
  assert.ok(tookMs < boundMs, `${tookMs} ms, bound ${boundMs} ms`);
  assert.deepEqual(
    watcher.view.peers.map(({ id, standing }) => `${id} ${standing}`),
    ["c1 suspect", "c2 alive"],
  );
  link.release();
  await until(() => watcher.peers.length === 2, { what: "c1 is back" });
  assert.deepEqual(changes.values.slice(2).map(told), [
    "left c1 (missed-surveys)",
    "joined c1 (returned)",
  ]);
});

test("one late answer changes nothing", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(PATIENT);
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  await rig.join(link.endpoint, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const views = record(watcher.view$);
  const isLate = (): boolean =>
    registrar.explain("cache", "c1")?.events.at(-1)?.detail.kind === "late";
  link.hold("up");
  await until(isLate, { what: "the answer is late" });
  link.release();
  // Longer than it takes to judge: nothing may come of it.
  await during(lossyFreezeBoundMs(tuneRegistrar(PATIENT)), () => {
    assert.ok(views.values.every(({ peers }) => peers[0]?.standing === "alive"));
    assert.deepEqual(
      views.values.slice(1).flatMap(({ changes }) => changes),
      [],
    );
  });
});

test("pauses shorter than answer window and probe together change nothing, however often", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar(PATIENT);
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  await rig.join(link.endpoint, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  const pauseMs = pauseToleratedMs(tuneRegistrar(PATIENT)) - 200;
  for (let round = 0; round < 3; round += 1) {
    link.hold("up", "down");
    await during(pauseMs, () => assert.equal(lists.values.length, 1));
    link.release();
    const { surveys } = registrar.counters;
    await until(() => registrar.counters.surveys > surveys + 2, { what: "further surveys" });
  }
  assert.equal(lists.values.length, 1);
});

test("a member that heard no question for too long dialled again, and was out of the list until it was back", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...PATIENT, missedMax: 9 });
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  await rig.join(link.endpoint, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  // As where packets are lost again and again: what goes up arrives, and what comes down does not.
  link.holdPresent("down");
  await until(() => link.accepted === 2, { what: "it dials again" });
  const isAgain = (): boolean =>
    registrar.explain("cache", "c1")?.events.at(-1)?.detail.kind === "reconnected";
  await until(isAgain, { what: "it is known on the new connection" });
  await until(() => link.open === 1, { what: "the old one ends" });
  const { surveys } = registrar.counters;
  await until(() => registrar.counters.surveys > surveys + 2, { what: "further surveys" });
  assert.equal(lists.values.length, 1);
});

test("a connection that closes without a goodbye takes the peer out at once, until it returns", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1", reconnectMinMs: 300 });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const changes = record(watcher.changes$);
  const started = performance.now();
  link.cut();
  await until(() => watcher.peers.length === 0, { what: "c1 is out" });
  // Surveys would need more than a second.
  assert.ok(performance.now() - started < 500, `${performance.now() - started} ms`);
  await until(() => watcher.peers.length === 1, { what: "c1 is back" });
  assert.deepEqual(changes.values.slice(1).map(told), [
    "left c1 (connection-lost)",
    "joined c1 (returned)",
  ]);
  assert.equal(changes.now.peer.instance, me.self.instance);
});

test("a suspect that does not come back is gone after its time, and view$ forgets it", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, goneAfterMs: 300, learningMaxMs: 200 });
  const watcher = await rig.ready(registrar);
  const raw = rig.raw(registrar);
  await raw.join("cache", "c1");
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const changes = record(watcher.changes$);
  raw.close();
  await until(() => watcher.peers.length === 0, { what: "c1 is out" });
  assert.equal(watcher.view.peers[0]?.standing, "suspect");
  await until(() => watcher.view.peers.length === 0, { what: "c1 is forgotten" });
  assert.equal(registrar.explain("cache", "c1")?.standing, "gone");
  assert.deepEqual(changes.values.slice(1).map(told), ["left c1 (connection-lost)"]);
});

test("without disconnect messages the next survey finds out, not the connection itself", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ disconnectMessages: false });
  const watcher = await rig.ready(registrar);
  const raw = rig.raw(registrar);
  await raw.join("cache", "c1");
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const changes = record(watcher.changes$);
  const quits = await rig.join(registrar, { service: "cache", id: "c2" });
  await until(() => watcher.peers.length === 2, { what: "c2 is listed" });
  // A goodbye is a goodbye all the same.
  await quits.leave();
  await until(() => watcher.peers.length === 1, { what: "c2 left" });
  await raw.hears("survey");
  raw.close();
  // The next survey is not due yet, and nothing else tells the registrar.
  await during(150, () => assert.equal(watcher.peers.length, 1));
  await until(() => watcher.peers.length === 0, { what: "c1 is out" });
  assert.deepEqual(changes.values.slice(-2).map(told), [
    "left c2 (goodbye)",
    "left c1 (connection-lost)",
  ]);
});

test("without disconnect messages silence is judged like ever", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, disconnectMessages: false });
  const watcher = await rig.ready(registrar);
  const changes = record(watcher.changes$);
  const raw = rig.raw(registrar);
  await raw.join("cache", "mute");
  await until(() => changes.values.length === 2, { what: "the mute one came and left" });
  assert.deepEqual(changes.values.map(told), ["joined mute (new)", "left mute (missed-surveys)"]);
});

test("without disconnect messages a member that reconnects in time was never away", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ disconnectMessages: false });
  const link = await rig.proxy(registrar.endpoints.survey);
  const watcher = await rig.ready(registrar);
  const me = await rig.join(link.endpoint, { service: "cache", id: "c1", reconnectMinMs: 20 });
  const states = record(me.connection$);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  link.cut();
  await until(
    () =>
      states.values
        .map(({ kind }) => kind)
        .join()
        .endsWith("stale,live"),
    {
      what: "c1 reconnects",
    },
  );
  await me.update({ weight: 2 });
  await until(() => lists.last?.[0]?.weight === 2, { what: "its update is told" });
  assert.ok(lists.values.every((list) => list.length === 1));
});

test("a registrar that was blocked itself blames nobody for the time it did not look", async (t) => {
  const rig = new Rig(t);
  const log = new Log();
  const registrar = await rig.registrar({ ...QUICK, learningMaxMs: 1000, logger: log });
  const watcher = await rig.ready(registrar);
  await rig.join(registrar, { service: "cache", id: "c1" });
  const raw = rig.raw(registrar);
  await raw.join("cache", "mute");
  await raw.hears("accepted");
  await until(() => registrar.view("cache").authority === "live", { what: "it has learned" });
  await until(() => ids(watcher.peers).join() === "c1", { what: "the mute one is out" });
  const lists = record(watcher.peers$);
  const views = record(watcher.view$);
  block(1500);
  await until(() => views.last?.authority === "learning", { what: "it learns after its stall" });
  await until(() => views.last?.authority === "live", { what: "it trusts itself again" });
  // The member lives in the same process, so it stood still too and is warning for a while.
  assert.ok(lists.values.every((list) => ids(list).join() === "c1"));
  assert.equal(log.of("registrar.stalled").length, 1);
});

test("members whose own process was blocked are not taken for dead", async (t) => {
  const rig = new Rig(t);
  // The registrar does not notice its own stall here, so only its patience with others helps.
  const registrar = await rig.registrar({ ...QUICK, stallMs: 60_000 });
  const watcher = await rig.ready(registrar);
  await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  for (const ms of [300, 700, 1500]) {
    const { surveys } = registrar.counters;
    block(ms);
    await until(() => registrar.counters.surveys > surveys + 3, { what: "further surveys" });
  }
  assert.ok(lists.values.every((list) => ids(list).join() === "c1"));
});

/** Lets the event loop stand still, as a long computation does. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
