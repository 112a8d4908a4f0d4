import assert from "node:assert/strict";
import { test } from "node:test";
import { Rig } from "../helpers/rig.ts";
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
