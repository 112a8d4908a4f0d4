import assert from "node:assert/strict";
import { test } from "node:test";
import type { LeaveProof, Member, Registrar } from "../../lib/index.ts";
import { ids, record } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("a leave is complete once every named consumer has shown it, and then nobody has the peer", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const services = ["cache", "*", ["db", "cache"]];
  const watchers = await Promise.all(services.map((service) => rig.ready(registrar, { service })));
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watchers.every(({ peers }) => peers.length === 1), { what: "all have it" });
  const emitted = watchers.map((watcher) => record(watcher.peers$));
  const started = performance.now();
  const proof = await me.leave({ deadlineMs: 10_000 });
  const tookMs = performance.now() - started;
  assert.deepEqual(
    emitted.map(({ last }) => last),
    [[], [], []],
  );
  assert.equal(proof.complete, true);
  assert.deepEqual([proof.acknowledged.length, proof.missing, proof.anonymous], [3, [], 0]);
  assert.ok(tookMs < 500, `${tookMs} ms is a survey's time`);
  t.diagnostic(`complete after ${tookMs.toFixed(1)} ms`);
});

test("a drain is proven likewise, and the member is still listed", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "it is there" });
  const proof = await me.drain();
  assert.equal(proof.complete, true);
  assert.deepEqual(watcher.peers, []);
  assert.deepEqual(ids(watcher.view.peers), ["c1"]);
  assert.equal((await me.drain()).complete, true, "once more is no other");
  assert.equal((await me.leave()).complete, true);
  assert.deepEqual(watcher.view.peers, []);
});

test("a drain that is begun from within what connection$ tells is proven too", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  let wasLost = false;
  let proof: Promise<LeaveProof> | undefined;
  me.connection$.subscribe(({ kind }) => {
    if (kind !== "live") wasLost = true;
    else if (wasLost) proof ??= me.drain();
  });
  await registrar.close();
  await rig.registrar(registrar.endpoints);
  await until(() => proof !== undefined, { what: "it is connected again" });
  assert.equal((await proof)?.complete, true);
});

test("after a restart of the registrar those who have still to come back are waited for", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watchers = await Promise.all(
    [1, 2, 3].map(() => rig.ready(registrar, { service: "cache", reconnectMinMs: 150 })),
  );
  const me = await rig.join(registrar, { service: "cache", id: "c1", reconnectMinMs: 10 });
  await until(() => watchers.every(({ peers }) => peers.length === 1), { what: "all have it" });
  const states = record(me.connection$);
  await registrar.close();
  await until(() => states.last?.kind === "stale", { what: "the end of it" });
  await rig.registrar(registrar.endpoints);
  await until(() => states.last?.kind === "live", { what: "it is back" });
  const proof = await me.leave();
  assert.ok(watchers.every(({ peers }) => peers.length === 0));
  assert.deepEqual([proof.complete, proof.acknowledged.length], [true, 3]);
});

test("a leave that ends before the registrar has learned is not complete", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1", reconnectMinMs: 10 });
  const states = record(me.connection$);
  await registrar.close();
  await until(() => states.last?.kind === "stale", { what: "the end of it" });
  await rig.registrar(registrar.endpoints);
  await until(() => states.last?.kind === "live", { what: "it is back" });
  const proof = await me.leave({ deadlineMs: 30 });
  assert.deepEqual([proof.complete, proof.missing], [false, [registrar.endpoints.survey]]);
});

test("a watcher that was cut off a moment before is missing, for it may still have the peer", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const link = await rig.proxy(registrar.endpoints.survey);
  const cut = rig.watch(link.endpoint, { service: "cache", reconnectMinMs: 1000 });
  await cut.ready();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => cut.peers.length === 1, { what: "it is there" });
  await link.close();
  await until(() => registrar.counters.consumers === 0, { what: "the cut is noticed" });
  const proof = await me.leave();
  assert.deepEqual([proof.complete, proof.missing.length], [false, 1]);
});

test("a consumer that does not answer is named at the deadline", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const good = await rig.ready(registrar);
  const link = await rig.proxy(registrar.endpoints.survey);
  const deaf = rig.watch(link.endpoint);
  await deaf.ready();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => good.peers.length === 1 && deaf.peers.length === 1, { what: "both have it" });
  link.hold("up");
  const proof = await me.leave({ deadlineMs: 400 });
  assert.equal(proof.complete, false);
  assert.deepEqual([proof.acknowledged.length, proof.missing.length], [1, 1]);
});

test("a registrar out of reach is named, and the goodbye holds for who hears of it", async (t) => {
  const rig = new Rig(t);
  const one = await rig.registrar();
  const two = await rig.registrar();
  const link = await rig.proxy(two.endpoints.survey);
  const watcher = rig.watch(one.endpoints.survey);
  const both = rig.watcher({
    registrar: [one.endpoints.survey, two.endpoints.survey],
    service: "cache",
  });
  await Promise.all([watcher.ready(), both.ready()]);
  const me = await rig.member({
    registrar: [one.endpoints.survey, link.endpoint],
    service: "cache",
    id: "c1",
  });
  await until(() => two.view("cache").peers.length === 1, { what: "both registrars list it" });
  await until(() => both.peers.length === 1 && watcher.peers.length === 1, { what: "it is seen" });
  link.hold("up", "down");
  const proof = await me.leave({ deadlineMs: 600 });
  assert.deepEqual(both.peers, [], "though the second registrar still lists it");
  assert.deepEqual([proof.complete, proof.missing], [false, [link.endpoint]]);
});

