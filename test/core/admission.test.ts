import assert from "node:assert/strict";
import { test } from "node:test";
import { tuneRegistrar } from "../../lib/core/options.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { answerOf, cardOf, EPOCH, joinOf, OTHER_EPOCH, watchOf } from "./samples.ts";

const SECOND_RUN = { instance: "c1-2" };

test("a newcomer is accepted, asked, listed and told so at once", () => {
  const rig = RegistrarRig.live();
  const effects = rig.join("c1");
  const kinds = effects.map((effect) =>
    effect.kind === "reply" ? effect.message.kind : effect.kind,
  );
  assert.deepEqual(kinds, ["publish", "accepted", "recorded", "survey"]);
  assert.deepEqual(rig.replies("c1"), [
    { kind: "accepted", edition: 1, ordinal: null },
    { kind: "recorded", edition: 1, revision: 1 },
  ]);
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("the same instance on another connection is a reconnect and always accepted", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", {}, "old");
  rig.clear();
  rig.join("c1", { edition: 2, card: cardOf({ weight: 5 }) }, "new");
  assert.deepEqual(rig.replies("new"), [{ kind: "accepted", edition: 2, ordinal: null }]);
  rig.pass(100);
  assert.equal(rig.surveyor.published("cache").entries.get("c1")?.card.weight, 5);
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("an old connection that closes after a reconnect changes nothing", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", {}, "old");
  rig.join("c1", {}, "new");
  rig.clear();
  rig.disconnect("old");
  rig.pass(60_000);
  assert.deepEqual(rig.changes(), []);
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("what is said on an old connection after a reconnect no longer counts", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", {}, "old");
  rig.watch("old", ["cache"], { instance: "c1-1" });
  rig.join("c1", { sequence: 2 }, "new");
  rig.clear();
  rig.receive("old", answerOf(1));
  assert.equal(rig.surveyor.consumers, 1, "it consumes until it says so on the new one");
  rig.watch("new", ["cache"], { instance: "c1-1", sequence: 3 });
  assert.equal(rig.surveyor.consumers, 1);
  rig.receive("old", answerOf(1));
  assert.deepEqual(rig.replies("old"), [{ kind: "rejoin" }]);
  rig.pass(3000);
  assert.ok(
    rig.effects.every(({ effect }) => effect.kind !== "survey" || !effect.routes.includes("old")),
  );
});

test("a join that is left over from a connection before the present one changes nothing", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", { sequence: 2 }, "new");
  rig.clear();
  rig.join("c1", { sequence: 1 }, "old");
  rig.disconnect("old");
  rig.pass(60_000);
  assert.deepEqual([rig.replies("old"), rig.changes()], [[], []]);
  assert.deepEqual(rig.list(), ["c1 alive"]);
  rig.disconnect("new");
  rig.join("c1", { sequence: 1 }, "old");
  rig.pass(100);
  assert.deepEqual(rig.list(), ["c1 alive"], "without a connection any counts");
});

test("a join that is left over from before the goodbye brings nobody back", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", { sequence: 2 }, "new");
  rig.receive("new", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(100);
  rig.clear();
  rig.join("c1", { sequence: 1 }, "old");
  rig.join("c1", { sequence: 3 }, "other");
  assert.deepEqual([rig.replies("old"), rig.replies("other"), rig.list()], [[], [], []]);
  rig.join("c1", SECOND_RUN, "again");
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

/** The number that a consumer was given, or undefined where it was not answered. */
function ordinalOf(rig: RegistrarRig, route: string): number | null | undefined {
  const [accepted] = rig.replies(route);
  return accepted?.kind === "accepted" ? accepted.ordinal : undefined;
}

test("a consumer on a new connection counted twice until the end of its old one was noticed", () => {
  const rig = RegistrarRig.live();
  rig.watch("other", ["cache"], { instance: "other" });
  rig.watch("old", ["cache"], { instance: "w" });
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  rig.watch("new", ["cache"], { instance: "w", sequence: 2, ordinal: 1 });
  assert.deepEqual([ordinalOf(rig, "new"), rig.surveyor.consumers], [1, 2]);
  rig.watch("old", ["cache"], { instance: "w", sequence: 1, ordinal: 1 });
  assert.deepEqual([ordinalOf(rig, "old"), rig.surveyor.consumers], [undefined, 2], "left over");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 1000 });
  rig.pass(100);
  const { revision } = rig.surveyor.published("cache");
  for (const route of ["other", "new"]) {
    rig.receive(route, { kind: "acknowledge", epoch: EPOCH, service: "cache", revision });
  }
  const proof = rig.replies("c1").find((message) => message.kind === "proof");
  assert.deepEqual(
    [proof?.acknowledged, proof?.missing],
    [["other", "w"], []],
    "at once, and by all",
  );
  rig.disconnect("old");
  assert.equal(rig.surveyor.consumers, 2);
  rig.pass(3000);
  assert.ok(
    rig.effects.every(({ effect }) => effect.kind !== "survey" || !effect.routes.includes("old")),
  );
});

test("a consumer that comes on a new connection while a proof is collected is asked there", () => {
  const rig = RegistrarRig.live();
  rig.subscribe("D\0cache\0");
  rig.watch("old", ["cache"], { instance: "w" });
  rig.join("c1");
  rig.pass(100);
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 5000 });
  rig.pass(100);
  rig.clear();
  rig.watch("new", ["cache"], { instance: "w", sequence: 2 });
  rig.disconnect("old");
  rig.pass(100);
  const greeted = rig.published.some((message) => message.kind === "announce" && message.fence);
  assert.ok(greeted, "the revision is announced once more");
  assert.ok(!rig.replies("c1").some(({ kind }) => kind === "proof"));
  const { revision } = rig.surveyor.published("cache");
  rig.receive("new", { kind: "acknowledge", epoch: EPOCH, service: "cache", revision });
  const proof = rig.replies("c1").find((message) => message.kind === "proof");
  assert.deepEqual([proof?.acknowledged, proof?.missing], [["w"], []]);
});

