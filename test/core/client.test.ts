import assert from "node:assert/strict";
import { test } from "node:test";
import { ANY_EPOCH } from "../../lib/core/messages.ts";
import type { FromRegistrar } from "../../lib/core/messages.ts";
import { assertProgress } from "./checkers.ts";
import { ClientRig, WATCHER } from "./client-rig.ts";
import {
  ACCEPTED,
  announceOf,
  cardOf,
  CLIENT_LAN,
  deltaOf,
  entryOf,
  EPOCH,
  listOf,
  OTHER_EPOCH,
  pulseOf,
  putOf,
  snapshotOf,
  welcomeOf,
} from "./samples.ts";

const survey = (round: number): FromRegistrar => ({ kind: "survey", round });
const refusal = (code: "ERR_ID_TAKEN" | "ERR_LIMIT" | "ERR_REPLACED"): FromRegistrar => ({
  kind: "refused",
  code,
  text: "no",
});
const REJOIN: FromRegistrar = { kind: "rejoin" };

test("a member dials, joins ahead of the greeting and is live when it is accepted", () => {
  const rig = new ClientRig();
  assert.deepEqual(
    rig.effects.map(({ kind }) => kind),
    ["dial", "send"],
  );
  assert.deepEqual(
    rig.sent().map(({ kind, epoch }) => [kind, epoch]),
    [["join", ANY_EPOCH]],
  );
  rig.clear();
  rig.receive(welcomeOf());
  assert.deepEqual(rig.sentKinds, []);
  assert.deepEqual(rig.client.accepted, []);
  assert.deepEqual(rig.client.connection, { kind: "connecting" });
  rig.clear();
  rig.receive(ACCEPTED);
  assert.deepEqual(rig.effects, [
    { kind: "accepted", source: 0 },
    { kind: "connection", connection: { kind: "live" } },
  ]);
  assert.deepEqual(rig.client.accepted, [0]);
});

test("a member with a key, and one of several registrars, joins when it is greeted", () => {
  for (const setup of [{ hasKeys: true }, { sources: [true, true] }]) {
    const rig = new ClientRig(setup);
    assert.deepEqual(rig.sentKinds, []);
    rig.receive(welcomeOf());
    assert.deepEqual(rig.sentKinds, ["join"]);
  }
});

test("a member that lost the connection before its greeting joins on the next one", () => {
  const rig = new ClientRig();
  rig.clear();
  rig.take({ kind: "lost", source: 0 });
  rig.receive(welcomeOf());
  assert.deepEqual(
    rig.sent().map(({ kind, epoch }) => [kind, epoch]),
    [["join", EPOCH]],
  );
});

test("a member that gets no answer to its early join asks again", () => {
  const rig = new ClientRig();
  rig.receive(welcomeOf());
  rig.clear();
  rig.pass(CLIENT_LAN.helloTimeoutMs);
  assert.deepEqual(rig.sentKinds, ["join"]);
});

test("surveys are answered at once, round by round", () => {
  const rig = ClientRig.accepted();
  rig.receive(survey(7));
  rig.receive(survey(8));
  assert.deepEqual(rig.sent(), [
    { kind: "answer", epoch: EPOCH, round: 7, stalledMs: 0 },
    { kind: "answer", epoch: EPOCH, round: 8, stalledMs: 0 },
  ]);
});

test("a member follows the roster only once somebody listens", () => {
  const rig = ClientRig.accepted();
  assert.equal(rig.client.nextDeadlineMs, rig.nowMs + 100, "nothing is due but its own pulse");
  rig.take({ kind: "follow" });
  assert.equal(rig.count("follow"), 1);
  assert.deepEqual(rig.sentKinds, ["join", "watch"]);
  rig.take({ kind: "follow" });
  assert.equal(rig.count("follow"), 1);
  rig.receive(ACCEPTED);
  rig.receive({ kind: "accepted", edition: 0, ordinal: 4 });
  rig.publish(snapshotOf([listOf("cache", 1, { entries: [entryOf("c1")] })]));
  assert.ok(rig.client.isReady);
  assert.deepEqual(
    rig.client.lister.list().peers.map(({ id }) => id),
    ["c1"],
  );
});

test("a member that listens before it is greeted follows from the greeting on", () => {
  const rig = new ClientRig();
  rig.take({ kind: "follow" });
  assert.equal(rig.count("follow"), 0);
  rig.receive(welcomeOf());
  assert.deepEqual(
    rig.effects.filter(({ kind }) => kind === "follow"),
    [{ kind: "follow", source: 0, roster: "tcp://127.0.0.1:5571" }],
  );
  assert.deepEqual(
    rig.sent().map(({ kind, epoch }) => [kind, epoch]),
    [
      ["join", ANY_EPOCH],
      ["join", EPOCH],
      ["watch", EPOCH],
    ],
  );
});

