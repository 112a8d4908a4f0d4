import assert from "node:assert/strict";
import { test } from "node:test";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Child } from "./child.ts";

test("a member that blocks for 2 s is warning with the length of it, and never gone", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ warnForMs: 1500 });
  const watcher = await rig.ready(registrar);
  const { survey } = registrar.endpoints;
  const blocker = await Child.start(rig, "blocker", { registrar: survey, service: "cache" });
  await until(() => watcher.peers.length === 1, { what: "it is there" });
  const views = record(watcher.view$);
  blocker.say("2000");
  const stalledMs = (): number => watcher.view.peers[0]?.stalledMs ?? 0;
  await until(() => stalledMs() > 0, { what: "the stall is shown", deadlineMs: 10_000 });
  assert.ok(stalledMs() >= 1700 && stalledMs() < 6000, `${stalledMs()} ms`);
  await until(() => ids(watcher.peers).join() === "blocker", { what: "it is usable again" });
  assert.equal(watcher.peers[0]?.status, "warning");
  await until(() => watcher.peers[0]?.status === "passing", { what: "it is forgotten" });
  assert.equal(watcher.peers[0]?.stalledMs, undefined);
  assert.ok(views.values.every((view) => ids(view.peers).join() === "blocker"));
  t.diagnostic(views.values.flatMap(({ changes }) => changes.map(told)).join("; "));
});

test("a member that blocks shorter than a survey tolerates changes nothing", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const { survey } = registrar.endpoints;
  const blocker = await Child.start(rig, "blocker", { registrar: survey, service: "cache" });
  await until(() => watcher.peers.length === 1, { what: "it is there" });
  const lists = record(watcher.peers$);
  blocker.say("650");
  await during(2500, () => assert.equal(lists.values.length, 1));
});