test("another key takes no place of a consumer, whatever instance it says it is", () => {
  const rig = RegistrarRig.live();
  const watch = (route: string, key: string, sequence: number): void => {
    const message = watchOf(["cache"], { instance: "w", sequence });
    rig.take({ kind: "received", route, message, key });
  };
  watch("a", "key a", 1);
  watch("b", "key b", 9);
  assert.equal(rig.surveyor.consumers, 2);
  watch("a2", "key a", 2);
  assert.deepEqual([ordinalOf(rig, "a"), ordinalOf(rig, "b")], [0, 1]);
});

test("a newcomer that asks again on another connection was refused by its own earlier join", () => {
  const rig = RegistrarRig.live();
  rig.frozen.add("c1");
  rig.join("c1");
  rig.join("c1", { ...SECOND_RUN, sequence: 1 }, "a");
  rig.join("c1", { ...SECOND_RUN, sequence: 2 }, "b");
  assert.deepEqual(rig.replies("b"), []);
  rig.disconnect("a");
  rig.pass(3000);
  assert.ok(rig.replies("b").some(({ kind }) => kind === "accepted"));
  assert.ok(rig.replies("c1").some((message) => message.kind === "refused"));
});

test("a newcomer that got in while it was contested was refused when the contest ended", () => {
  const rig = RegistrarRig.live();
  rig.frozen.add("c1");
  rig.join("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.join("c1", { ...SECOND_RUN, sequence: 2 }, "new");
  rig.pass(3000);
  assert.ok(rig.replies("new").every(({ kind }) => kind !== "refused"));
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("a contest does not bring back a newcomer that said goodbye meanwhile", () => {
  const rig = RegistrarRig.live();
  rig.frozen.add("c1");
  rig.join("c1");
  rig.join("c1", SECOND_RUN, "a");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.join("c1", { ...SECOND_RUN, sequence: 2 }, "b");
  rig.receive("b", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(3000);
  assert.deepEqual(rig.list(), []);
});

test("a join that is heard after the goodbye, and before that is published, brought the run back", () => {
  const rig = RegistrarRig.live();
  rig.watch("w", ["cache"]);
  rig.join("c1", { sequence: 2 });
  rig.pass(100);
  rig.join("other");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 1000 });
  rig.join("c1", { sequence: 1 }, "old");
  rig.pass(100);
  assert.deepEqual(rig.list(), ["other alive"]);
});

test("a suspect that reconnects is alive again at once", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", {}, "old");
  rig.pass(100);
  rig.disconnect("old");
  assert.deepEqual(rig.list(), ["c1 suspect connection-lost"]);
  rig.pass(100);
  rig.join("c1", {}, "new");
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("a join repeated on the same connection is accepted again, with the card it shows", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.clear();
  rig.join("c1", { edition: 2, card: cardOf({ weight: 5 }) });
  assert.deepEqual(rig.replies("c1")[0], { kind: "accepted", edition: 2, ordinal: null });
  rig.pass(100);
  assert.equal(rig.surveyor.published("cache").entries.get("c1")?.card.weight, 5);
  assert.equal(rig.surveyor.members, 1);
});

test("a suspect that joins again on its connection is alive again at once", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.passFreezeBound();
  assert.deepEqual(rig.list(), ["c1 suspect missed-surveys"]);
  rig.join("c1");
  assert.deepEqual(rig.list(), ["c1 alive"]);
});

test("an older card of a reconnect does not hide the later one", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", { edition: 3, card: cardOf({ weight: 3 }) }, "old");
  rig.join("c1", { edition: 2, card: cardOf({ weight: 2 }) }, "new");
  rig.pass(100);
  assert.equal(rig.surveyor.published("cache").entries.get("c1")?.card.weight, 3);
});

