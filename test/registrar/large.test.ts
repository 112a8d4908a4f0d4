import assert from "node:assert/strict";
import { test } from "node:test";
import type { Member } from "../../lib/index.ts";
import { ids, record } from "../helpers/record.ts";
import { QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

const DEADLINE_MS = 30_000;

test("a list of megabytes reaches watchers early and late, whole", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const early = await rig.ready(registrar);
  const metadata = { big: "x".repeat(16_000) };
  const members = await Promise.all(
    Array.from({ length: 150 }, (_, i) => {
      return rig.join(registrar, {
        service: "cache",
        id: `c${i}`,
        metadata: { ...metadata, i: `${i}` },
      });
    }),
  );
  await until(() => early.peers.length === 150, {
    what: "all are listed",
    deadlineMs: DEADLINE_MS,
  });
  const late = await rig.ready(registrar);
  const star = await rig.ready(registrar, { service: "*" });
  for (const watcher of [early, late, star]) {
    assert.equal(watcher.peers.length, 150);
    for (const peer of watcher.peers) {
      assert.equal(`c${peer.metadata["i"]}`, peer.id);
      assert.equal(peer.metadata["big"]?.length, 16_000);
    }
  }
  await Promise.all(members.map((member) => member.update({ weight: 2 })));
  await until(
    () => [early, late, star].every(({ peers }) => peers.every(({ weight }) => weight === 2)),
    {
      what: "all updates are told",
      deadlineMs: DEADLINE_MS,
    },
  );
});

test("a hundred services come and go under the star, and their names are told apart", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, emptyServiceTtlMs: 300 });
  const star = await rig.ready(registrar, { service: "*" });
  const names = Array.from({ length: 100 }, (_, i) => `s${i}`);
  const members = await Promise.all(
    names.map((service) => rig.join(registrar, { service, id: service })),
  );
  await until(() => star.peers.length === 100, { what: "all are listed", deadlineMs: DEADLINE_MS });
  assert.deepEqual(ids(star.peers), [...names].sort());
  assert.ok(star.peers.every(({ service, id }) => service === id));
  await Promise.all(members.slice(1).map((member) => member.leave()));
  await until(() => star.peers.length === 1, {
    what: "all but one are gone",
    deadlineMs: DEADLINE_MS,
  });
  await until(() => registrar.counters.services === 1, { what: "empty services are closed" });
  const late = await rig.ready(registrar, { service: "*" });
  assert.deepEqual(ids(late.peers), ["s0"]);
  assert.equal(late.view.sources.length, 1);
});

test("a service that closed and opened again is told to those who watched it all the while", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, emptyServiceTtlMs: 0 });
  const watcher = await rig.ready(registrar, { service: ["cache", "other"] });
  await rig.join(registrar, { service: "other", id: "stays" });
  const lists = record(watcher.peers$);
  for (const round of [1, 2]) {
    const me = await rig.join(registrar, { service: "cache", id: `c${round}` });
    await until(() => ids(lists.last).includes(`c${round}`), { what: `round ${round} came` });
    await me.leave();
    await until(() => ids(lists.last).join() === "stays", { what: `round ${round} left` });
    await until(() => registrar.counters.services === 1, { what: "the service is closed" });
  }
});

test("a storm of joins makes few publications, and misses nobody", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ coalesceMs: 200 });
  const watcher = await rig.ready(registrar);
  const lists = record(watcher.peers$);
  const joining: Promise<Member>[] = [];
  for (let i = 0; i < 200; i += 1) {
    joining.push(rig.join(registrar, { service: "cache", id: `c${i}` }));
  }
  const started = performance.now();
  await Promise.all(joining);
  await until(() => watcher.peers.length === 200, {
    what: "all are listed",
    deadlineMs: DEADLINE_MS,
  });
  const spells = Math.ceil((performance.now() - started) / 200) + 2;
  assert.ok(lists.values.length <= spells, `${lists.values.length} lists in ${spells} spells`);
});
