import assert from "node:assert/strict";
import { test } from "node:test";
import { map } from "rxjs";
import { departures, guard, peersOf, select, subset } from "../../lib/index.ts";
import { record, told } from "../helpers/record.ts";
import { code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

const IDS = ["m0", "m1", "m2", "m3", "m4", "m5"] as const;

test("watchers of a real registrar share its peers out evenly, and a pool follows", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const members = await Promise.all(
    IDS.map((id) => rig.join(registrar, { service: "cache", id, tags: ["blue"] })),
  );
  await rig.join(registrar, { service: "cache", id: "green", tags: ["green"] });
  const watchers = await Promise.all(IDS.map(() => rig.ready(registrar)));
  const pools = watchers.map(({ view$ }) =>
    record(view$.pipe(select({ tags: ["blue"] }), guard(), subset({ size: 2 }), peersOf())),
  );
  const uses = (): readonly number[] => {
    const used = pools.flatMap(({ last }) => last ?? []);
    return IDS.map((id) => used.filter((peer) => peer.id === id).length);
  };
  await until(() => uses().every((count) => count === 2), { what: "two pools for each peer" });

  const went = record(
    watchers[0]?.view$.pipe(guard(), departures(), map(told)) ?? assert.fail("no watcher"),
  );
  await Promise.all(members.map((member) => member.close()));
  await until(() => uses().every((count) => count === 0), { what: "empty pools" });
  assert.deepEqual(
    went.values.toSorted(),
    IDS.map((id) => `left ${id} (goodbye)`),
  );
  assert.ok(pools.every(({ errors }) => errors.length === 0));
});

test("100 watchers of a real registrar with 100 peers and size 10 use every peer exactly 10 times", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const names = Array.from({ length: 100 }, (_, at) => `p${at}`);
  const members = await Promise.all(
    names.map((id) => rig.join(registrar, { service: "cache", id })),
  );
  const watchers = await Promise.all(names.map(() => rig.ready(registrar)));
  const pools = watchers.map(({ view$ }) => record(view$.pipe(subset({ size: 10 }), peersOf())));
  const uses = (): readonly number[] => {
    const used = new Map(names.map((id) => [id, 0]));
    for (const { last } of pools) {
      for (const { id } of last ?? []) used.set(id, (used.get(id) ?? 0) + 1);
    }
    return [...used.values()];
  };
  await until(() => uses().every((count) => count === 10), { what: "ten pools for each peer" });

  // One peer less: nobody exchanges more than two.
  const before = pools.map(({ last }) => new Set((last ?? []).map(({ id }) => id)));
  await members[50]?.leave();
  const isDone = (): boolean =>
    pools.every(({ last }) => last?.length === 10 && !last.some(({ id }) => id === "p50"));
  await until(isDone, { what: "all have another in its place" });
  pools.forEach(({ last }, at) => {
    const fresh = (last ?? []).filter(({ id }) => before[at]?.has(id) !== true);
    assert.ok(fresh.length <= 2, `${fresh.length} new ones for watcher ${at}`);
  });
});

test("a watcher without a survey endpoint cannot have a subset", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = rig.watcher({ roster: registrar.endpoints.roster, service: "cache" });
  await watcher.ready();
  const pool = record(watcher.view$.pipe(subset({ size: 2 })));
  await until(() => pool.errors.length === 1, { what: "an error" });
  assert.ok(code("ERR_NEEDS_SURVEY")(pool.errors[0]));
});

test("when the link to all peers breaks, a guarded pool keeps most of them until they are back", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  for (const id of ["m0", "m1", "m2"]) {
    await rig.join(link.endpoint, { service: "cache", id, reconnectMinMs: 500 });
  }
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 3, { what: "all are listed" });
  const bare = record(watcher.view$.pipe(peersOf()));
  const guarded$ = watcher.view$.pipe(guard());
  const [views, pool] = [record(guarded$), record(guarded$.pipe(peersOf()))];
  link.cut();
  await until(() => bare.now.length === 0, { what: "nobody is left" });
  assert.equal(views.now.authority, "held");
  await until(() => bare.now.length === 3, { what: "all are back" });
  assert.equal(views.now.authority, watcher.view.authority);
  assert.notEqual(views.now.authority, "held");
  assert.equal(pool.now.length, 3);
  // They are lost one by one: the first goes through, since one crash of three is believed.
  const least = Math.min(...pool.values.map((peers) => peers.length));
  assert.ok(least >= 2, `only ${least} were left`);
});