test("another instance asks the holder at once, and is refused when it answers", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.pass(300);
  const asked = rig.join("c1", SECOND_RUN, "new").find((effect) => effect.kind === "survey");
  assert.deepEqual(asked?.kind === "survey" && asked.routes, ["c1"]);
  rig.pass(200);
  assert.deepEqual(rig.replies("new"), []);
  rig.receive("c1", answerOf(asked?.kind === "survey" ? asked.round : 0));
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
  rig.frozen.clear();
  rig.pass(5000);
  assert.equal(rig.holder("c1"), "c1-1");
});

test("an answer from before the challenge does not prove that the holder lives", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.pass(1500);
  const before = lastRound(rig);
  rig.join("c1", SECOND_RUN, "new");
  rig.receive("c1", answerOf(before));
  assert.deepEqual(rig.replies("new"), []);
  rig.pass(800);
  assert.equal(rig.holder("c1"), "c1-2");
});

test("a holder that does not answer is replaced and told so", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.pass(100);
  rig.clear();
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(749);
  assert.equal(rig.holder("c1"), "c1-1");
  rig.pass(1);
  assert.equal(rig.holder("c1"), "c1-2");
  assert.equal(rig.refusal("c1"), "ERR_REPLACED");
  assert.equal(rig.replies("new")[0]?.kind, "accepted");
  assert.deepEqual(
    rig.changes().map((change) => (change.kind === "gone" ? change.cause : change.kind)),
    ["replaced", "put"],
  );
  assert.equal(rig.surveyor.causeOf("cache", "c1", "c1-1"), "replaced");
});

test("a suspect is replaced at once", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.passFreezeBound();
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(20);
  assert.equal(rig.holder("c1"), "c1-2");
  assert.equal(rig.refusal("c1"), "ERR_REPLACED");
});

test("a holder that lost its connection while the registrar learns is not replaced before that ends", () => {
  const rig = new RegistrarRig();
  rig.join("c1", { previous: OTHER_EPOCH });
  rig.disconnect("c1");
  assert.deepEqual(rig.list(), ["c1 alive"]);
  rig.clear();
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(20);
  assert.equal(rig.holder("c1"), "c1-1");
  assert.deepEqual(rig.replies("new"), [], "the newcomer asks again by itself");
  rig.pass(10_000);
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(20);
  assert.equal(rig.holder("c1"), "c1-2");
});

test("a holder that goes away during the challenge has lost", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.disconnect("c1");
  rig.pass(20);
  assert.equal(rig.holder("c1"), "c1-2");
});

test("a holder that says goodbye during the challenge leaves its id to the newcomer", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(800);
  assert.equal(rig.holder("c1"), "c1-2");
  assert.equal(rig.surveyor.causeOf("cache", "c1", "c1-1"), "goodbye");
});

test("a second newcomer is refused while the first waits", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.join("c1", { instance: "c1-3" }, "third");
  assert.equal(rig.refusal("third"), "ERR_ID_TAKEN");
  assert.equal(rig.refusal("new"), undefined);
});

