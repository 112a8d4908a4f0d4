import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistrarRig } from "./registrar-rig.ts";
import { EPOCH, goneOf, OTHER_EPOCH } from "./samples.ts";

const LEAVE = { kind: "leave", epoch: EPOCH, proofMs: 0 } as const;
/** A registrar before this one had listed it. */
const BEFORE = { previous: OTHER_EPOCH } as const;

/** A registrar that has just published, so that what follows waits for its next publication. */
function busyRig(): RegistrarRig {
  const rig = RegistrarRig.live();
  rig.join("other");
  rig.clear();
  return rig;
}

test("a peer that came back and left between two publications is told as gone: consumers hold it from before", () => {
  const rig = busyRig();
  rig.join("c1", BEFORE);
  rig.receive("c1", LEAVE);
  assert.deepEqual(rig.changes(), []);
  rig.pass(100);
  assert.deepEqual(rig.changes(), [{ ...goneOf("c1"), cause: "goodbye" }]);
  assert.deepEqual(rig.list(), ["other alive"]);
});

test("a goodbye is told of one that was never published, because another registrar may list it", () => {
  const rig = busyRig();
  rig.join("c1");
  rig.receive("c1", LEAVE);
  rig.pass(100);
  assert.deepEqual(rig.changes(), [{ ...goneOf("c1"), cause: "goodbye" }]);
  assert.deepEqual(rig.list(), ["other alive"]);
});

test("one that came back and left stays away, though its join is heard once more", () => {
  const rig = busyRig();
  rig.join("c1", BEFORE);
  rig.receive("c1", LEAVE);
  rig.join("c1", BEFORE, "c1b");
  rig.pass(100);
  rig.join("c1", BEFORE, "c1c");
  rig.pass(100);
  assert.deepEqual(rig.list(), ["other alive"]);
  assert.deepEqual(rig.changes(), [{ ...goneOf("c1"), cause: "goodbye" }]);
});

test("the next run of the id is listed beside the goodbye of the run that was never published", () => {
  const rig = busyRig();
  rig.join("c1", BEFORE);
  rig.receive("c1", LEAVE);
  rig.join("c1", { instance: "c1-2" }, "c1b");
  rig.pass(100);
  assert.deepEqual(
    rig.changes().map((change) => (change.kind === "gone" ? change.instance : change.kind)),
    ["c1-1", "put"],
  );
  assert.deepEqual(rig.list(), ["other alive", "c1 alive"]);
});

test("a run that replaced a published one and left with it: both are told", () => {
  const rig = busyRig();
  rig.join("c1");
  rig.pass(100);
  rig.clear();
  rig.join("other2");
  rig.disconnect("c1");
  rig.join("c1", { ...BEFORE, instance: "c1-2" }, "c1b");
  rig.receive("c1b", LEAVE);
  rig.pass(100);
  const gone = rig.changes().filter(({ kind }) => kind === "gone");
  assert.deepEqual(
    gone.map((change) => (change.kind === "gone" ? [change.instance, change.cause] : [])),
    [
      ["c1-2", "goodbye"],
      ["c1-1", "replaced"],
    ],
  );
  assert.deepEqual(rig.list(), ["other alive", "other2 alive"]);
});
