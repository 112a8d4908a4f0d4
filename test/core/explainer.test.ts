import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistrarRig } from "./registrar-rig.ts";
import { cardOf, EPOCH, LAN, watchOf } from "./samples.ts";

const QUESTION = { kind: "explain", epoch: EPOCH, token: 7, service: "cache", id: "c1" } as const;

test("nothing is known of somebody who never came", () => {
  const rig = RegistrarRig.live();
  assert.equal(rig.surveyor.explain("cache", "c1", rig.nowMs), undefined);
  rig.watch("anybody", ["cache"]);
  rig.clear();
  rig.receive("anybody", QUESTION);
  assert.deepEqual(rig.replies("anybody"), [
    { kind: "explanation", token: 7, found: false, json: "null" },
  ]);
});

test("a living peer is explained by how it stands and what happened to it", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(1000);
  rig.receive("c1", {
    kind: "update",
    epoch: EPOCH,
    edition: 2,
    card: cardOf({ status: "warning" }),
    proofMs: 0,
    bytes: 1,
  });
  rig.pass(500);
  const found = rig.surveyor.explain("cache", "c1", rig.nowMs);
  assert.deepEqual(found, {
    service: "cache",
    id: "c1",
    instance: "c1-1",
    standing: "alive",
    cause: null,
    status: "warning",
    edition: 2,
    connected: true,
    dropped: 0,
    events: [
      {
        agoMs: 1500,
        event: "joined: instance c1-1, edition 1, at 10.0.0.1:8080",
        detail: {
          kind: "joined",
          instance: "c1-1",
          edition: 1,
          address: "10.0.0.1:8080",
          isReturning: false,
        },
        revision: 1,
      },
      {
        agoMs: 500,
        event: "updated: edition 2, warning",
        detail: { kind: "updated", edition: 2, status: "warning" },
        revision: 2,
      },
    ],
    registrar: [],
  });
  rig.clear();
  rig.receive("c1", QUESTION);
  const [reply] = rig.replies("c1");
  assert.deepEqual(reply?.kind === "explanation" && JSON.parse(reply.json), found);
});

const story = (rig: RegistrarRig, id = "c1"): readonly string[] =>
  rig.surveyor.explain("cache", id, rig.nowMs)?.events.map(({ event }) => event) ?? [];

const JOINED = "joined: instance c1-1, edition 1, at 10.0.0.1:8080";

test("a suspect and a departed peer are explained by what led to it", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.disconnect("c1");
  const suspect = rig.surveyor.explain("cache", "c1", rig.nowMs);
  assert.deepEqual(
    [suspect?.standing, suspect?.cause, suspect?.connected],
    ["suspect", "connection-lost", false],
  );
  rig.pass(20_000);
  const gone = rig.surveyor.explain("cache", "c1", rig.nowMs);
  assert.deepEqual(
    [gone?.standing, gone?.instance, gone?.status, gone?.edition, gone?.connected],
    ["gone", null, null, null, false],
  );
  assert.deepEqual(story(rig), [JOINED, "suspect: connection-lost", "gone: connection-lost"]);
  assert.deepEqual(
    gone?.events.map(({ revision }) => revision),
    [1, 2, 3],
  );
});

test("lateness, challenges and what was not judged are part of the story", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(600);
  rig.frozen.add("c1");
  rig.pass(1100);
  rig.frozen.clear();
  rig.pass(1000);
  rig.join("c1", { instance: "c1-2" }, "new");
  rig.stall(1000);
  rig.disconnect("c1");
  assert.deepEqual(story(rig), [
    JOINED,
    "answer is late: round 2, 1 in a row, asked again",
    "answer is late: round 3, 2 in a row, asked again",
    "answered round 4 after 2 without an answer",
    "challenged by instance c1-2",
    "kept its id against instance c1-2",
    "connection lost, not judged while learning",
  ]);
  const found = rig.surveyor.explain("cache", "c1", rig.nowMs);
  assert.deepEqual(
    found?.registrar.map(({ agoMs, event }) => [agoMs, event]),
    [
      [1960, "packets are lost: 1 answered late, 1 members, more questions are asked"],
      [0, "registrar stood still for 1000 ms, is learning"],
    ],
  );
});

