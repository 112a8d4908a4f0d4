import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report, Watch } from "../../lib/core/messages.ts";
import { learningMs, tuneRegistrar } from "../../lib/core/options.ts";
import { deltaTopic } from "../../lib/core/topics.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { cardOf, EPOCH, LAN, watchOf } from "./samples.ts";

const NAMES = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `c${String(n).padStart(3, "0")}`);

/** A registrar that judges, with so many members. */
function crowd(count: number): { readonly rig: RegistrarRig; readonly names: readonly string[] } {
  const rig = RegistrarRig.live();
  const names = NAMES(count);
  for (const name of names) rig.join(name);
  rig.pass(1500);
  rig.clear();
  return { rig, names };
}

/** The same, whose turns to be asked are spread over the interval because they came one by one. */
function comers(count: number): { readonly rig: RegistrarRig; readonly names: readonly string[] } {
  const rig = RegistrarRig.live();
  const names = NAMES(count);
  for (const name of names) {
    rig.join(name);
    rig.pass(LAN.surveyIntervalMs / count);
  }
  rig.pass(1500);
  rig.clear();
  return { rig, names };
}

const suspects = (rig: RegistrarRig): readonly string[] =>
  rig.list().filter((line) => line.includes("suspect"));

for (const [all, dead] of [
  [1, 1],
  [2, 2],
  [3, 1],
  [3, 3],
  [10, 4],
  [1000, 300],
] as const) {
  test(`${dead} of ${all} that freeze at one time are out within the bound`, () => {
    const { rig, names } = crowd(all);
    for (const name of names.slice(0, dead)) rig.frozen.add(name);
    rig.passFreezeBound();
    assert.equal(suspects(rig).length, dead);
    assert.equal(rig.surveyor.authority, "live");
  });
}

for (const [all, most] of [
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [10, 4],
  [100, 30],
  [1000, 300],
] as const) {
  for (const [come, fleet] of [
    ["at one time", crowd],
    ["one by one", comers],
  ] as const) {
    test(`of ${all} that came ${come}, ${most} may fall silent, and none is removed where one more does`, () => {
      const few = fleet(all);
      for (const name of few.names.slice(0, most)) few.rig.frozen.add(name);
      few.rig.passFreezeBound();
      assert.equal(suspects(few.rig).length, most);
      if (most === all) return;
      const many = fleet(all);
      for (const name of many.names.slice(0, most + 1)) many.rig.frozen.add(name);
      many.rig.pass(6000);
      assert.deepEqual(suspects(many.rig), []);
      assert.equal(many.rig.surveyor.authority, "held");
    });
  }
}

