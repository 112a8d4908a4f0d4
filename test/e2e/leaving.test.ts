import assert from "node:assert/strict";
import { test } from "node:test";
import { ANYWHERE, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Child } from "./child.ts";

for (const [plan, lines] of [
  ["closeAll", [{ done: "closeAll" }]],
  ["giveUp", [{ refused: "ERR_ABORTED" }, { done: "giveUp" }]],
] as const) {
  test(`a process ends by itself after ${plan}`, async (t) => {
    const child = await Child.start(new Rig(t), "leaving", { plan });
    await until(() => child.exitCode !== null, { what: "the process has ended" });
    assert.equal(child.exitCode, 0);
    assert.deepEqual(child.lines, lines);
  });
}

test("a process ends by itself after closing what its frozen registrar does not confirm", async (t) => {
  const rig = new Rig(t);
  const registrar = await Child.start(rig, "registrar", ANYWHERE);
  const survey = registrar.last["survey"];
  const child = await Child.start(rig, "leaving", { plan: "closeFrozen", survey });
  registrar.freeze();
  child.say("close");
  await until(() => child.exitCode !== null, { what: "the process has ended" });
  assert.equal(child.exitCode, 0);
  assert.deepEqual(child.last, { done: "closeFrozen" });
});

test("a process whose member was refused for good ends by itself once it is closed", async (t) => {
  const rig = new Rig(t);
  const registrar = await Child.start(rig, "registrar", ANYWHERE);
  const survey = registrar.last["survey"] as string;
  await rig.join(survey, { service: "cache", id: "mine" });
  const child = await Child.start(rig, "leaving", { plan: "refused", survey });
  await until(() => child.exitCode !== null, { what: "the process has ended" });
  assert.equal(child.exitCode, 0);
  assert.deepEqual(child.lines, [{ refused: "ERR_ID_TAKEN" }, { done: "refused" }]);
});
