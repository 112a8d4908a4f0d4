import assert from "node:assert/strict";
import { test } from "node:test";
import type { SurveyorEffect } from "../../lib/core/io.ts";
import { ANY_EPOCH } from "../../lib/core/messages.ts";
import { learningMs, tuneRegistrar } from "../../lib/core/options.ts";
import { Surveyor } from "../../lib/core/surveyor.ts";
import { ALL, ALL_TOPIC, deltaTopic, PULSE_TOPIC, snapshotTopic } from "../../lib/core/topics.ts";
import { assertProgress } from "./checkers.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { answerOf, EPOCH, joinOf, LAN, OTHER_EPOCH, TOKEN } from "./samples.ts";

const SNAPSHOT_TOPIC = snapshotTopic(TOKEN, "cache");

test("a new registrar learns, then judges, and says so once", () => {
  const rig = new RegistrarRig();
  assert.equal(rig.surveyor.authority, "learning");
  rig.pass(learningMs(LAN));
  assert.equal(rig.surveyor.authority, "live");
  const said = rig.effects.filter(({ effect }) => effect.kind === "authority");
  assert.deepEqual(
    said.map(({ effect }) => effect),
    [{ kind: "authority", authority: "live" }],
  );
});

test("the machine looks at the clock ten times a second, so that it sees its own stalls", () => {
  const rig = RegistrarRig.live();
  assert.ok(rig.surveyor.nextDeadlineMs - rig.nowMs <= 100);
  assertProgress(rig.surveyor, { fromMs: rig.nowMs, wakes: 1000, atLeastMs: 10_000 });
});

test("publications are handed out as soon as they are known, and once", () => {
  const rig = RegistrarRig.live();
  const urgent: SurveyorEffect[] = [];
  const input = { kind: "received", route: "c1", message: joinOf("c1") } as const;
  const rest = rig.surveyor.handle(input, rig.nowMs, (effect) => {
    // What is handed out is decided: whoever looks sees it done.
    assert.equal(rig.surveyor.published("cache").revision, 1);
    urgent.push(effect);
  });
  assert.deepEqual(
    urgent.map(({ kind }) => kind),
    ["publish"],
  );
  assert.deepEqual(
    rest.map((effect) => (effect.kind === "reply" ? effect.message.kind : effect.kind)),
    ["accepted", "recorded", "survey"],
  );
});

test("after its own stall the registrar learns, and the disconnects it then reads remove nobody", () => {
  const rig = RegistrarRig.live();
  const ids = Array.from({ length: 20 }, (_, n) => `c${n}`);
  for (const id of ids) rig.join(id);
  rig.pass(5000);
  rig.clear();
  rig.stall(6000);
  for (const id of ids) rig.disconnect(id);
  assert.equal(rig.surveyor.authority, "learning");
  assert.match(rig.notes("registrar.stalled")[0] ?? "", /^6\d\d\d ms$/);
  rig.pass(500);
  for (const id of ids) rig.join(id, { previous: EPOCH }, `${id} again`);
  rig.pass(60_000);
  assert.deepEqual(rig.changes(), []);
  assert.deepEqual(
    rig.list(),
    ids.map((id) => `${id} alive`),
  );
});

test("after its own stall nobody is blamed for the answers that it did not read", () => {
  const rig = RegistrarRig.live();
  for (let n = 0; n < 50; n += 1) rig.join(`c${n}`);
  rig.pass(5000);
  rig.clear();
  for (let n = 0; n < 5; n += 1) {
    rig.stall(3000);
    rig.pass(5000);
  }
  assert.deepEqual(rig.changes(), []);
});

test("a short stall moves the deadlines of those who were asked", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.pass(450);
  rig.stall(400);
  rig.take({ kind: "wake" });
  assert.equal(rig.surveyor.authority, "live");
  rig.receive("c1", answerOf(1));
  const events = rig.surveyor.explain("cache", "c1", rig.nowMs)?.events ?? [];
  assert.deepEqual(
    events.filter(({ detail }) => detail.kind === "late"),
    [],
  );
});

test("messages for another run are noted and dropped, whatever they are", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  const epoch = OTHER_EPOCH;
  rig.join("c2", { epoch });
  rig.receive("c1", { kind: "leave", epoch, proofMs: 0 });
  rig.receive("c1", { ...answerOf(1), epoch });
  assert.deepEqual(rig.notes("message.otherEpoch"), ["join", "leave", "answer"]);
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("who was not greeted yet may come and go without an epoch, and may do nothing else", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", { epoch: ANY_EPOCH });
  rig.pass(100);
  assert.deepEqual(rig.list(), ["c1 alive"]);
  rig.receive("c1", { ...answerOf(1), epoch: ANY_EPOCH });
  // Not refused, because the client that is greeted then asks again in a version that both speak.
  rig.join("c2", { epoch: ANY_EPOCH, version: 9 });
  assert.deepEqual(rig.notes("message.otherEpoch"), ["answer", "join"]);
  assert.deepEqual(rig.replies("c2"), []);
  rig.receive("c1", { kind: "leave", epoch: ANY_EPOCH, proofMs: 0 });
  rig.pass(100);
  assert.deepEqual(rig.list(), []);
});