test("a frozen peer that thaws: which rounds it missed, and what it says of itself", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  rig.frozen.add("c1");
  rig.passFreezeBound();
  rig.receive("c1", { kind: "answer", epoch: EPOCH, round: 2, stalledMs: 1900 });
  rig.pass(100);
  assert.deepEqual(story(rig), [
    JOINED,
    "answer is late: round 2, 1 in a row, asked again",
    "answer is late: round 3, 2 in a row, asked again",
    "answer is late: round 4, 3 in a row",
    "suspect: missed-surveys",
    "answered round 2 after 3 without an answer, its event loop stood still for 1900 ms",
    "its event loop stood still for 1900 ms",
    "alive again: answered",
  ]);
});

test("reports are counted as they are made, withdrawn and forgotten with their reporters", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("c2");
  for (const route of ["w1", "w2"]) rig.receive(route, watchOf(["cache"], { instance: route }));
  rig.pass(100);
  const report = (route: string, isUnreachable: boolean): void => {
    const of = { service: "cache", id: "c1", instance: "c1-1" };
    rig.receive(route, { kind: "report", epoch: EPOCH, ...of, isUnreachable });
  };
  report("w1", true);
  report("w1", true);
  report("w2", true);
  report("w2", false);
  rig.disconnect("w1");
  rig.pass(LAN.reportTtlMs);
  assert.deepEqual(story(rig).slice(1), [
    "reported unreachable: 1 of 2 that it takes",
    "reported unreachable: 2 of 2 that it takes",
    "suspect: health-check",
    "report withdrawn: 1 of 2 that it takes",
    "alive again: no longer reported",
    "report ended: 0 of 2 that it takes",
  ]);
});

test("a drain and a goodbye say who acknowledged them and who did not", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  for (const route of ["w1", "w2"]) rig.receive(route, watchOf(["cache"], { instance: route }));
  rig.pass(100);
  const card = cardOf({ status: "draining" });
  rig.receive("c1", { kind: "update", epoch: EPOCH, edition: 2, card, proofMs: 500, bytes: 1 });
  rig.pass(50);
  for (const route of ["w1", "w2"]) {
    rig.receive(route, { kind: "acknowledge", epoch: EPOCH, service: "cache", revision: 2 });
  }
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 500 });
  rig.pass(50);
  rig.receive("w2", { kind: "acknowledge", epoch: EPOCH, service: "cache", revision: 3 });
  rig.pass(1000);
  assert.deepEqual(story(rig).slice(1), [
    "updated: edition 2, draining",
    "edition 2 drains in revision 2, to be acknowledged by 2 named consumers, 0 are anonymous",
    "proof complete: edition 2 drains, acknowledged by 2 (w1 w2)",
    "gone: goodbye",
    "goodbye in revision 3, to be acknowledged by 2 named consumers, 0 are anonymous",
    "proof incomplete: goodbye, acknowledged by 1 (w2), missing 1 (w1)",
  ]);
});

test("a mass loss is explained with its numbers, by the registrar and of each peer", () => {
  const rig = RegistrarRig.live();
  const names = Array.from({ length: 30 }, (_, n) => `c${n}`);
  for (const name of names) rig.join(name);
  rig.pass(1000);
  for (const name of names) rig.disconnect(name);
  for (const name of names.slice(2)) rig.join(name, {}, `${name} again`);
  rig.pass(1000);
  assert.deepEqual(story(rig, "c0").slice(1), [
    "suspect: connection-lost",
    "alive again: very many are lost",
    "no longer held: judged now",
    "suspect: connection-lost",
  ]);
  assert.deepEqual(story(rig, "c29").slice(1), [
    "connection lost, held: 30 of 30 are lost",
    "reconnected",
  ]);
  const found = rig.surveyor.explain("cache", "c0", rig.nowMs);
  assert.deepEqual(
    found?.registrar.map(({ event }) => event),
    [
      "registrar holds removals: 27 of 30 lost their connections",
      "registrar judges again: enough are back, 2 to be judged",
    ],
  );
});

test("whoever is refused under a name is written down once, and may not push out its history", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  for (let n = 0; n < 100; n += 1) rig.join("c1", { version: 9, instance: `evil-${n}` }, `r${n}`);
  assert.deepEqual(story(rig), [JOINED, "refused instance evil-0: ERR_VERSION"]);
});
