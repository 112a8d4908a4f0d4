import assert from "node:assert/strict";
import { test } from "node:test";
import { join, startRegistrar, watch } from "../../lib/index.ts";
import { ids, record } from "../helpers/record.ts";
import { ANYWHERE, code, Rig } from "../helpers/rig.ts";

test("leave and close end in whichever order and at whatever moment they are called", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const stop = new AbortController();
  const [a, b, c] = await Promise.all([
    rig.join(registrar, { service: "cache", id: "a" }),
    rig.join(registrar, { service: "cache", id: "b" }),
    rig.join(registrar, { service: "cache", id: "c", signal: stop.signal }),
  ]);
  await Promise.all([a.leave(), a.close()]);
  const leaving = b.leave({ deadlineMs: 100 });
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([b[Symbol.asyncDispose](), leaving, b.leave()]);
  const left = c.leave();
  stop.abort();
  await Promise.all([left, c.close()]);
  assert.equal((await left).complete, true, "nobody watches");
});

test("whoever looks after join has resolved finds the member, in whichever way it looks", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  for (const id of ["a", "b", "c"]) {
    const member = await rig.join(registrar, { service: "cache", id });
    assert.ok(ids(registrar.view("cache").peers).includes(id), "the registrar");
    const watcher = await rig.ready(registrar);
    assert.ok(ids(watcher.peers).includes(id), "a late watcher");
    const first = record(member.peers$, (peers) => assert.ok(ids(peers).includes(id), "itself"));
    first.stop();
  }
});

test("a misspelt option, and a logger or signal that is none, are refused by name", async () => {
  const wrong = { service: "cache", wieght: 3 } as unknown as { service: string };
  await assert.rejects(join(wrong), /ERR_OPTION|"wieght"/);
  assert.throws(() => watch(wrong), /"wieght"/);
  await assert.rejects(startRegistrar({ surveyInterval: 1 } as object), /"surveyInterval"/);
  for (const bad of [{ logger: {} }, { logger: true }, { signal: {} }] as object[]) {
    await assert.rejects(startRegistrar({ ...ANYWHERE, ...bad }), code("ERR_OPTION"));
    await assert.rejects(join({ service: "cache", ...bad }), code("ERR_OPTION"));
  }
  for (const nothing of [null, "cache", []] as unknown as { service: string }[]) {
    assert.throws(() => watch(nothing), code("ERR_OPTION"));
    await assert.rejects(startRegistrar(nothing as object), code("ERR_OPTION"));
  }
});

test("a member that the registrar has no room for is told so when its time is up", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ peersMax: 1 });
  await rig.join(registrar, { service: "cache", id: "first" });
  const second = rig.join(registrar, { service: "cache", id: "second", joinTimeoutMs: 300 });
  await assert.rejects(second, /joinTimeoutMs 300: ERR_LIMIT, peersMax 1/);
});

test("a consumer that sorts the list it was shown spoils it for nobody", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  assert.throws(() => (watcher.peers as unknown[]).push("nobody"), TypeError);
  assert.throws(() => (watcher.view.peers as unknown[]).reverse().push("nobody"), TypeError);
});