test("a watcher by survey endpoint becomes a named consumer", () => {
  const rig = new ClientRig(WATCHER);
  rig.receive(welcomeOf());
  assert.deepEqual(rig.sentKinds, ["watch"]);
  rig.receive({ kind: "accepted", edition: 0, ordinal: 1 });
  assert.equal(rig.client.connection.kind, "live");
  assert.equal(rig.client.showing, null);
});

test("a watcher by roster endpoint sends nothing and is live when it hears the pulse", () => {
  const rig = new ClientRig({ ...WATCHER, sources: [false] });
  assert.deepEqual(rig.effects[0], { kind: "follow", source: 0, roster: null });
  rig.publish(pulseOf());
  assert.equal(rig.client.connection.kind, "live");
  rig.pass(3000);
  assert.deepEqual(rig.client.connection, { kind: "stale", sinceMs: 4000 });
  for (const input of ["update", "leave"] as const) {
    rig.take(
      input === "update"
        ? { kind: "update", card: cardOf(), proofMs: 0 }
        : { kind: "leave", proofMs: 0 },
    );
  }
  rig.receive(welcomeOf());
  rig.receive(survey(1));
  rig.receive(refusal("ERR_LIMIT"));
  rig.take({ kind: "lost", source: 0 });
  assert.deepEqual(rig.sent(), []);
  assert.equal(rig.count("refused"), 0);
});

test("what is said by a registrar that does not exist is ignored", () => {
  const rig = ClientRig.accepted();
  assert.deepEqual(rig.receive(survey(1), 7), []);
  assert.deepEqual(rig.take({ kind: "lost", source: -1 }), []);
});

test("a new card is the next edition, sent wherever it is listed and shown where it joins later", () => {
  const rig = new ClientRig({ sources: [true, true] });
  rig.receive(welcomeOf());
  rig.receive(ACCEPTED);
  rig.clear();
  rig.take({ kind: "update", card: cardOf({ weight: 3 }), proofMs: 0 });
  assert.equal(rig.client.showing?.edition, 2);
  assert.deepEqual(rig.sentKinds, ["update"]);
  assert.deepEqual(rig.sent(1), []);
  rig.greet(1);
  const [join] = rig.sent(1);
  assert.deepEqual(join?.kind === "join" && [join.edition, join.card.weight], [2, 3]);
});

test("a card that changed between join and acceptance is sent after it, there alone", () => {
  const rig = new ClientRig({ sources: [true, true] });
  for (const source of [0, 1]) rig.greet(source);
  rig.receive({ ...ACCEPTED, edition: 2 }, 1);
  rig.take({ kind: "update", card: cardOf({ weight: 3 }), proofMs: 0 });
  rig.clear();
  rig.receive(ACCEPTED);
  const [update] = rig.sent();
  assert.deepEqual(update?.kind === "update" && [update.edition, update.card.weight], [2, 3]);
  assert.deepEqual(rig.sent(1), []);
});

/** What was sent, with the edition and the time for a proof of each update. */
function saidBy(rig: ClientRig): readonly string[] {
  return rig.sent().map((message) => {
    return message.kind === "update"
      ? `update ${message.edition} ${message.proofMs}`
      : message.kind;
  });
}

const DRAINING = { kind: "update", card: cardOf({ status: "draining" }), proofMs: 4800 } as const;

test("a proof that was wanted between join and acceptance is asked for, within what is left of its time", () => {
  const rig = new ClientRig();
  rig.greet(0);
  rig.take(DRAINING);
  rig.clear();
  rig.pass(300);
  rig.receive(ACCEPTED);
  assert.deepEqual(saidBy(rig), ["update 2 4500"]);
});

test("a proof whose time is over when it is accepted is not asked for", () => {
  const rig = new ClientRig();
  rig.greet(0);
  rig.take({ ...DRAINING, proofMs: 40 });
  rig.clear();
  rig.pass(50);
  rig.receive(ACCEPTED);
  assert.deepEqual(saidBy(rig), ["update 2 0"]);
});

test("who drains before it is back at a new run joins at once, and asks for its proof", () => {
  const rig = ClientRig.accepted({ services: [] });
  rig.take({ kind: "lost", source: 0 });
  rig.receive(welcomeOf({ epoch: OTHER_EPOCH }));
  assert.deepEqual(rig.sentKinds, [], "its return is spread over the jitter");
  rig.take(DRAINING);
  assert.deepEqual(rig.sentKinds, ["join"]);
  rig.clear();
  rig.receive({ ...ACCEPTED, edition: 2 });
  assert.deepEqual(saidBy(rig), ["update 2 4800"]);
});