test("400 of 1,000 fall silent, and those judged before it was known how many come back", () => {
  const { rig, names } = crowd(1000);
  for (const name of names.slice(0, 400)) rig.frozen.add(name);
  rig.pass(6000);
  assert.deepEqual(suspects(rig), []);
  assert.equal(rig.surveyor.authority, "held");
  assert.deepEqual(rig.notes("registrar.holding").length, 1);
  rig.frozen.clear();
  rig.pass(3000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(suspects(rig), []);
});

test("seven of seven whose turns to be asked are far apart fall silent, and all stay", () => {
  const { rig, names } = comers(7);
  for (const name of names) rig.frozen.add(name);
  rig.pass(3000);
  assert.deepEqual(suspects(rig), []);
  assert.equal(rig.surveyor.authority, "held");
  rig.pass(LAN.holdMaxMs + 2000);
  assert.equal(suspects(rig).length, 7);
});

test("members that fall silent one after the other, each in its own window, are removed", () => {
  const { rig, names } = comers(12);
  for (const name of names) {
    rig.frozen.add(name);
    rig.pass(LAN.surveyIntervalMs);
  }
  rig.passFreezeBound();
  assert.equal(suspects(rig).length, 12);
  assert.deepEqual(rig.notes("registrar.holding"), []);
});

test("half of a crowd falls silent: nobody is removed, and all is said when it comes back", () => {
  const { rig, names } = crowd(40);
  for (const name of names.slice(0, 20)) rig.frozen.add(name);
  rig.pass(6000);
  assert.deepEqual(suspects(rig), []);
  assert.equal(rig.surveyor.authority, "held");
  assert.ok(rig.published.some((message) => message.kind === "pulse"));
  assert.deepEqual(rig.notes("registrar.holding"), [
    "registrar holds removals: 13 of 40 are silent",
  ]);
  const told = rig.surveyor.explain("cache", names[0] ?? "", rig.nowMs);
  assert.match(told?.events.at(-1)?.event ?? "", /fell silent, held: 20 of 40 are lost/);
  rig.frozen.clear();
  rig.pass(3000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(suspects(rig), []);
  assert.deepEqual(rig.notes("registrar.released"), [
    "registrar judges again: enough are back, 0 to be judged",
  ]);
});

test("those silent were removed once they had given up their connections, long before the ceiling", () => {
  const { rig, names } = crowd(40);
  for (const name of names.slice(0, 20)) rig.frozen.add(name);
  rig.pass(2300);
  assert.equal(rig.surveyor.authority, "held");
  for (const name of names.slice(0, 20)) rig.disconnect(name);
  rig.pass(1000);
  assert.deepEqual(suspects(rig), []);
  assert.equal(rig.surveyor.authority, "held");
  for (const name of names.slice(0, 10)) rig.join(name, {}, `${name} again`);
  rig.pass(1000);
  assert.equal(rig.surveyor.authority, "live");
  assert.equal(suspects(rig).length, 10);
});

test("those who stay silent are removed at the ceiling, and it holds no second time for them", () => {
  const { rig, names } = crowd(20);
  for (const name of names.slice(0, 15)) rig.frozen.add(name);
  rig.pass(LAN.holdMaxMs);
  assert.deepEqual(suspects(rig), []);
  rig.pass(5000);
  assert.equal(suspects(rig).length, 15);
  assert.equal(rig.surveyor.authority, "live");
  rig.pass(LAN.goneAfterMs + 1000);
  assert.equal(rig.list().length, 5);
});

test("all connections close at one time: the first ones come back, and nobody is lost who returns", () => {
  const { rig, names } = crowd(30);
  for (const name of names) rig.disconnect(name);
  rig.pass(50);
  assert.deepEqual(suspects(rig), []);
  assert.equal(rig.surveyor.authority, "held");
  for (const name of names.slice(0, 28)) rig.join(name, {}, `${name} again`);
  rig.pass(1000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(suspects(rig), ["c028 suspect connection-lost", "c029 suspect connection-lost"]);
});

test("all that lived lost their connections, and were removed because of the suspects beside them", () => {
  const { rig, names } = crowd(20);
  for (const name of names.slice(0, 3)) rig.disconnect(name);
  rig.pass(2000);
  for (const name of names.slice(3)) rig.disconnect(name);
  rig.pass(50);
  assert.equal(rig.surveyor.authority, "held");
  assert.equal(suspects(rig).length, 3);
  assert.deepEqual(rig.notes("registrar.holding"), [
    "registrar holds removals: 16 of 17 lost their connections",
  ]);
});

test("a goodbye goes through while removals are held", () => {
  const { rig, names } = crowd(30);
  for (const name of names.slice(1)) rig.disconnect(name);
  rig.pass(50);
  assert.equal(rig.surveyor.authority, "held");
  rig.receive("c000", { kind: "leave", epoch: EPOCH, proofMs: 0 });
  rig.pass(50);
  assert.equal(rig.list().length, 29);
});

test("a member that stood still is warning for a while, with the length of it, and never dead for it", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.frozen.add("c1");
  rig.clear();
  rig.pass(1100);
  const asked = rig.effects.findLast(({ effect }) => effect.kind === "survey")?.effect;
  rig.frozen.clear();
  const round = asked?.kind === "survey" ? asked.round : 0;
  rig.receive("c1", { kind: "answer", epoch: EPOCH, round, stalledMs: 1700 });
  rig.pass(50);
  const entry = (): number | undefined =>
    rig.surveyor.published("cache").entries.get("c1")?.stalledMs;
  assert.equal(entry(), 1700);
  assert.deepEqual(rig.list(), ["c1 alive"]);
  rig.pass(LAN.warnForMs + 100);
  assert.equal(entry(), 0);
  rig.receive("c1", { kind: "answer", epoch: EPOCH, round, stalledMs: 700 });
  rig.pass(50);
  assert.equal(entry(), 0, "a short one is not shown");
});

const report = (isUnreachable: boolean, id = "c1"): Report => {
  return { kind: "report", epoch: EPOCH, service: "cache", id, instance: `${id}-1`, isUnreachable };
};

/** Four members, four named consumers. */
function watched(): RegistrarRig {
  const rig = RegistrarRig.live();
  for (const id of ["c1", "c2", "c3", "c4"]) rig.join(id);
  for (const route of ["w1", "w2", "w3", "w4"]) rig.watch(route, ["cache"]);
  rig.pass(1000);
  return rig;
}

test("a peer that several consumers cannot reach is suspect, answers or not, until they say otherwise", () => {
  const rig = watched();
  rig.receive("w1", report(true));
  rig.pass(100);
  assert.deepEqual(suspects(rig), []);
  rig.receive("w2", report(true));
  rig.pass(2 * LAN.goneAfterMs - 15_000);
  assert.deepEqual(suspects(rig), ["c1 suspect health-check"]);
  rig.receive("w1", report(false));
  rig.pass(50);
  assert.deepEqual(suspects(rig), []);
});

test("it comes back by itself when the reports expire, and is not gone meanwhile", () => {
  const rig = watched();
  for (const route of ["w1", "w2"]) rig.receive(route, report(true));
  rig.pass(LAN.reportTtlMs - 1000);
  assert.deepEqual(suspects(rig), ["c1 suspect health-check"]);
  rig.pass(LAN.reportTtlMs / 2);
  assert.deepEqual(suspects(rig), []);
});

test("a peer that died while it was reported was listed for ever once the reports were withdrawn", () => {
  const rig = watched();
  for (const route of ["w1", "w2"]) rig.receive(route, report(true));
  rig.disconnect("c1");
  rig.receive("w1", report(false));
  rig.pass(50);
  assert.deepEqual(suspects(rig), ["c1 suspect connection-lost"]);
  rig.pass(LAN.goneAfterMs);
  assert.deepEqual(rig.list(), ["c2 alive", "c3 alive", "c4 alive"]);
});

test("a dead peer had its time to come back anew whenever a reporter withdrew", () => {
  const rig = watched();
  rig.disconnect("c1");
  for (const route of ["w1", "w2"]) rig.receive(route, report(true));
  rig.pass(14_000);
  rig.receive("w1", report(false));
  rig.pass(1500);
  assert.deepEqual(rig.list(), ["c2 alive", "c3 alive", "c4 alive"]);
});

const both = (rig: RegistrarRig): void => {
  for (const route of ["w1", "w2"]) rig.receive(route, report(true));
};

test("a peer that died after its time as a suspect had passed under reports is gone in its time, reported or not", () => {
  const rig = watched();
  both(rig);
  rig.pass(LAN.goneAfterMs + 1000);
  both(rig);
  rig.disconnect("c1");
  rig.pass(LAN.goneAfterMs + 1000);
  assert.deepEqual(rig.list(), ["c2 alive", "c3 alive", "c4 alive"]);
});

test("a reported peer whose end was spared while the registrar learned is gone once nobody reports it", () => {
  const rig = watched();
  both(rig);
  rig.pass(LAN.goneAfterMs + 1000);
  both(rig);
  rig.stall(2000);
  rig.disconnect("c1");
  rig.pass(5000);
  rig.receive("w1", report(false));
  rig.pass(LAN.goneAfterMs + 1000);
  assert.deepEqual(rig.list(), ["c2 alive", "c3 alive", "c4 alive"]);
});

test("a reported peer that falls silent does not come back with the reports, and is gone in its time", () => {
  const rig = watched();
  both(rig);
  rig.frozen.add("c1");
  rig.pass(4000);
  assert.deepEqual(suspects(rig), ["c1 suspect missed-surveys"]);
  rig.receive("w1", report(false));
  rig.pass(50);
  assert.deepEqual(suspects(rig), ["c1 suspect missed-surveys"]);
  both(rig);
  rig.pass(LAN.goneAfterMs);
  assert.deepEqual(rig.list(), ["c2 alive", "c3 alive", "c4 alive"]);
});

test("a reported peer that lost its connection, came back and answered was gone all the same", () => {
  const rig = watched();
  both(rig);
  rig.disconnect("c1");
  rig.pass(50);
  assert.deepEqual(suspects(rig), ["c1 suspect connection-lost"]);
  rig.join("c1", { previous: EPOCH, sequence: 2 }, "c1b");
  rig.pass(LAN.goneAfterMs + 1000);
  assert.deepEqual(suspects(rig), ["c1 suspect health-check"]);
  for (const route of ["w1", "w2"]) rig.receive(route, report(false));
  rig.pass(50);
  assert.deepEqual(suspects(rig), []);
});

test("a reported peer is needed at once when the others say goodbye or drain", () => {
  const leave = { kind: "leave", epoch: EPOCH, proofMs: 0 } as const;
  const drain = { kind: "update", epoch: EPOCH, edition: 2, proofMs: 0, bytes: 10 } as const;
  const draining = { ...drain, card: cardOf({ status: "draining" }) };
  for (const message of [leave, draining]) {
    const rig = watched();
    both(rig);
    rig.pass(50);
    assert.deepEqual(suspects(rig), ["c1 suspect health-check"]);
    for (const route of ["c2", "c3", "c4"]) rig.receive(route, message);
    rig.pass(100);
    assert.deepEqual(suspects(rig), [], message.kind);
  }
});

test("reports of strangers, of members that do not watch, and about another run are not heard", () => {
  const rig = watched();
  for (const route of ["stranger", "c2", "c3"]) rig.receive(route, report(true));
  for (const route of ["w1", "w2"]) rig.receive(route, { ...report(true), instance: "c1-9" });
  rig.pass(100);
  assert.deepEqual(suspects(rig), []);
});

test("one key that opened many watchers kept the reports of others from counting", () => {
  const rig = RegistrarRig.live();
  for (const id of ["c1", "c2", "c3", "c4"]) rig.join(id);
  const speak = (route: string, key: string, message: Report | Watch): void => {
    rig.take({ kind: "received", route, key, message });
  };
  const come = (route: string, key: string): void => {
    speak(route, key, watchOf(["cache"], { instance: `${route}-1` }));
  };
  for (let n = 0; n < 12; n += 1) come(`silent-${n}`, "greedy");
  come("w1", "one");
  come("w2", "other");
  rig.pass(1000);
  speak("w1", "one", report(true));
  speak("silent-1", "greedy", report(false));
  assert.deepEqual(suspects(rig), []);
  speak("w2", "other", report(true));
  rig.pass(50);
  assert.deepEqual(suspects(rig), ["c1 suspect health-check"]);
});

test("watchers of one service took out peers of another, or of one that they follow no more", () => {
  const rig = watched();
  for (const route of ["d1", "d2"]) rig.watch(route, ["db"]);
  for (const route of ["d1", "d2"]) rig.receive(route, report(true));
  rig.pass(50);
  assert.deepEqual(suspects(rig), []);
  rig.receive("w1", report(true));
  rig.watch("w1", ["db"], { sequence: 2 });
  rig.receive("w2", report(true));
  rig.pass(50);
  assert.deepEqual(suspects(rig), []);
  rig.watch("w1", ["*"], { sequence: 3 });
  rig.receive("w1", report(true));
  rig.pass(50);
  assert.deepEqual(suspects(rig), ["c1 suspect health-check"]);
});

test("a leave with proof goes out as a fence, and is proven when all have acknowledged", () => {
  const rig = watched();
  rig.clear();
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 1000 });
  const delta = rig.published.find((message) => message.kind === "delta");
  assert.ok(delta?.kind === "delta" && delta.fence);
  const { revision } = delta;
  for (const route of ["w1", "w2", "w3"]) {
    rig.receive(route, { kind: "acknowledge", epoch: EPOCH, service: "cache", revision });
  }
  assert.deepEqual(
    rig.replies("c1").map(({ kind }) => kind),
    ["left"],
  );
  rig.receive("w4", { kind: "acknowledge", epoch: EPOCH, service: "cache", revision });
  const proof = rig.replies("c1").at(-1);
  assert.ok(proof?.kind === "proof" && proof.missing.length === 0);
  assert.equal(proof.acknowledged.length, 4);
});

