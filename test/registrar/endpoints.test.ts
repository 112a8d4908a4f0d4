import assert from "node:assert/strict";
import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { Registrar } from "../../lib/index.ts";
import { portOf } from "../helpers/proxy.ts";
import { ids, record } from "../helpers/record.ts";
import { code, QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** The whole way: join, list, update, loss and return of the registrar, goodbye. */
async function works(
  rig: Rig,
  registrar: Registrar,
  survey = registrar.endpoints.survey,
): Promise<void> {
  const watcher = rig.watch(survey, { service: "cache", reconnectMinMs: 20 });
  const lists = record(watcher.peers$);
  const me = await rig.join(survey, {
    service: "cache",
    id: "c1",
    address: "10.0.0.1",
    reconnectMinMs: 20,
  });
  await until(() => ids(lists.last).join() === "c1", { what: "c1 is listed" });
  await me.update({ weight: 2 });
  await me.leave();
  await until(() => lists.last?.length === 0, { what: "c1 left" });
}

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some(({ family, address }) => family === "IPv6" && address === "::1"),
  );
}

test("ipc: members, watchers and lists by way of a path, and no path is left behind", async (t) => {
  const rig = new Rig(t);
  const folder = rig.folder();
  const survey = `ipc://${joinPath(folder, "survey")}`;
  const roster = `ipc://${joinPath(folder, "roster")}`;
  const registrar = await rig.registrar({ ...QUICK, survey, roster });
  assert.deepEqual(registrar.endpoints, { survey, roster });
  await works(rig, registrar);
  const anonymous = rig.watcher({ roster, service: "cache" });
  await anonymous.ready();
  await assert.rejects(rig.registrar({ survey, roster }), code("ERR_ADDRESS_IN_USE"));
  await registrar.close();
  assert.deepEqual(
    [existsSync(joinPath(folder, "survey")), existsSync(joinPath(folder, "roster"))],
    [false, false],
  );
  const again = await rig.registrar({ ...QUICK, survey, roster });
  await works(rig, again);
});

test("ipc: a registrar that comes back on its path loses nobody", async (t) => {
  const rig = new Rig(t);
  const folder = rig.folder();
  const survey = `ipc://${joinPath(folder, "survey")}`;
  const roster = `ipc://${joinPath(folder, "roster")}`;
  const first = await rig.registrar({ ...QUICK, survey, roster });
  await rig.join(first, { service: "cache", id: "c1", reconnectMinMs: 20 });
  const watcher = await rig.ready(first, { service: "cache", reconnectMinMs: 20 });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  await first.close();
  const second = await rig.registrar({ ...QUICK, survey, roster });
  await until(() => second.view("cache").authority === "live", { what: "it has learned" });
  await until(() => watcher.view.sources[0]?.epoch === second.epoch, { what: "it is heard" });
  assert.ok(lists.values.every((list) => list.length === 1));
});

test("IPv6 loopback works where the machine has it", async (t) => {
  if (!hasIPv6()) return t.diagnostic("this machine has no ::1");
  const rig = new Rig(t);
  const registrar = await rig.registrar({ survey: "tcp://[::1]:0", roster: "tcp://[::1]:0" });
  assert.match(registrar.endpoints.survey, /^tcp:\/\/\[::1\]:[0-9]+$/);
  await works(rig, registrar);
});

test("bound to every address of both families, a registrar is reached by either", async (t) => {
  if (!hasIPv6()) return t.diagnostic("this machine has no ::1");
  const rig = new Rig(t);
  const registrar = await rig.registrar({ survey: "tcp://[::]:0", roster: "tcp://[::]:0" });
  const port = portOf(registrar.endpoints.survey);
  for (const host of ["[::1]", "127.0.0.1"]) await works(rig, registrar, `tcp://${host}:${port}`);
});

test("localhost finds a registrar that listens on the IPv6 loopback alone", async (t) => {
  const found = await lookup("localhost", { all: true });
  if (!found.some(({ address }) => address === "::1")) {
    return t.diagnostic("localhost is no name of ::1 on this machine");
  }
  const rig = new Rig(t);
  const registrar = await rig.registrar({ survey: "tcp://[::1]:0", roster: "tcp://[::1]:0" });
  const watcher = rig.watch(`tcp://localhost:${portOf(registrar.endpoints.survey)}`, {
    service: "cache",
    helloTimeoutMs: 200,
    reconnectMinMs: 20,
  });
  await watcher.ready({ signal: AbortSignal.timeout(10_000) });
});

test("localhost finds a registrar on the IPv4 loopback", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await works(rig, registrar, `tcp://localhost:${portOf(registrar.endpoints.survey)}`);
});

for (const host of ["0.0.0.0", "*"]) {
  test(`bound to ${host}, a registrar is reached by whatever host was dialled`, async (t) => {
    const rig = new Rig(t);
    const registrar = await rig.registrar({ survey: `tcp://${host}:0`, roster: `tcp://${host}:0` });
    const survey = portOf(registrar.endpoints.survey);
    for (const dialled of hostsOf(t)) {
      const watcher = rig.watch(`tcp://${dialled}:${survey}`);
      await watcher.ready({ signal: AbortSignal.timeout(20_000) });
      await works(rig, registrar, `tcp://${dialled}:${survey}`);
    }
  });
}

/** The loopback addresses and one address of this machine that others know. */
function hostsOf(t: TestContext): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  if (own === undefined) t.diagnostic("this machine has loopback addresses only");
  return ["127.0.0.1", "127.0.0.2", ...(own === undefined ? [] : [own.address])];
}

test("an advertised roster is where clients go, whatever was bound", async (t) => {
  const rig = new Rig(t);
  const bound = await rig.registrar();
  await bound.close();
  const outside = await rig.proxy(bound.endpoints.roster);
  const registrar = await rig.registrar({ ...bound.endpoints, advertise: outside.endpoint });
  const watcher = await rig.ready(registrar);
  await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  assert.equal(outside.accepted, 1);
});

test("a roster connection that is cut is made again, and nothing is missed", async (t) => {
  const rig = new Rig(t);
  const bound = await rig.registrar();
  await bound.close();
  const outside = await rig.proxy(bound.endpoints.roster);
  const registrar = await rig.registrar({
    ...QUICK,
    ...bound.endpoints,
    advertise: outside.endpoint,
  });
  const watcher = await rig.ready(registrar, { service: "cache", reconnectMinMs: 50 });
  const changes = record(watcher.changes$);
  const names: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    names.push(`c${round}`);
    const joining = rig.join(registrar, { service: "cache", id: `c${round}` });
    outside.cut();
    await joining;
  }
  await until(() => watcher.peers.length === 10, { what: "all are listed" });
  assert.deepEqual(ids(changes.values.map(({ peer }) => peer)), names);
});

test("a roster that hangs is repaired by revisions, and ends on the newest state", async (t) => {
  const rig = new Rig(t);
  const bound = await rig.registrar();
  await bound.close();
  const outside = await rig.proxy(bound.endpoints.roster);
  const registrar = await rig.registrar({
    ...QUICK,
    ...bound.endpoints,
    advertise: outside.endpoint,
  });
  const watcher = await rig.ready(registrar, { service: "cache", reconnectMinMs: 20 });
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  const lists = record(watcher.peers$);
  outside.hold("down");
  for (let weight = 2; weight <= 40; weight += 1) await me.update({ weight });
  outside.release();
  await until(() => watcher.peers[0]?.weight === 40, { what: "the newest state" });
  assert.ok(lists.values.every((list) => list.length === 1));
});
