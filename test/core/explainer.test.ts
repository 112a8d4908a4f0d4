import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistrarRig } from "./registrar-rig.ts";
import { cardOf, EPOCH } from "./samples.ts";

const QUESTION = { kind: "explain", epoch: EPOCH, token: 7, service: "cache", id: "c1" } as const;

test("nothing is known of somebody who never came", () => {
  const rig = RegistrarRig.live();
  assert.equal(rig.surveyor.explain("cache", "c1", rig.nowMs), undefined);
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
    events: [
      { agoMs: 1500, event: "joined: instance c1-1" },
      { agoMs: 500, event: "updated: edition 2, warning" },
    ],
  });
  rig.receive("anybody", QUESTION);
  const [reply] = rig.replies("anybody");
  assert.deepEqual(reply?.kind === "explanation" && JSON.parse(reply.json), found);
});

const story = (rig: RegistrarRig): readonly string[] =>
  rig.surveyor.explain("cache", "c1", rig.nowMs)?.events.map(({ event }) => event) ?? [];

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
  assert.deepEqual(story(rig), [
    "joined: instance c1-1",
    "suspect: connection-lost",
    "gone: connection-lost",
  ]);
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
    "joined: instance c1-1",
    "answer is late",
    "answer is late",
    "challenged by instance c1-2",
    "kept its id against another process",
    "connectionLost, not judged while learning",
  ]);
});