test("who leaves before it is back at a new run says who it is, and then goodbye", () => {
  const rig = ClientRig.accepted();
  rig.take({ kind: "lost", source: 0 });
  rig.receive(welcomeOf({ epoch: OTHER_EPOCH }));
  rig.clear();
  rig.take({ kind: "leave", proofMs: 4800 });
  assert.deepEqual(rig.sentKinds, ["join", "leave"]);
  const [join] = rig.sent();
  assert.deepEqual(join?.kind === "join" && [join.previous, join.epoch], [EPOCH, OTHER_EPOCH]);
  rig.clear();
  rig.receive(ACCEPTED);
  rig.pass(60_000);
  assert.deepEqual(rig.sent(), []);
});

test("who leaves while its join is under way says no more than goodbye behind it", () => {
  const rig = new ClientRig();
  rig.greet(0);
  rig.take({ kind: "update", card: cardOf({ weight: 3 }), proofMs: 0 });
  rig.clear();
  rig.take({ kind: "leave", proofMs: 4800 });
  rig.receive(ACCEPTED);
  assert.deepEqual(rig.sentKinds, ["leave"], "its card interests nobody any more");
});

test("who has said goodbye answers no survey, for it would be told that it is not known", () => {
  const rig = ClientRig.accepted();
  rig.take({ kind: "leave", proofMs: 4800 });
  rig.clear();
  rig.receive(survey(1));
  assert.deepEqual(rig.sent(), []);
});

test("a registrar that does not list a member that leaves has nothing more to tell it", () => {
  const rig = new ClientRig();
  rig.greet(0);
  rig.take({ kind: "leave", proofMs: 4800 });
  rig.clear();
  rig.receive(REJOIN);
  assert.deepEqual([rig.sentKinds, rig.count("lost")], [[], 1]);
});

test("the end of a connection is told to who was greeted there, accepted or not", () => {
  const rig = new ClientRig();
  rig.take({ kind: "lost", source: 0 });
  assert.equal(rig.count("lost"), 0);
  rig.greet(0);
  rig.take({ kind: "lost", source: 0 });
  assert.equal(rig.count("lost"), 1);
  rig.greet(0);
  rig.receive(refusal("ERR_LIMIT"));
  assert.equal(rig.count("lost"), 2);
});

test("what a registrar recorded, explained or saw leave is passed on with its source", () => {
  const rig = ClientRig.accepted();
  rig.receive({ kind: "recorded", edition: 2, revision: 9 });
  rig.take({ kind: "explain", token: 5, service: "cache", id: "c1" });
  rig.receive({ kind: "explanation", token: 5, found: false, json: "null" });
  rig.take({ kind: "leave", proofMs: 0 });
  rig.receive({ kind: "left", revision: 10, named: 1, anonymous: 2 });
  assert.deepEqual(rig.effects, [
    { kind: "recorded", source: 0, edition: 2, revision: 9 },
    {
      kind: "send",
      source: 0,
      message: { kind: "explain", epoch: EPOCH, token: 5, service: "cache", id: "c1" },
    },
    { kind: "explanation", source: 0, token: 5, found: false, json: "null" },
    { kind: "send", source: 0, message: { kind: "leave", epoch: EPOCH, proofMs: 0 } },
    { kind: "left", source: 0, revision: 10, named: 1, anonymous: 2 },
  ]);
});

test("a member that is told to rejoin does", () => {
  const rig = ClientRig.accepted();
  rig.receive(REJOIN);
  const [join] = rig.sent();
  assert.deepEqual(join?.kind === "join" && join.previous, EPOCH);
});

test("a member that has left asks for nothing any more, whatever it is told", () => {
  const rig = ClientRig.accepted();
  rig.take({ kind: "follow" });
  rig.take({ kind: "leave", proofMs: 0 });
  rig.clear();
  rig.receive(REJOIN);
  rig.take({ kind: "lost", source: 0 });
  rig.receive(welcomeOf({ epoch: OTHER_EPOCH }));
  rig.pass(60_000);
  assert.deepEqual(rig.sent(), []);
});

