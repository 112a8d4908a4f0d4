import assert from "node:assert/strict";
import { test } from "node:test";
import { ids, record } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Child, idsOf } from "./child.ts";
import type { Crew } from "./child.ts";

const PER_PROCESS = 100;
const CROWD_MS = 60_000;

test("500 members in five processes are listed, and one process dies with all of its own", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const crews: readonly Crew[] = ["a", "b", "c", "d", "e"].map((prefix) => {
    return { registrar: registrar.endpoints.survey, service: "cache", prefix, count: PER_PROCESS };
  });
  const children = await Promise.all(crews.map((crew) => Child.start(rig, "crew", crew)));
  await until(() => watcher.peers.length === 500, { deadlineMs: CROWD_MS, what: "all are listed" });
  assert.deepEqual(ids(watcher.peers), crews.flatMap(idsOf).toSorted());

  const late = await rig.ready(registrar, { service: "*" });
  assert.equal(late.peers.length, 500, "a late watcher has everything with its first list");

  const causes = new Map<string, string>();
  record(watcher.changes$, ({ kind, peer, cause }) => {
    if (kind === "left") causes.set(peer.id, cause);
  });
  const killedMs = performance.now();
  children[2]?.kill();
  await until(() => watcher.peers.length === 400 && late.peers.length === 400, {
    deadlineMs: CROWD_MS,
    what: "the killed process has left",
  });
  t.diagnostic(`100 gone after ${Math.round(performance.now() - killedMs)} ms`);
  const [, , killed] = crews;
  assert.ok(killed);
  assert.deepEqual([...causes.keys()].toSorted(), idsOf(killed).toSorted());
  assert.deepEqual(new Set(causes.values()), new Set(["connection-lost"]));
});

test("processes of several services are told apart, by name and all together", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const { survey } = registrar.endpoints;
  const start = (service: string): Promise<Child> =>
    Child.start(rig, "crew", { registrar: survey, service, prefix: service, count: 2 });
  const [, cache2] = await Promise.all([start("cache"), start("cache2"), start("orders")]);
  const one = await rig.ready(registrar, { service: "cache" });
  const two = await rig.ready(registrar, { service: ["cache2", "orders"] });
  const all = await rig.ready(registrar, { service: "*" });
  assert.deepEqual(ids(one.peers), ["cache-0", "cache-1"]);
  assert.deepEqual(ids(two.peers), ["cache2-0", "cache2-1", "orders-0", "orders-1"]);
  assert.equal(all.peers.length, 6);
  cache2?.kill();
  await until(() => two.peers.length === 2 && all.peers.length === 4, { what: "cache2 has left" });
  assert.deepEqual(ids(one.peers), ["cache-0", "cache-1"]);
});

test("a watcher that is stopped through thousands of changes ends on the newest list", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ coalesceMs: 0 });
  const { survey } = registrar.endpoints;
  const member = await rig.join(registrar, { service: "cache", id: "restless" });
  const slow = await Child.start(rig, "watcher", { registrar: survey, service: "cache" });
  const quick = await rig.ready(registrar);
  slow.freeze();
  const CHANGES = 3000;
  for (let weight = 1; weight <= CHANGES; weight += 1) await member.update({ weight });
  await until(() => quick.peers[0]?.weight === CHANGES, {
    what: "the others are served all the while",
  });
  await rig.join(registrar, { service: "cache", id: "newest" });
  slow.thaw();
  const newest = (): unknown => JSON.stringify(slow.last["ids"]);
  await until(() => newest() === JSON.stringify(["newest", "restless"]), {
    deadlineMs: CROWD_MS,
    what: "the slow watcher has the newest list",
  });
  assert.ok(slow.lines.length < CHANGES, "what it missed was not queued for it one by one");
});
