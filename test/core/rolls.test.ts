import assert from "node:assert/strict";
import { test } from "node:test";
import type { SurveyorEffect } from "../../lib/core/io.ts";
import { freezeBoundMs, learningMs, tuneRegistrar } from "../../lib/core/options.ts";
import { Rolls } from "../../lib/core/rolls.ts";
import { deltaTopic } from "../../lib/core/topics.ts";
import { deltasOf, RegistrarRig } from "./registrar-rig.ts";
import { cardOf, EPOCH, goneOf, joinOf, LAN, OTHER_EPOCH } from "./samples.ts";

const LEAVE = { kind: "leave", epoch: EPOCH, proofMs: 0 } as const;
const suspicion = (id: string, cause: "connection-lost" | "missed-surveys" | "not-returned") =>
  ({ kind: "standing", id, instance: `${id}-1`, standing: "suspect", cause }) as const;

test("a connection that closes without goodbye makes a suspect, published in the same turn", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  assert.deepEqual(deltasOf(rig.disconnect("c1")), [suspicion("c1", "connection-lost")]);
  assert.deepEqual(rig.list(), ["c1 suspect connection-lost"]);
});

test("the end of a connection that nobody speaks on changes nothing", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.clear();
  rig.disconnect("stranger");
  assert.deepEqual(rig.effects, []);
});

test("a frozen member is suspect within the documented bound, and no sooner than it may be", () => {
  for (let phase = 0; phase < 1000; phase += 90) {
    const rig = RegistrarRig.live();
    rig.join("c1");
    rig.pass(3000 + phase);
    rig.frozen.add("c1");
    const fromMs = rig.nowMs;
    rig.pass(750);
    assert.deepEqual(rig.list(), ["c1 alive"]);
    while (rig.list()[0] === "c1 alive") rig.pass(10);
    assert.ok(rig.nowMs - fromMs <= freezeBoundMs(LAN), `${rig.nowMs - fromMs} ms`);
    assert.deepEqual(rig.list(), ["c1 suspect missed-surveys"]);
  }
});

test("a suspect that answers is alive again", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.passFreezeBound();
  assert.deepEqual(rig.list(), ["c1 suspect missed-surveys"]);
  rig.frozen.clear();
  rig.pass(1100);
  assert.deepEqual(rig.list(), ["c1 alive"]);
  assert.deepEqual(rig.changes().at(-1), {
    ...suspicion("c1", "missed-surveys"),
    standing: "alive",
    cause: null,
  });
});

test("a suspect that does not come back is gone, for the reason it was suspected", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("c2");
  rig.pass(100);
  rig.disconnect("c1");
  rig.pass(LAN.goneAfterMs - 1);
  assert.deepEqual(rig.list(), ["c1 suspect connection-lost", "c2 alive"]);
  rig.pass(2);
  assert.deepEqual(rig.list(), ["c2 alive"]);
  assert.deepEqual(rig.changes().at(-1), { ...goneOf("c1"), cause: "connection-lost" });
  assert.equal(rig.surveyor.members, 1);
});

test("a suspicion that was cleared does not run out later", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.disconnect("c1");
  rig.pass(10_000);
  rig.join("c1", {}, "again");
  rig.pass(1000);
  rig.disconnect("again");
  rig.pass(10_000);
  assert.deepEqual(rig.list(), ["c1 suspect connection-lost"]);
  rig.pass(5100);
  assert.deepEqual(rig.list(), []);
});

test("a goodbye is gone at once, and confirmed a moment later with who was watching", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.watch("w1", ["cache"]);
  rig.watch("w2", ["*"]);
  rig.watch("w3", ["db"]);
  for (let n = 0; n < 5; n += 1) rig.subscribe(deltaTopic("cache"));
  rig.pass(100);
  rig.clear();
  assert.deepEqual(deltasOf(rig.receive("c1", LEAVE)), [goneOf("c1")]);
  assert.deepEqual(rig.replies("c1"), []);
  rig.pass(2);
  assert.deepEqual(rig.replies("c1"), [{ kind: "left", revision: 2, named: 2, anonymous: 3 }]);
  assert.deepEqual(rig.list(), []);
});