test("a lost connection is stale at once, and the member joins again when it is greeted", () => {
  const rig = ClientRig.accepted();
  rig.pass(500);
  rig.take({ kind: "lost", source: 0 });
  assert.deepEqual(rig.client.connection, { kind: "stale", sinceMs: 1500 });
  assert.deepEqual(rig.client.accepted, []);
  assert.equal(rig.count("lost"), 1);
  rig.clear();
  rig.receive(welcomeOf());
  assert.deepEqual(rig.sentKinds, ["join"]);
  rig.receive(ACCEPTED);
  assert.equal(rig.client.connection.kind, "live");
});

test("the return to a new run waits for its jitter", () => {
  const rig = ClientRig.accepted();
  rig.take({ kind: "lost", source: 0 });
  rig.clear();
  rig.receive(welcomeOf({ epoch: OTHER_EPOCH }));
  rig.receive(welcomeOf({ epoch: OTHER_EPOCH }));
  assert.deepEqual(rig.sent(), []);
  rig.pass(200);
  assert.deepEqual(rig.sentKinds, ["join"]);
});

test("a silent registrar is hung up on and dialled again", () => {
  const rig = ClientRig.accepted();
  rig.pass(2500);
  assert.deepEqual(
    rig.effects.map(({ kind }) => kind),
    ["detach", "lost", "connection"],
  );
  rig.pass(100);
  assert.equal(rig.count("dial"), 1);
  rig.pass(60_000);
  assert.ok(rig.count("dial") >= 10 && rig.count("dial") <= 40, `${rig.count("dial")} dials`);
  assert.equal(rig.count("connection"), 1);
});

test("a member that is surveyed is not silent", () => {
  const rig = ClientRig.accepted();
  for (let round = 1; round <= 20; round += 1) {
    rig.pass(1000);
    rig.receive(survey(round));
  }
  assert.equal(rig.count("hangup"), 0);
});

test("a connection on which nobody greets says nothing of a roster that is heard", () => {
  const rig = ClientRig.accepted(WATCHER);
  rig.take({ kind: "follow" });
  rig.publish(pulseOf());
  rig.publish(snapshotOf([listOf("cache", 1, { entries: [entryOf("c1")] })]));
  rig.take({ kind: "lost", source: 0 });
  const { helloTimeoutMs } = CLIENT_LAN;
  const seen: string[] = [];
  for (let spentMs = 0; spentMs < 3 * helloTimeoutMs; spentMs += 500) {
    rig.pass(500);
    rig.publish(pulseOf());
    if (spentMs >= 1000) seen.push(rig.client.lister.list().authority);
  }
  assert.ok(rig.count("hangup") >= 2, "it was hung up");
  assert.deepEqual([...new Set(seen)], ["live"]);
});

test("a refusal for good ends it, and nothing brings it back", () => {
  const rig = ClientRig.accepted();
  rig.receive(refusal("ERR_REPLACED"));
  assert.deepEqual(
    rig.effects.filter(({ kind }) => kind === "refused"),
    [{ kind: "refused", source: 0, code: "ERR_REPLACED", text: "no", final: true }],
  );
  assert.deepEqual(rig.client.connection, { kind: "refused", code: "ERR_REPLACED" });
  rig.clear();
  for (const message of [welcomeOf(), ACCEPTED, REJOIN, survey(1), refusal("ERR_ID_TAKEN")]) {
    rig.receive(message);
  }
  rig.pass(60_000);
  assert.deepEqual(rig.effects, []);
});

test("a refusal for now is tried again, ever less often", () => {
  const rig = new ClientRig();
  for (let n = 0; n < 5; n += 1) {
    rig.receive(welcomeOf());
    rig.receive(refusal("ERR_LIMIT"));
    rig.receive(refusal("ERR_LIMIT"));
    rig.pass(2000);
  }
  assert.equal(rig.count("refused"), 5, "what is said after a hang-up is left over");
  assert.equal(rig.count("hangup"), 5);
  rig.clear();
  rig.receive(welcomeOf());
  rig.receive(refusal("ERR_LIMIT"));
  assert.ok(rig.client.nextDeadlineMs - rig.nowMs >= 1000);
  rig.pass(2000);
  rig.receive(welcomeOf());
  rig.receive(ACCEPTED);
  rig.receive(refusal("ERR_LIMIT"));
  assert.ok(rig.client.nextDeadlineMs - rig.nowMs <= 100, "once accepted, it starts over");
});

test("one refusal of several is not final", () => {
  const rig = new ClientRig({ sources: [true, true] });
  for (const source of [0, 1]) rig.greet(source);
  rig.receive(refusal("ERR_ID_TAKEN"), 0);
  rig.receive(ACCEPTED, 1);
  assert.equal(rig.client.connection.kind, "live");
  rig.receive(refusal("ERR_REPLACED"), 1);
  const finals = rig.effects.flatMap((effect) => (effect.kind === "refused" ? [effect.final] : []));
  assert.deepEqual(finals, [false, true]);
  assert.deepEqual(rig.client.connection, { kind: "refused", code: "ERR_ID_TAKEN" });
});

