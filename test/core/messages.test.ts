import assert from "node:assert/strict";
import { test } from "node:test";
import { VERSION_MAX, VERSION_MIN } from "../../lib/core/messages.ts";
import type { FromRegistrar, RosterMessage } from "../../lib/core/messages.ts";
import { deltaTopic, snapshotTopic } from "../../lib/core/topics.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { answerOf, EPOCH, TOKEN } from "./samples.ts";

/** The compiler keeps these complete. The transport says welcome, and effects ask in bulk. */
const REPLIES: Readonly<Record<Exclude<FromRegistrar["kind"], "welcome" | "survey">, true>> = {
  accepted: true,
  recorded: true,
  left: true,
  refused: true,
  rejoin: true,
  explanation: true,
  exported: true,
  proof: true,
};
const PUBLICATIONS: Readonly<Record<RosterMessage["kind"], true>> = {
  delta: true,
  announce: true,
  pulse: true,
  snapshot: true,
};

test("the versions spoken are a range", () => {
  assert.ok(Number.isInteger(VERSION_MIN) && Number.isInteger(VERSION_MAX));
  assert.ok(VERSION_MIN >= 1 && VERSION_MIN <= VERSION_MAX);
});

test("every message of a registrar has an occasion", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("c1", { version: 9 });
  rig.receive("c1", { kind: "explain", epoch: EPOCH, token: 1, service: "cache", id: "c1" });
  rig.receive("c1", { kind: "export", epoch: EPOCH, token: 2, service: "*", after: 0 });
  rig.receive("c1", { kind: "leave", epoch: EPOCH, proofMs: 1000 });
  rig.pass(100);
  rig.receive("c1", answerOf(1));
  rig.subscribe(deltaTopic("cache"));
  rig.subscribe(snapshotTopic(TOKEN, "cache"));
  rig.pass(1000);
  const replies = new Set(rig.replies("c1").map(({ kind }) => kind));
  assert.deepEqual([...replies].toSorted(), Object.keys(REPLIES).toSorted());
  const published = new Set(rig.published.map(({ kind }) => kind));
  assert.deepEqual([...published].toSorted(), Object.keys(PUBLICATIONS).toSorted());
});
