import assert from "node:assert/strict";
import { test } from "node:test";
import { QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { member, Ring } from "./samples.ts";

test("a liar with one key takes nobody out, however often it connects; two keys are two", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const watchers = [ring.watcher, ring.stranger].map(({ publicKey }) => ({ key: publicKey }));
  const allow = { members: [member(ring.cache, "cache")], watchers };
  const registrar = await rig.registrar({ ...QUICK, keys: { own: ring.registrar, allow } });
  const liars = await Promise.all(
    [1, 2, 3].map(() => rig.ready(registrar, { service: "cache", keys: ring.keys(ring.watcher) })),
  );
  const other = await rig.ready(registrar, { service: "cache", keys: ring.keys(ring.stranger) });
  for (const id of ["a", "b"])
    await rig.join(registrar, { service: "cache", id, keys: ring.keys(ring.cache) });
  await until(() => other.peers.length === 2, { what: "both are there" });
  const [a] = other.peers;
  assert.ok(a !== undefined);
  for (const liar of liars) liar.report(a, true);
  // What comes on the same connection after the report is answered after it.
  await Promise.all(liars.map((liar) => liar.explain("cache", "a")));
  const events = registrar.explain("cache", "a")?.events ?? [];
  const told = events.flatMap(({ detail }) => (detail.kind === "reported" ? detail.reporters : []));
  assert.deepEqual(told, [1]);
  other.report(a, true);
  await until(() => other.peers.length === 1, { what: "a is out" });
});
