import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../../lib/operators/settle.ts";
import { ring } from "../../lib/ring/index.ts";
import { record } from "../helpers/record.ts";
import { QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("a peer that is gone for a moment moves keys, under settle it moves none", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, goneAfterMs: 100 });
  const link = await rig.proxy(registrar.endpoints.survey);
  await rig.join(registrar, { service: "cache", id: "a", port: 1 });
  await rig.join(link.endpoint, { service: "cache", id: "b", port: 2 });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 2, { what: "both are listed" });

  const plain = ring(watcher.view$);
  const settled = ring(watcher.view$.pipe(settle({ downForMs: 60_000 })));
  const changes = { plain: record(plain.changes$), settled: record(settled.changes$) };
  const owners = ["x", "y", "z"].map((key) => settled.owner(key)?.id);

  link.hold("up", "down");
  await until(() => plain.members.size === 1, { what: "it is gone" });
  assert.equal(settled.members.size, 2);
  link.release();
  await until(() => plain.members.size === 2, { what: "it is back" });

  assert.ok(changes.plain.values.some(({ moved }) => moved.length > 0));
  assert.deepEqual(
    changes.settled.values.map(({ kind }) => kind),
    ["present"],
  );
  assert.deepEqual(
    ["x", "y", "z"].map((key) => settled.owner(key)?.id),
    owners,
  );
  await plain.close();
  await settled.close();
});

test("a suspect that answers again moves no key of a view, and of peers$ it does", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, goneAfterMs: 60_000 });
  const link = await rig.proxy(registrar.endpoints.survey);
  await rig.join(registrar, { service: "cache", id: "a", port: 1 });
  await rig.join(link.endpoint, { service: "cache", id: "b", port: 2 });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 2, { what: "both are listed" });

  const ofPeers = ring(watcher.peers$);
  const ofView = ring(watcher.view$);
  const changes = record(ofView.changes$);
  link.hold("up", "down");
  await until(() => ofPeers.members.size === 1, { what: "it is suspect" });
  link.release();
  await until(() => ofPeers.members.size === 2, { what: "it answers" });
  assert.deepEqual(
    changes.values.map(({ kind }) => kind),
    ["present"],
  );
  await ofPeers.close();
  await ofView.close();
});