test("while a fence is open the service is announced with it, and after it no more", () => {
  const rig = watched();
  rig.subscribe(deltaTopic("cache"));
  rig.pass(100);
  rig.clear();
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 2500 });
  rig.pass(4500);
  const fences = rig.published.flatMap((message) =>
    message.kind === "announce" ? [message.fence] : [],
  );
  assert.ok(fences.includes(true));
  assert.equal(fences.at(-1), false);
  const proof = rig.replies("c1").at(-1);
  assert.ok(proof?.kind === "proof" && proof.missing.length === 4);
});

test("what is held is still held after a stall of the registrar, whoever learned meanwhile", () => {
  const { rig, names } = crowd(30);
  for (const name of names) rig.disconnect(name);
  rig.pass(50);
  rig.stall(2000);
  rig.pass(6000);
  assert.deepEqual(suspects(rig), []);
  for (const name of names) rig.join(name, {}, `${name} again`);
  rig.pass(1000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(suspects(rig), []);
});

/** Who had become a suspect when the registrar first said again that it judges. */
function toldBeforeLive(rig: RegistrarRig): readonly string[] {
  const at = rig.published.findIndex(({ authority }) => authority === "live");
  assert.ok(at >= 0, "it says that it judges");
  return rig.published.slice(0, at + 1).flatMap((message) => {
    if (message.kind !== "delta") return [];
    return message.changes.flatMap((change) =>
      change.kind === "standing" && change.standing === "suspect" ? [change.id] : [],
    );
  });
}

test("the frozen came back when a hold ended: they are judged before it is said that all is judged", () => {
  const { rig, names } = crowd(40);
  for (const name of names.slice(0, 20)) rig.frozen.add(name);
  rig.pass(6000);
  assert.equal(rig.surveyor.authority, "held");
  rig.clear();
  for (const name of names.slice(0, 10)) rig.frozen.delete(name);
  rig.pass(3000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(toldBeforeLive(rig).toSorted(), names.slice(10, 20));
  assert.equal(rig.notes("registrar.released").length, 1);
  assert.equal(suspects(rig).length, 10);
});

test("the frozen came back when learning ended after a stall: they are judged before", () => {
  const { rig, names } = crowd(40);
  for (const name of names.slice(0, 5)) rig.frozen.add(name);
  rig.stall(3000);
  rig.pass(1);
  assert.equal(rig.surveyor.authority, "learning");
  rig.clear();
  rig.pass(LAN.learningMaxMs);
  assert.deepEqual(toldBeforeLive(rig).toSorted(), names.slice(0, 5));
});

test("whoever thaws while a hold ends is asked once more, and stays", () => {
  const tuning = tuneRegistrar({ surveyIntervalMs: 5000 });
  const rig = RegistrarRig.live(tuning);
  const names = NAMES(40);
  for (const name of names) rig.join(name);
  rig.pass(6000);
  // One of them is enough to end it, and the turns of the others come up to 5 s later.
  for (const name of names.slice(0, 13)) rig.frozen.add(name);
  rig.pass(10_000);
  assert.equal(rig.surveyor.authority, "held");
  rig.clear();
  rig.frozen.clear();
  rig.pass(3000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(toldBeforeLive(rig), []);
});

test("the frozen came back after a stall on a path that loses packets, where more questions are asked", () => {
  const tuning = tuneRegistrar({ preset: "wan", lossyMissedMax: 20 });
  const rig = RegistrarRig.live(tuning);
  for (const name of NAMES(40)) rig.join(name);
  rig.pass(3000);
  // One member in a hundred that answers late makes the path a lossy one.
  rig.frozen.add("c039");
  rig.pass(tuning.surveyIntervalMs + tuning.answerWindowMs + tuning.probeIntervalMs);
  rig.frozen.clear();
  rig.pass(3000);
  assert.equal(rig.notes("registrar.pathLossy").length, 1);
  for (const name of NAMES(3)) rig.frozen.add(name);
  rig.stall(6000);
  rig.pass(1);
  assert.equal(rig.surveyor.authority, "learning");
  rig.clear();
  rig.pass(tuning.learningMaxMs);
  assert.deepEqual(toldBeforeLive(rig).toSorted(), NAMES(3));
});

test("a reported peer that froze came back when the report of it ended: its silence was spared", () => {
  const { rig, names } = crowd(40);
  const [dead = "", ...others] = names;
  const report = (isUnreachable: boolean): void => {
    for (const name of others.slice(0, 3)) {
      const message = { kind: "report", epoch: EPOCH, service: "cache", id: dead } as const;
      const instance = rig.surveyor.explain("cache", dead, rig.nowMs)?.instance ?? "";
      rig.take({ kind: "received", route: name, message: { ...message, instance, isUnreachable } });
    }
  };
  for (const name of others.slice(0, 3)) {
    rig.take({
      kind: "received",
      route: name,
      message: watchOf(["cache"], { instance: `${name}-1` }),
    });
  }
  report(true);
  rig.pass(200);
  assert.match(suspects(rig).join(), /health-check/);
  rig.frozen.add(dead);
  rig.stall(3000);
  rig.pass(learningMs(LAN) + 50);
  assert.equal(rig.surveyor.authority, "live");
  assert.match(suspects(rig).join(), /missed-surveys/);
  report(false);
  rig.pass(200);
  assert.match(suspects(rig).join(), /missed-surveys/);
});

test("a block of the registrar while it called was taken for the silence of those who lived", () => {
  const tuning = tuneRegistrar({ preset: "local" });
  const rig = RegistrarRig.live(tuning);
  for (const name of NAMES(10)) rig.join(name);
  rig.pass(1500);
  for (const name of NAMES(2)) rig.frozen.add(name);
  rig.stall(3000);
  rig.pass(1);
  rig.clear();
  // They thaw before the call, and the clock is late over it, though not so late that it is a stall.
  rig.pass(learningMs(tuning) - tuning.answerWindowMs - 40);
  assert.equal(rig.surveyor.authority, "learning");
  rig.frozen.clear();
  rig.nowMs += tuning.stallMs - 20;
  rig.pass(2000);
  assert.equal(rig.surveyor.authority, "live");
  assert.deepEqual(toldBeforeLive(rig), []);
});