test("fifty that leave at one time are all proven", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watchers = await Promise.all([1, 2, 3].map(() => rig.ready(registrar)));
  const members = await Promise.all(
    Array.from({ length: 50 }, (_, n) => rig.join(registrar, { service: "cache", id: `c${n}` })),
  );
  await until(() => watchers.every(({ peers }) => peers.length === 50), { what: "all are there" });
  const proofs = await Promise.all(members.map((member) => member.leave()));
  assert.ok(proofs.every(({ complete }) => complete));
  assert.ok(watchers.every(({ peers }) => peers.length === 0));
});

/** A member that is greeted by a registrar after its restart, and is to wait up to an hour before it joins. */
async function waitingToReturn(
  rig: Rig,
  learningMaxMs = 1000,
): Promise<{ readonly me: Member; readonly registrar: Registrar }> {
  const first = await rig.registrar();
  const me = await rig.join(first, { service: "cache", id: "c1", reconnectMinMs: 10 });
  const views = record(me.view$);
  await until(() => views.last?.peers.length === 1, { what: "it follows" });
  await first.close();
  const { survey } = first.endpoints;
  // Its roster is elsewhere: only a greeting says where.
  const roster = "tcp://127.0.0.1:0";
  const tuning = { rejoinJitterMs: 3_600_000, reconnectMaxMs: 200, learningMaxMs };
  const registrar = await rig.registrar({ survey, roster, ...tuning });
  await until(() => views.last?.sources[0]?.epoch === registrar.epoch, { what: "it is greeted" });
  assert.equal(registrar.counters.members, 0);
  return { me, registrar };
}

function eventsAt(registrar: Registrar): readonly string[] {
  return registrar.explain("cache", "c1")?.events.map(({ event }) => event) ?? [];
}

test("who leaves before its turn to come back says goodbye to the new run at once", async (t) => {
  const { me, registrar } = await waitingToReturn(new Rig(t));
  const started = performance.now();
  const proof = await me.leave({ deadlineMs: 30_000 });
  assert.ok(performance.now() - started < 10_000, "no longer than the registrar learns");
  assert.deepEqual([proof.missing, proof.revision], [[], registrar.view("cache").revision]);
  assert.ok(eventsAt(registrar).includes("gone: goodbye"), eventsAt(registrar).join());
});

test("who closes before its turn to come back says goodbye as well", async (t) => {
  const { me, registrar } = await waitingToReturn(new Rig(t));
  await me.close();
  assert.ok(eventsAt(registrar).includes("gone: goodbye"), eventsAt(registrar).join());
});

test("close ends a leave that would wait longer, and the leave says what is known", async (t) => {
  const { me, registrar } = await waitingToReturn(new Rig(t), 60_000);
  const leaving = me.leave({ deadlineMs: 60_000 });
  const started = performance.now();
  await me.close();
  assert.ok(performance.now() - started < 20_000, "no longer than a moment");
  const { complete, missing } = await leaving;
  assert.deepEqual([complete, missing], [false, [registrar.endpoints.survey]]);
});

test("who drains before its turn to come back is proved", async (t) => {
  const { me, registrar } = await waitingToReturn(new Rig(t));
  const proof = await me.drain({ deadlineMs: 30_000 });
  assert.deepEqual([proof.complete, proof.missing], [true, []]);
  assert.equal(registrar.view("cache").peers[0]?.status, "draining");
});

test("a drain before the second registrar has accepted is proved by both", async (t) => {
  const rig = new Rig(t);
  const [a, b] = [await rig.registrar(), await rig.registrar()];
  const endpoints = [a, b].map(({ endpoints: { survey } }) => survey);
  const me = await rig.member({ registrar: endpoints, service: "cache", id: "c1" });
  const proof = await me.drain({ deadlineMs: 30_000 });
  assert.deepEqual([proof.complete, proof.missing], [true, []]);
});

test("a goodbye to a registrar at which another has the id is not waited for", async (t) => {
  const rig = new Rig(t);
  const [a, b] = [await rig.registrar(), await rig.registrar({ answerWindowMs: 60_000 })];
  const link = await rig.proxy(b.endpoints.survey);
  await rig.join(link.endpoint, { service: "cache", id: "c1" });
  // The holder is asked whether it lives, and its answer does not come.
  link.hold("up");
  const endpoints = [a, b].map(({ endpoints: { survey } }) => survey);
  const me = await rig.member({ registrar: endpoints, service: "cache", id: "c1" });
  const challenged = (): boolean => eventsAt(b).some((event) => event.startsWith("challenged"));
  await until(challenged, { what: "the id is contested" });
  const started = performance.now();
  const proof = await me.leave({ deadlineMs: 30_000 });
  assert.ok(performance.now() - started < 10_000);
  assert.deepEqual([proof.complete, proof.missing], [false, [b.endpoints.survey]]);
});

test("a member that follows its own service leaves with proof, alone and with others that do", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  const mine = record(me.peers$);
  await until(() => ids(mine.last ?? []).includes("c1"), { what: "it lists itself" });
  const alone = await me.leave();
  assert.deepEqual([alone.complete, alone.anonymous, alone.missing], [true, 0, []]);
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, n) => rig.join(registrar, { service: "cache", id: `m${n}` })),
  );
  const lists = all.map((member) => record(member.peers$));
  await until(() => lists.every(({ last }) => last?.length === 10), { what: "all list all" });
  const proofs = await Promise.all(all.map((member) => member.leave()));
  assert.deepEqual(
    proofs.map(({ complete, anonymous, missing }) => [complete, anonymous, missing]),
    proofs.map(() => [true, 0, []]),
  );
});