test("a registrar of another version is refused by the client itself", () => {
  const rig = new ClientRig();
  rig.clear();
  rig.receive(welcomeOf({ versionMin: 2, versionMax: 9 }));
  assert.deepEqual(rig.client.connection, { kind: "refused", code: "ERR_VERSION" });
  assert.deepEqual(rig.sent(), []);
});

test("nothing but a greeting counts on a connection that was not greeted", () => {
  const rig = new ClientRig();
  rig.clear();
  for (const message of [ACCEPTED, REJOIN, survey(1), refusal("ERR_REPLACED")])
    rig.receive(message);
  rig.receive({ kind: "recorded", edition: 1, revision: 1 });
  assert.deepEqual(rig.effects, []);
  assert.equal(rig.client.connection.kind, "connecting");
});

test("a watcher has no card to change", () => {
  const rig = ClientRig.accepted(WATCHER);
  rig.take({ kind: "update", card: cardOf(), proofMs: 0 });
  rig.receive({ kind: "accepted", edition: 0, ordinal: null });
  assert.deepEqual(rig.sent(), []);
  assert.equal(rig.client.showing, null);
});

test("a stall of our own is not the registrar's silence", () => {
  const rig = ClientRig.accepted(WATCHER);
  rig.publish(pulseOf());
  rig.publish(snapshotOf([listOf("cache", 0)]));
  rig.clear();
  rig.nowMs += 30_000;
  rig.receive(survey(1));
  assert.equal(rig.count("hangup"), 0);
  assert.equal(rig.client.connection.kind, "live");
  assert.equal(rig.client.lister.list().authority, "live");
});

test("several registrars make one list, and the loss of one loses nobody", () => {
  const rig = ClientRig.accepted({ ...WATCHER, sources: [true, true] });
  for (const source of [0, 1]) {
    rig.publish(pulseOf(), source);
    rig.publish(
      snapshotOf([listOf("cache", 1, { entries: [entryOf("a"), entryOf("b")] })]),
      source,
    );
  }
  rig.publish(deltaOf(2, [putOf(entryOf("c"))]), 0);
  rig.publish(announceOf(1), 1);
  const before = rig.client.lister.list();
  assert.deepEqual(
    before.usable.map(({ id }) => id),
    ["a", "b", "c"],
  );
  rig.take({ kind: "lost", source: 1 });
  assert.equal(rig.client.connection.kind, "live");
  assert.deepEqual(rig.client.lister.list().usable, before.usable);
});

test("waking when asked makes time pass, connected or not", () => {
  for (const rig of [
    new ClientRig(),
    ClientRig.accepted(),
    ClientRig.accepted({ ...WATCHER, sources: [true, true] }),
    new ClientRig({ ...WATCHER, sources: [false] }),
  ]) {
    assertProgress(rig.client, { fromMs: rig.nowMs, wakes: 1000, atLeastMs: 100_000 });
  }
});

test("a client without registrars wants nothing", () => {
  const rig = new ClientRig({ sources: [] });
  assert.equal(rig.client.nextDeadlineMs, Infinity);
  assert.equal(rig.client.isReady, false);
  assert.deepEqual(rig.client.accepted, []);
});

test("one registrar under two names is asked once, and by the other name when the first fails", () => {
  const rig = new ClientRig({ sources: [true, true] });
  rig.receive(welcomeOf(), 0);
  rig.receive(ACCEPTED, 0);
  rig.clear();
  rig.receive(welcomeOf(), 1);
  assert.deepEqual(rig.sent(1), [], "nothing is asked twice");
  const refused = rig.effects.find((effect) => effect.kind === "refused");
  assert.equal(refused?.kind === "refused" && refused.code, "ERR_SAME_REGISTRAR");
  assert.equal(refused?.kind === "refused" && refused.final, false);
  assert.deepEqual(rig.client.connection, { kind: "live" });
  rig.take({ kind: "lost", source: 0 });
  const redials = (): boolean =>
    rig.effects.some((effect) => effect.kind === "dial" && effect.source === 1);
  for (let n = 0; n < 500 && !redials(); n += 1) rig.pass(10);
  rig.clear();
  rig.receive(welcomeOf(), 1);
  assert.deepEqual(
    rig.sent(1).map(({ kind }) => kind),
    ["join"],
  );
});
