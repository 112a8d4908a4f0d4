import assert from "node:assert/strict";
import { test } from "node:test";
import type { Member, Watcher } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import type { Recording } from "../helpers/record.ts";
import { QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** Comes back soon. */
const SOON = { reconnectMinMs: 20 } as const;
const NAMES = ["a", "b", "c", "d", "e"];

function never(lists: Recording<readonly { readonly id: string }[]>, missing: string): void {
  for (const list of lists.values) assert.ok(ids(list).includes(missing), `without ${missing}`);
}

test("a registrar that goes and comes back takes nobody off any list, and everybody rejoins", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar(QUICK);
  const members = await Promise.all(
    NAMES.map((id) => rig.join(first, { service: "cache", id, ...SOON })),
  );
  const watcher = await rig.ready(first, { service: "cache", ...SOON });
  const anonymous = rig.watcher({ roster: first.endpoints.roster, service: "cache", ...SOON });
  const member = members[0] as Member;
  await until(() => watcher.peers.length === 5 && anonymous.peers.length === 5, {
    what: "all are listed",
  });
  const memberLists = record(member.peers$);
  await until(() => memberLists.last?.length === 5, { what: "a member sees all" });
  const lists = [record(watcher.peers$), record(anonymous.peers$), record(member.peers$)];
  const changes = record(watcher.changes$);
  const states = record(watcher.connection$);
  for (let round = 0; round < 3; round += 1) {
    const registrar = round === 0 ? first : await rig.registrar({ ...QUICK, ...first.endpoints });
    await until(() => registrar.counters.members === 5, { what: `all rejoined in round ${round}` });
    await until(() => watcher.view.sources[0]?.epoch === registrar.epoch, { what: "it is heard" });
    await until(() => watcher.view.authority === "live", { what: "it has learned" });
    await registrar.close();
    await until(() => states.last?.kind === "stale", { what: "the loss is noticed" });
  }
  for (const seen of lists) for (const id of NAMES) never(seen, id);
  assert.deepEqual(
    changes.values.map(told),
    NAMES.map((id) => `joined ${id} (present)`),
  );
});

test("who does not come back after a restart leaves as not-returned, once it is known", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar(QUICK);
  await rig.join(first, { service: "cache", id: "stays", ...SOON });
  const raw = rig.raw(first);
  await raw.join("cache", "dies");
  const watcher = await rig.ready(first, { service: "cache", ...SOON });
  const star = await rig.ready(first, { service: "*", ...SOON });
  await until(() => watcher.peers.length === 2 && star.peers.length === 2, {
    what: "both are listed",
  });
  const changes = [record(watcher.changes$), record(star.changes$)];
  const views = record(watcher.view$);
  await first.close();
  raw.close();
  const second = await rig.registrar({ ...QUICK, ...first.endpoints });
  await until(() => second.view("cache").peers.length === 1, { what: "one is back" });
  await until(() => watcher.peers.length === 1 && star.peers.length === 1, {
    what: "the other is out",
  });
  for (const change of changes) {
    assert.deepEqual(change.values.map(told), [
      "joined dies (present)",
      "joined stays (present)",
      "left dies (not-returned)",
    ]);
  }
  // It stayed for as long as the second registrar was learning.
  const last = views.values.findLast(({ peers }) => peers.length === 2);
  assert.notEqual(last?.authority, "live");
});

test("a service of which nobody comes back is empty once the registrar has learned", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar(QUICK);
  const raw = rig.raw(first);
  await raw.join("cache", "dies");
  const watcher = await rig.ready(first, { service: "cache", ...SOON });
  const star = await rig.ready(first, { service: "*", ...SOON });
  const anonymous = rig.watcher({ roster: first.endpoints.roster, service: "cache", ...SOON });
  const all = [watcher, star, anonymous];
  await until(() => all.every(({ peers }) => peers.length === 1), { what: "it is listed" });
  await first.close();
  raw.close();
  await rig.registrar({ ...QUICK, ...first.endpoints });
  await until(() => all.every(({ peers }) => peers.length === 0), { what: "it is out" });
});

test("whoever leaves with a goodbye while the registrar learns is gone at once", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar(QUICK);
  const me = await rig.join(first, { service: "cache", id: "goes", ...SOON });
  const watcher = await rig.ready(first, { service: "cache", ...SOON });
  await until(() => watcher.peers.length === 1, { what: "it is listed" });
  const changes = record(watcher.changes$);
  await first.close();
  const second = await rig.registrar({ ...first.endpoints, ...QUICK, learningMaxMs: 30_000 });
  await until(() => second.counters.members === 1, { what: "it is back" });
  await until(() => watcher.view.sources[0]?.epoch === second.epoch, { what: "the watcher too" });
  assert.equal(second.view("cache").authority, "learning");
  await me.leave();
  await until(() => watcher.peers.length === 0, { what: "it is gone" });
  assert.deepEqual(changes.values.map(told), ["joined goes (present)", "left goes (goodbye)"]);
});

test("a member that said goodbye during the outage does not come back as a ghost", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar(QUICK);
  const stays = await rig.join(first, { service: "cache", id: "stays", ...SOON });
  const goes = await rig.join(first, { service: "cache", id: "goes", ...SOON });
  const watcher = await rig.ready(first, { service: "cache", ...SOON });
  await until(() => watcher.peers.length === 2, { what: "both are listed" });
  const changes = record(watcher.changes$);
  await first.close();
  await goes.close();
  const second = await rig.registrar({ ...QUICK, ...first.endpoints });
  await until(() => watcher.peers.length === 1, { what: "one is out" });
  assert.deepEqual(watcher.peers, [stays.self]);
  assert.deepEqual(changes.values.slice(2).map(told), ["left goes (not-returned)"]);
  assert.equal(second.explain("cache", "goes"), undefined);
});

