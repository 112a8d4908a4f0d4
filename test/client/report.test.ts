import assert from "node:assert/strict";
import { test } from "node:test";
import { ids, record, told } from "../helpers/record.ts";
import { code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("two consumers that cannot reach a peer take it out for all, until one thinks otherwise", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const [one, two, third] = await Promise.all([1, 2, 3].map(() => rig.ready(registrar)));
  assert.ok(one !== undefined && two !== undefined && third !== undefined);
  for (const id of ["a", "b"]) await rig.join(registrar, { service: "cache", id });
  await until(() => third.peers.length === 2, { what: "both are there" });
  const changes = record(third.changes$);
  const [a] = one.peers;
  assert.ok(a !== undefined);
  one.report(a, true);
  two.report(a, true);
  await until(() => third.peers.length === 1, { what: "a is out" });
  assert.deepEqual(ids(third.view.peers), ["a", "b"]);
  two.report(a, false);
  await until(() => third.peers.length === 2, { what: "a is back" });
  assert.deepEqual(changes.values.slice(2).map(told), [
    "left a (health-check)",
    "joined a (returned)",
  ]);
});

test("a watcher without a survey connection cannot report", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = rig.watcher({ roster: registrar.endpoints.roster, service: "cache" });
  const peer = { service: "cache", id: "a", instance: "x" };
  assert.throws(() => watcher.report(peer, true), code("ERR_NEEDS_SURVEY"));
});