test("an acknowledgement is taken and changes nothing yet", () => {
  const rig = RegistrarRig.live();
  rig.receive("c1", { kind: "acknowledge", epoch: EPOCH, service: "cache", revision: 1 });
  assert.deepEqual(rig.effects, []);
});

test("what was never opened is empty, at revision 0", () => {
  const rig = RegistrarRig.live();
  assert.deepEqual(rig.surveyor.published("cache"), { revision: 0, entries: new Map() });
  assert.equal(rig.surveyor.causeOf("cache", "c1", "c1-1"), undefined);
  assert.deepEqual(rig.surveyor.services, []);
  rig.join("c1");
  assert.deepEqual(rig.surveyor.services, ["cache"]);
  assert.deepEqual([rig.surveyor.members, rig.surveyor.consumers], [1, 0]);
});

test("a subscriber of the pulse is answered within the coalescing time", () => {
  const rig = RegistrarRig.live();
  rig.subscribe(PULSE_TOPIC);
  rig.clear();
  rig.pass(LAN.coalesceMs);
  assert.ok(rig.published.some(({ kind }) => kind === "pulse"));
});

test("a subscriber of a service is told its revision in the same turn", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  rig.subscribe(deltaTopic("cache"));
  const [greeting] = rig.published;
  assert.deepEqual(greeting?.kind === "announce" && greeting.revision, 1);
});

test("a snapshot is served at once, once, and after the changes that it holds", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  const effects = rig.subscribe(SNAPSHOT_TOPIC);
  const last = effects.at(-1);
  assert.equal(last?.kind === "publish" && last.topic, SNAPSHOT_TOPIC);
  const [snapshot, ...others] = rig.published;
  assert.deepEqual(others, []);
  assert.ok(snapshot?.kind === "snapshot");
  assert.deepEqual([snapshot.all, snapshot.authority, snapshot.epoch], [false, "live", EPOCH]);
  assert.deepEqual(
    snapshot.services.map((list) => [list.service, list.revision, list.entries.length]),
    [["cache", 1, 1]],
  );
  rig.clear();
  rig.pass(500);
  assert.ok(!rig.published.some(({ kind }) => kind === "snapshot"));
});

test("a snapshot of all services says that it is", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("c1", { service: "db" }, "d1");
  rig.clear();
  rig.subscribe(snapshotTopic(TOKEN, ALL));
  const [snapshot] = rig.published;
  assert.ok(snapshot?.kind === "snapshot" && snapshot.all);
  assert.deepEqual(snapshot.services.map(({ service }) => service).toSorted(), ["cache", "db"]);
});

test("a snapshot of a service without peers is empty", () => {
  const rig = RegistrarRig.live();
  rig.subscribe(SNAPSHOT_TOPIC);
  const [snapshot] = rig.published;
  assert.ok(snapshot?.kind === "snapshot");
  assert.deepEqual(snapshot.services, [
    { service: "cache", revision: 0, entries: [], tombstones: [] },
  ]);
});

test("a snapshot that waits for the budget and is no longer wanted is not served", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ snapshotBytesPerSecond: 65_536 }));
  rig.join("c1", { bytes: 70_000 });
  rig.pass(2000);
  rig.clear();
  const topics = ["1", "2", "3"].map((digit) => snapshotTopic(digit.repeat(32), "cache"));
  for (const topic of topics) rig.subscribe(topic);
  rig.take({ kind: "unsubscribed", topic: topics[1] ?? "" });
  rig.pass(3000);
  const served = rig.effects.flatMap(({ effect }) =>
    effect.kind === "publish" && effect.message.kind === "snapshot" ? [effect.topic] : [],
  );
  assert.deepEqual(served, [topics[0], topics[2]]);
});

const STRAYS = [
  "",
  "P",
  "Dcache",
  "D\0",
  "D*\0",
  `S${TOKEN}`,
  snapshotTopic(TOKEN, "s".repeat(256)),
  deltaTopic("ü".repeat(128)),
];

for (const topic of STRAYS) {
  test(`a subscription of ${JSON.stringify(topic.slice(0, 50))} is noted and ignored`, () => {
    const rig = RegistrarRig.live();
    rig.subscribe(topic);
    assert.equal(rig.notes("topic.ignored").length, 1);
    assert.deepEqual(rig.published, []);
    rig.take({ kind: "unsubscribed", topic });
    rig.take({ kind: "unsubscribed", topic: "never subscribed" });
  });
}