test("whose connection closes before its goodbye is confirmed is told nothing", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  rig.receive("c1", LEAVE);
  rig.disconnect("c1");
  rig.pass(100);
  assert.deepEqual(rig.replies("c1"), []);
});

test("more named consumers than subscribers make no negative count", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.watch("w1", ["cache"]);
  rig.pass(100);
  rig.receive("c1", LEAVE);
  rig.pass(2);
  assert.deepEqual(rig.replies("c1").at(-1), { kind: "left", revision: 2, named: 1, anonymous: 0 });
});

test("a goodbye of somebody unknown is no reason to say anything to others", () => {
  const rig = RegistrarRig.live();
  rig.receive("stranger", LEAVE);
  assert.deepEqual(
    rig.effects.map(({ effect }) => effect),
    [{ kind: "reply", route: "stranger", message: { kind: "rejoin" } }],
  );
});

test("a connection that is not known and answers, updates or leaves is told so", () => {
  const rig = RegistrarRig.live();
  rig.receive("stranger", { kind: "answer", epoch: EPOCH, round: 1, stalledMs: 0 });
  rig.receive("stranger", {
    kind: "update",
    epoch: EPOCH,
    edition: 2,
    card: cardOf(),
    proofMs: 0,
    bytes: 1,
  });
  rig.receive("stranger", { ...LEAVE, proofMs: 4800 });
  assert.deepEqual(rig.replies("stranger"), Array(3).fill({ kind: "rejoin" }));
});

test("an answer to a round that was never asked is noted and proves nothing", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.passFreezeBound();
  rig.receive("c1", { kind: "answer", epoch: EPOCH, round: 9999, stalledMs: 0 });
  assert.deepEqual(rig.notes("answer.unasked"), ["9999"]);
  assert.deepEqual(rig.list(), ["c1 suspect missed-surveys"]);
});

test("a member that also consumes is told to join again, when it thaws after it was given up", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.watch("c1", ["cache"]);
  rig.frozen.add("c1");
  rig.pass(freezeBoundMs(LAN) + LAN.goneAfterMs);
  assert.deepEqual([rig.list(), rig.surveyor.consumers], [[], 0]);
  rig.clear();
  rig.pass(3000);
  assert.ok(!rig.effects.some(({ effect }) => effect.kind === "survey"));
  rig.receive("c1", { kind: "answer", epoch: EPOCH, round: 3, stalledMs: 0 });
  assert.deepEqual(rig.replies("c1"), [{ kind: "rejoin" }]);
  rig.join("c1", { previous: EPOCH });
  rig.pass(100);
  assert.deepEqual(rig.list(), ["c1 alive"]);
  assert.equal(
    rig.changes().some((change) => change.kind === "put" && change.returned),
    true,
  );
});

test("an update shows the new card and is recorded with its revision", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  const update = { kind: "update", epoch: EPOCH, edition: 2, proofMs: 0, bytes: 10 } as const;
  const effects = rig.receive("c1", { ...update, card: cardOf({ status: "warning" }) });
  const [put] = deltasOf(effects);
  assert.equal(put?.kind === "put" && put.entry.card.status, "warning");
  assert.deepEqual(rig.replies("c1"), [{ kind: "recorded", edition: 2, revision: 2 }]);
});

test("an update that is not new is recorded and changes nothing", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", { edition: 5 });
  rig.pass(100);
  rig.clear();
  rig.receive("c1", {
    kind: "update",
    epoch: EPOCH,
    edition: 5,
    card: cardOf({ weight: 9 }),
    proofMs: 0,
    bytes: 1,
  });
  rig.pass(100);
  assert.deepEqual(rig.changes(), []);
  assert.deepEqual(rig.replies("c1"), [{ kind: "recorded", edition: 5, revision: 1 }]);
});