test("a newcomer that asks again and again gains nothing by it", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.pass(100);
  rig.join("c1", SECOND_RUN, "new");
  const asked = lastRound(rig);
  for (let n = 0; n < 50; n += 1) {
    rig.pass(10);
    rig.join("c1", SECOND_RUN, "new");
  }
  assert.equal(lastRound(rig) - asked <= 1, true, "the holder is not asked for each of them");
  rig.receive("c1", answerOf(asked));
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
});

for (const farewell of ["disconnect", "leave"] as const) {
  test(`a newcomer that goes away by ${farewell} gives up`, () => {
    const rig = RegistrarRig.live();
    rig.join("c1");
    rig.frozen.add("c1");
    rig.join("c1", SECOND_RUN, "new");
    if (farewell === "leave") rig.receive("new", { kind: "leave", epoch: EPOCH, proofMs: 0 });
    else rig.disconnect("new");
    rig.pass(1000);
    assert.equal(rig.holder("c1"), "c1-1");
    // Of one that is no member there is nothing more to say to a goodbye.
    const words = farewell === "leave" ? [{ kind: "rejoin" }] : [];
    assert.deepEqual(rig.replies("new"), words);
  });
}

test("a holder that reconnects during the challenge keeps its id", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", {}, "old");
  rig.frozen.add("old");
  rig.join("c1", SECOND_RUN, "new");
  rig.join("c1", {}, "fresh");
  rig.disconnect("old");
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
  rig.pass(2000);
  assert.equal(rig.holder("c1"), "c1-1");
});

test("somebody else who took the id meanwhile is not replaced by the newcomer that waited", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1").add("third");
  rig.join("c1", SECOND_RUN, "new");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.join("c1", { instance: "c1-3" }, "third");
  rig.pass(800);
  assert.equal(rig.holder("c1"), "c1-3");
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
});

test("a stall of the registrar's own is not held against the holder of an id", () => {
  for (const stallMs of [300, 2000]) {
    const rig = RegistrarRig.live();
    rig.join("c1");
    rig.frozen.add("c1");
    rig.pass(100);
    rig.join("c1", SECOND_RUN, "new");
    const asked = lastRound(rig);
    rig.pass(600);
    rig.stall(stallMs);
    // The first thing it reads after the stall is not the answer that waits.
    rig.join("c9");
    rig.receive("c1", answerOf(asked));
    assert.equal(rig.refusal("new"), "ERR_ID_TAKEN", `${stallMs} ms`);
    assert.equal(rig.holder("c1"), "c1-1");
  }
});

test("a newcomer that became another member while it waited is not two members", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.join("c2", {}, "new");
  rig.pass(1000);
  assert.equal(rig.refusal("new"), "ERR_WIRE");
  assert.equal(rig.holder("c1"), "c1-1");
  rig.disconnect("new");
  rig.pass(20_000);
  assert.ok(!rig.list().some((line) => line.startsWith("c2")));
});

test("a replaced instance does not come back", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.disconnect("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(100);
  rig.join("c1", {}, "again");
  assert.equal(rig.refusal("again"), "ERR_REPLACED");
  rig.receive("new", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(100);
  rig.join("c1", {}, "again");
  assert.equal(rig.refusal("again"), "ERR_REPLACED");
});

test("one connection is one member", () => {
  const rig = RegistrarRig.live();
  rig.join("c1", {}, "r");
  for (const change of [{ id: "c2" }, { instance: "other" }, { service: "db" }]) {
    rig.clear();
    rig.join("c1", change, "r");
    assert.equal(rig.refusal("r"), "ERR_WIRE");
  }
  assert.equal(rig.surveyor.members, 1);
});

for (const version of [0, 2, 65_535]) {
  test(`version ${version} of the protocol is refused`, () => {
    const rig = RegistrarRig.live();
    rig.join("c1", { version });
    assert.equal(rig.refusal("c1"), "ERR_VERSION");
    rig.watch("w", ["cache"], { version });
    assert.equal(rig.refusal("w"), "ERR_VERSION");
    assert.deepEqual([rig.surveyor.members, rig.surveyor.consumers], [0, 0]);
  });
}

test("members, services and consumers beyond their limits are refused, and reconnects are not", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ peersMax: 3, servicesMax: 2, consumersMax: 1 }));
  rig.join("c1");
  rig.join("c1", { service: "db" }, "d1");
  rig.join("c1", { service: "web" }, "w1");
  assert.equal(rig.refusal("w1"), "ERR_LIMIT");
  rig.join("c2");
  rig.join("c3");
  assert.equal(rig.refusal("c3"), "ERR_LIMIT");
  rig.join("c2", {}, "c2-again");
  assert.equal(rig.refusal("c2-again"), undefined);
  rig.watch("x", ["cache"]);
  rig.watch("y", ["cache"]);
  rig.watch("x", ["db"]);
  assert.deepEqual([rig.refusal("x"), rig.refusal("y")], [undefined, "ERR_LIMIT"]);
});