test("a subscription that was ignored does not end another's", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ topicsMax: 16 }));
  for (let n = 0; n < 16; n += 1) rig.subscribe(deltaTopic(`s${n}`));
  rig.subscribe(deltaTopic("cache"));
  rig.take({ kind: "unsubscribed", topic: deltaTopic("s1") });
  rig.subscribe(deltaTopic("cache"));
  rig.join("c1");
  // The one who was ignored goes; the other one is still told where the service stands.
  rig.take({ kind: "unsubscribed", topic: deltaTopic("cache") });
  rig.pass(100);
  rig.clear();
  rig.pass(3000);
  assert.ok(rig.published.some((message) => message.kind === "announce"));
});

test("once all subscriptions are over at once, nobody is spoken to", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ topicsMax: 16 }));
  for (let n = 0; n < 16; n += 1) rig.subscribe(deltaTopic(`s${n}`));
  rig.take({ kind: "cleared" });
  rig.join("c1", { service: "s1" });
  rig.pass(100);
  rig.clear();
  rig.pass(3000);
  assert.deepEqual(
    rig.published.filter((message) => message.kind === "announce"),
    [],
  );
  rig.subscribe(deltaTopic("cache"));
  assert.equal(rig.notes("topic.ignored").length, 0, "there is room again");
});

test("whoever is expelled is gone at once, said no goodbye, and is no consumer any more", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.watch("c1", ["cache"]);
  rig.watch("w", ["cache"]);
  rig.pass(100);
  rig.clear();
  for (const route of ["c1", "w", "nobody"]) rig.take({ kind: "expelled", route });
  rig.pass(100);
  assert.deepEqual(rig.changes(), [{ kind: "gone", id: "c1", instance: "c1-1", cause: "unknown" }]);
  assert.deepEqual([rig.surveyor.members, rig.surveyor.consumers], [0, 0]);
  assert.deepEqual(rig.replies("c1"), []);
});

test("topics beyond the limit are ignored until others are given up", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ topicsMax: 16 }));
  for (let n = 0; n < 16; n += 1) rig.subscribe(deltaTopic(`s${n}`));
  rig.clear();
  rig.subscribe(deltaTopic("cache"));
  assert.equal(rig.notes("topic.ignored").length, 1);
  rig.subscribe(deltaTopic("s1"));
  assert.equal(rig.notes("topic.ignored").length, 1);
  rig.take({ kind: "unsubscribed", topic: deltaTopic("cache") });
  rig.take({ kind: "unsubscribed", topic: deltaTopic("s1") });
  rig.subscribe(deltaTopic("cache"));
  assert.equal(rig.notes("topic.ignored").length, 2, "somebody else watches s1");
  rig.take({ kind: "unsubscribed", topic: deltaTopic("s1") });
  rig.subscribe(deltaTopic("cache"));
  assert.equal(rig.notes("topic.ignored").length, 2);
});

test("watchers of all services are watchers of each", () => {
  const rig = RegistrarRig.live();
  rig.subscribe(ALL_TOPIC);
  rig.join("c1");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(100);
  const left = rig.replies("c1").find(({ kind }) => kind === "left");
  assert.equal(left?.kind === "left" && left.anonymous, 1);
  rig.take({ kind: "unsubscribed", topic: ALL_TOPIC });
  rig.join("c2");
  rig.receive("c2", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(100);
  const later = rig.replies("c2").find(({ kind }) => kind === "left");
  assert.equal(later?.kind === "left" && later.anonymous, 0);
});

test("an extra or a late wake-up does no harm", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.watch("w", [ALL]);
  for (let n = 0; n < 100; n += 1) rig.take({ kind: "wake" });
  rig.nowMs += 40;
  rig.take({ kind: "wake" });
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("a join storm makes few publications", () => {
  const rig = RegistrarRig.live();
  for (let n = 0; n < 500; n += 1) {
    rig.join(`c${n}`);
    if (n % 5 === 0) rig.pass(1);
  }
  rig.pass(100);
  assert.equal(rig.list().length, 500);
  const deltas = rig.published.filter(({ kind }) => kind === "delta");
  assert.ok(deltas.length <= 8, `${deltas.length} publications`);
});

test("a machine that was never woken asks to be woken at once", () => {
  const surveyor = new Surveyor({ epoch: EPOCH, tuning: LAN, nowMs: 7 });
  assert.equal(surveyor.nextDeadlineMs, 7);
});

test("a subscriber that names ever new services kept all of them waiting, and others behind them", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  for (let n = 0; n < 10_000; n += 1) {
    rig.subscribe(deltaTopic(`made-up-${n}`));
    rig.take({ kind: "unsubscribed", topic: deltaTopic(`made-up-${n}`) });
  }
  rig.subscribe(deltaTopic("cache"));
  rig.pass(LAN.coalesceMs);
  const announced = (): readonly string[] =>
    rig.published.flatMap((message) => (message.kind === "announce" ? [message.service] : []));
  assert.deepEqual(announced(), ["cache"]);
  rig.pass(500);
  assert.deepEqual(announced(), ["cache"]);
});