test("a peer restarted during the outage is a new instance, without a gap in its list", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar(QUICK);
  const before = await rig.join(first, { service: "cache", id: "c1", ...SOON });
  const watcher = await rig.ready(first, { service: "cache", ...SOON });
  await until(() => watcher.peers.length === 1, { what: "it is listed" });
  const changes = record(watcher.changes$);
  const lists = record(watcher.peers$);
  await first.close();
  await before.close();
  const second = await rig.registrar({ ...QUICK, ...first.endpoints });
  const after = await rig.join(second, { service: "cache", id: "c1", ...SOON });
  await until(() => watcher.peers[0]?.instance === after.self.instance, { what: "the new run" });
  assert.ok(lists.values.every((list) => list.length === 1));
  assert.deepEqual(changes.values.map(told), [
    "joined c1 (present)",
    "left c1 (replaced)",
    "joined c1 (new)",
  ]);
});

test("a watcher that comes while the registrar learns gets what is known so far, and says so", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ ...QUICK, learningMaxMs: 30_000 });
  await rig.join(registrar, { service: "cache", id: "c1" });
  const watcher = await rig.ready(registrar);
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  assert.equal(watcher.view.authority, "learning");
});

test("with two registrars, one may die, come back and die again, and nobody is missed", async (t) => {
  const rig = new Rig(t);
  const one = await rig.registrar(QUICK);
  const two = await rig.registrar(QUICK);
  const registrar = [one.endpoints.survey, two.endpoints.survey];
  const options = { registrar, service: "cache", logger: false, ...SOON } as const;
  const members = await Promise.all(NAMES.map((id) => rig.member({ ...options, id })));
  const watcher = rig.watcher(options);
  const rosters = [one.endpoints.roster, two.endpoints.roster];
  const anonymous = rig.watcher({ roster: rosters, service: "cache", ...SOON });
  await until(() => anonymous.peers.length === 5, { what: "the anonymous watcher follows" });
  const unnamed = record(anonymous.peers$);
  const lists = record(watcher.peers$);
  const states = record(watcher.connection$);
  await until(() => lists.last?.length === 5, { what: "all are listed" });
  await until(() => [one, two].every(({ counters }) => counters.members === 5), {
    what: "all are with both",
  });
  await until(() => [watcher, anonymous].every(({ view }) => view.sources.length === 2), {
    what: "both are heard",
  });
  const from = lists.values.length;
  await one.close();
  const again = await rig.registrar({ ...QUICK, ...one.endpoints });
  await until(() => again.counters.members === 5, { what: "all are back with the first" });
  await until(() => again.view("cache").authority === "live", { what: "the first has learned" });
  const trusts = ({ view }: Watcher): boolean =>
    view.sources.some(({ epoch, authority }) => epoch === again.epoch && authority === "live");
  await until(() => trusts(watcher) && trusts(anonymous), { what: "both watchers are back too" });
  await until(() => again.counters.consumers === 1, { what: "the named one is known by name" });
  const { surveys } = again.counters;
  await until(() => again.counters.surveys > surveys + 12, { what: "and has had time to know it" });
  await two.close();
  await members[4]?.leave();
  await until(() => lists.last?.length === 4, { what: "one left" });
  const seen = lists.values.slice(from - 1);
  for (const list of [...seen, ...unnamed.values]) {
    for (const id of NAMES.slice(0, 4)) assert.ok(ids(list).includes(id), `without ${id}`);
  }
  const kinds = states.values.map(({ kind }) => kind).filter((kind) => kind !== "connecting");
  assert.deepEqual(kinds, ["live"]);
  await members[0]?.update({ weight: 7 });
  await until(() => lists.last?.[0]?.weight === 7, { what: "an update by way of the other one" });
});

test("with two registrars, one dead from the start costs nothing", async (t) => {
  const rig = new Rig(t);
  const dead = await rig.registrar();
  await dead.close();
  const alive = await rig.registrar();
  const registrar = [dead.endpoints.survey, alive.endpoints.survey];
  const me = await rig.member({ registrar, service: "cache", id: "c1", logger: false });
  const watcher = rig.watcher({ registrar, service: "cache" });
  await watcher.ready();
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  await me.update({ weight: 2 });
  const started = performance.now();
  const proof = await me.leave();
  assert.ok(performance.now() - started < 2500);
  assert.ok(proof.revision !== null);
  await until(() => watcher.peers.length === 0, { what: "c1 left" });
});

test("a registrar lives inside a member's process, with a second one and many clients", async (t) => {
  const rig = new Rig(t);
  const registrars = [await rig.registrar(), await rig.registrar()];
  const services = ["cache", "api", "queue"];
  const members = await Promise.all(
    registrars.flatMap((registrar, place) =>
      services.flatMap((service) =>
        Array.from({ length: 20 }, (_, i) =>
          rig.join(registrar, { service, id: `${place}-${service}-${i}`, watch: "*" }),
        ),
      ),
    ),
  );
  const lists = members.map((member) => record(member.peers$));
  await until(() => lists.every((list) => list.last?.length === 60), {
    what: "every member sees the sixty of its registrar",
    deadlineMs: 30_000,
  });
  for (const [index, list] of lists.entries()) {
    const place = index < 60 ? "0" : "1";
    assert.ok(list.now.every(({ id }) => id.startsWith(place)));
  }
  const [first, second] = registrars;
  await first?.close();
  // The other one goes on undisturbed.
  await during(100, () => assert.equal(second?.counters.members, 60));
  assert.ok(lists.slice(60).every((list) => list.now.length === 60));
});