test("a newcomer for whom there is no room any more is refused, though it waited", () => {
  const rig = RegistrarRig.live(tuneRegistrar({ peersMax: 1 }));
  rig.join("c1");
  rig.frozen.add("c1");
  rig.join("c1", SECOND_RUN, "new");
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.join("c2");
  rig.pass(1000);
  assert.equal(rig.refusal("new"), "ERR_LIMIT");
});

test("a named consumer is surveyed until it ends its watch or leaves", () => {
  for (const end of [watchOf([]), { kind: "leave", epoch: EPOCH, proofMs: 0 } as const]) {
    const rig = RegistrarRig.live();
    const effects = rig.watch("w", ["cache"]);
    assert.deepEqual(rig.replies("w"), [{ kind: "accepted", edition: 0, ordinal: 0 }]);
    assert.ok(effects.some((effect) => effect.kind === "survey"));
    assert.equal(rig.surveyor.consumers, 1);
    rig.receive("w", end);
    rig.clear();
    rig.pass(3000);
    assert.equal(rig.surveyor.consumers, 0);
    assert.ok(!rig.effects.some(({ effect }) => effect.kind === "survey"));
  }
});

test("a member that ends its watch is surveyed on", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.watch("c1", ["cache"]);
  rig.watch("c1", []);
  rig.clear();
  rig.pass(1000);
  assert.ok(rig.effects.some(({ effect }) => effect.kind === "survey"));
});

test("the samples join as different processes", () => {
  assert.notEqual(joinOf("a").instance, joinOf("b").instance);
});

function lastRound(rig: RegistrarRig): number {
  const rounds = rig.effects.map(({ effect }) => (effect.kind === "survey" ? effect.round : 0));
  return Math.max(...rounds);
}

test("a newcomer that came before a returning member to a new registrar yields the id to it", () => {
  const rig = new RegistrarRig();
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(300);
  assert.equal(rig.holder("c1"), "c1-2", "joins show at once");
  rig.join("c1", { previous: OTHER_EPOCH }, "old");
  rig.pass(50);
  assert.equal(rig.holder("c1"), "c1-1");
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
  assert.equal(rig.refusal("old"), undefined);
});

test("a returning member lost its id for good to a newcomer because the new registrar stalled", () => {
  const rig = new RegistrarRig();
  rig.join("c1", SECOND_RUN, "new");
  rig.pass(300);
  rig.stall(2000);
  rig.take({ kind: "wake" });
  rig.join("c1", { previous: OTHER_EPOCH }, "old");
  rig.pass(1000);
  assert.equal(rig.holder("c1"), "c1-1");
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
});

test("a registrar that merely stood still keeps whom it had listed against one from elsewhere", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.nowMs += rig.tuning.stallMs + 2000;
  rig.take({ kind: "wake" });
  assert.equal(rig.surveyor.authority, "learning");
  rig.join("c1", { ...SECOND_RUN, previous: OTHER_EPOCH }, "new");
  rig.pass(3000);
  assert.equal(rig.holder("c1"), "c1-1");
  assert.equal(rig.refusal("new"), "ERR_ID_TAKEN");
});

test("a member without a connection can be struck from the list; one that is connected is not", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("c2");
  rig.take({ kind: "disconnected", route: "c1", key: "k" });
  assert.deepEqual([...rig.surveyor.away()], [{ service: "cache", id: "c1", key: "k" }]);
  for (const id of ["c1", "c2"]) rig.take({ kind: "struck", service: "cache", id });
  rig.pass(rig.tuning.coalesceMs * 2);
  assert.deepEqual(rig.list(), ["c2 alive"]);
  assert.deepEqual([...rig.surveyor.away()], []);
});