test("a silent consumer is asked on and judged by nobody", () => {
  const rig = RegistrarRig.live();
  rig.watch("w", ["cache"]);
  rig.frozen.add("w");
  rig.pass(30_000);
  assert.equal(rig.surveyor.consumers, 1);
  rig.disconnect("w");
  assert.equal(rig.surveyor.consumers, 0);
});

test("while a new registrar learns, those who came back are spared, and others are judged", () => {
  const rig = new RegistrarRig();
  rig.join("back", { previous: OTHER_EPOCH });
  rig.join("new");
  rig.disconnect("back");
  rig.disconnect("new");
  rig.pass(30);
  assert.deepEqual(rig.list(), ["back alive", "new suspect connection-lost"]);
});

test("who lost its connection while the registrar learned and is not back at its end is suspect", () => {
  const rig = new RegistrarRig();
  rig.join("c1", { previous: OTHER_EPOCH });
  rig.join("c2", { previous: OTHER_EPOCH });
  rig.disconnect("c1");
  rig.disconnect("c2");
  rig.pass(1000);
  rig.join("c2", { previous: EPOCH }, "again");
  rig.clear();
  rig.pass(learningMs(LAN));
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(rig.list(), ["c1 suspect not-returned", "c2 alive"]);
  assert.deepEqual(rig.changes(), [suspicion("c1", "not-returned")]);
  rig.pass(LAN.goneAfterMs);
  assert.equal(rig.surveyor.causeOf("cache", "c1", "c1-1"), "not-returned");
});

test("nobody's time runs out while the registrar learns", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ goneAfterMs: 1000 }));
  rig.join("c1");
  rig.disconnect("c1");
  rig.pass(500);
  rig.stall(2000);
  rig.pass(3000);
  assert.deepEqual(rig.list(), ["c1 suspect connection-lost"]);
  rig.pass(1000);
  assert.deepEqual(rig.list(), []);
});

test("a goodbye counts while the registrar learns", () => {
  const rig = new RegistrarRig();
  rig.join("c1", { previous: OTHER_EPOCH });
  rig.receive("c1", LEAVE);
  rig.pass(30);
  assert.deepEqual(rig.list(), []);
});

test("returns extend the learning time", () => {
  const rig = new RegistrarRig();
  for (let n = 0; n < 6; n += 1) {
    rig.pass(1000);
    rig.join(`c${n}`, { previous: OTHER_EPOCH });
  }
  assert.equal(rig.surveyor.authority, "learning");
  rig.pass(1600);
  assert.equal(rig.surveyor.authority, "live");
});

test("a silence that was spared while learning is judged afterwards", () => {
  const rig = new RegistrarRig();
  rig.join("c1", { previous: OTHER_EPOCH });
  rig.frozen.add("c1");
  rig.pass(learningMs(LAN) - 100);
  assert.deepEqual(rig.list(), ["c1 alive"]);
  rig.pass(freezeBoundMs(LAN));
  assert.deepEqual(rig.list(), ["c1 suspect missed-surveys"]);
});

test("a sighting that the table does not know changes nothing", () => {
  const effects: SurveyorEffect[] = [];
  const rolls = new Rolls({
    epoch: EPOCH,
    tuning: LAN,
    nowMs: 0,
    emit: (effect) => void effects.push(effect),
  });
  const member = rolls.registry.admit(joinOf("c1"), "r");
  rolls.judgement.sight(member, "expired", 0);
  rolls.judgement.sight(member, "answered", 0);
  assert.deepEqual([member.entry.standing, effects], ["alive", []]);
  rolls.judgement.sight(member, "connectionLost", 0);
  rolls.judgement.sight(member, "fellSilent", 1);
  assert.deepEqual([member.entry.standing, member.entry.cause], ["suspect", "connection-lost"]);
});
