import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { join, startRegistrar, watch } from "../../lib/index.ts";
import { openFiles } from "../helpers/files.ts";
import { record } from "../helpers/record.ts";
import { ANYWHERE, code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("members, watchers and registrars that come and go leave no file open", async (t) => {
  if (openFiles() === undefined) return t.diagnostic("this system does not tell its open files");
  const round = async (): Promise<void> => {
    const registrar = await startRegistrar({ ...ANYWHERE, logger: false });
    const { survey, roster } = registrar.endpoints;
    const common = { service: "cache", logger: false } as const;
    const members = await Promise.all(
      Array.from({ length: 10 }, () => join({ registrar: survey, ...common })),
    );
    for (const member of members) member.peers$.subscribe();
    const watchers = [
      ...Array.from({ length: 5 }, () => watch({ registrar: survey, ...common })),
      ...Array.from({ length: 5 }, () => watch({ roster, ...common })),
    ];
    await Promise.all(watchers.map((watcher) => watcher.ready()));
    await Promise.all([...members, ...watchers].map((handle) => handle.close()));
    await registrar.close();
  };
  // The first round opens what stays for good: the context and its thread.
  await round();
  const before = openFiles() ?? 0;
  for (let count = 0; count < 10; count += 1) await round();
  // libzmq lets go of what was closed on a thread of its own.
  await until(() => (openFiles() ?? 0) <= before + 2, {
    what: `no more than ${before} files are open, as after the first round`,
  });
});

test("a signal that outlives its handles does not hold on to them", async (t) => {
  const rig = new Rig(t);
  const { signal } = new AbortController();
  const registrar = await rig.registrar({ signal });
  const member = await rig.join(registrar, { service: "cache", signal });
  const watcher = await rig.ready(registrar, { service: "cache", signal });
  await member.update({ weight: 2 }, { signal });
  await watcher.explain("cache", member.self.id, { signal });
  assert.equal(getEventListeners(signal, "abort").length, 3);
  await watcher.close();
  await member.leave({ signal });
  await registrar.close();
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("what fails to start leaves nothing on its signal", async (t) => {
  const rig = new Rig(t);
  const { signal } = new AbortController();
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "c1" });
  const second = rig.join(registrar, { service: "cache", id: "c1", signal });
  await assert.rejects(second, code("ERR_ID_TAKEN"));
  await assert.rejects(
    rig.registrar({ ...registrar.endpoints, signal }),
    code("ERR_ADDRESS_IN_USE"),
  );
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("a registrar may be closed from within what it tells", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const changes = record(registrar.changes$, () => void registrar.close());
  const joining = rig.join(registrar, { service: "cache", id: "c1", joinTimeoutMs: 2000 });
  await joining.catch(() => undefined);
  await until(() => changes.completed === 1, { what: "it is closed" });
  await rig.registrar(registrar.endpoints);
});

test("a member may leave from within what it is told", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const lists = record(me.peers$, (peers) => {
    if (peers.length > 0) void me.leave();
  });
  await until(() => lists.completed === 1, { what: "it left" });
  assert.deepEqual(registrar.view("cache").peers, []);
});

test("an update from within a list comes back in a later list, and no faster than turns go", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const weights: number[] = [];
  record(me.peers$, ([self]) => {
    if (self === undefined) return;
    weights.push(self.weight);
    if (self.weight < 10) void me.update({ weight: self.weight + 1 });
  });
  await until(() => weights.at(-1) === 10, { what: "ten updates" });
  assert.deepEqual(weights, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
