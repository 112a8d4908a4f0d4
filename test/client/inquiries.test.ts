import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRecording, LIMITS } from "../../lib/index.ts";
import type { Recording } from "../../lib/index.ts";
import { ANYWHERE, code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** What two recordings of one registrar have in common, whoever asked and whenever. */
function timeless(recording: Recording): object {
  const { takenAt, ranMs, ...rest } = recording;
  assert.ok(takenAt > ranMs && ranMs >= 0);
  return rest;
}

test("a watcher is given the record that the registrar has, of all services or of one", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar, { service: "*" });
  await rig.join(registrar, { service: "cache", id: "c1", zone: "ü" });
  const leaver = await rig.join(registrar, { service: "web", id: "w1" });
  await leaver.leave({ deadlineMs: 100 });
  const recording = await watcher.record();
  assert.deepEqual(timeless(recording), timeless(registrar.record()));
  assert.deepEqual(
    recording.peers.map(({ service, id, standing }) => `${service}/${id} ${standing}`),
    ["cache/c1 alive", "web/w1 gone"],
  );
  assert.ok(Math.abs(recording.takenAt - Date.now()) < 60_000);
  assert.deepEqual(checkRecording(JSON.parse(JSON.stringify(recording))), recording);
  const web = await watcher.record("web");
  assert.deepEqual(timeless(web), timeless(registrar.record("web")));
  assert.equal(web.peers.length, 1);
});

test("a recording of very many events comes in several pages", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ coalesceMs: 0 });
  const watcher = await rig.ready(registrar, { service: "*" });
  const version = "v".repeat(60);
  const members = Array.from({ length: 90 }, async (_, n) => {
    const id = `${n}-${"x".repeat(240)}`;
    const me = await rig.join(registrar, { service: "cache", id, version });
    // Every edition is an event.
    await Promise.all(Array.from({ length: 31 }, (__, weight) => me.update({ weight })));
  });
  await Promise.all(members);
  const recording = await watcher.record();
  assert.ok(JSON.stringify(recording).length > LIMITS.pageBytesMax);
  const ids = recording.peers.map(({ id }) => id);
  assert.deepEqual(
    ids,
    registrar.record().peers.map(({ id }) => id),
  );
  assert.equal(new Set(ids).size, 90);
  assert.ok(recording.peers.every(({ events }) => events.length === LIMITS.historyMax));
});

test("a recording ends with its signal, needs the survey endpoint, and refuses names nobody has", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const blind = rig.watcher({ roster: registrar.endpoints.roster, service: "cache" });
  await assert.rejects(blind.record(), code("ERR_NEEDS_SURVEY"));
  const lonely = rig.watch("tcp://127.0.0.1:9");
  await assert.rejects(lonely.record("a\0b"), code("ERR_OPTION"));
  const signal = AbortSignal.timeout(50);
  await assert.rejects(lonely.record("*", { signal }), code("ERR_ABORTED"));
});

test("a registrar that goes away while it is asked is asked again, and so is the one after it", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const { survey, roster } = first.endpoints;
  const watcher = await rig.ready(first, { service: "*" });
  await first.close();
  const waiting = watcher.record();
  const second = await rig.registrar({ ...ANYWHERE, survey, roster });
  assert.equal((await waiting).epoch, second.epoch);
  await until(() => second.counters.consumers === 1, { what: "the watcher is back" });
});
