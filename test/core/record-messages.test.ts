import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explain, Explanation, Export, Exported } from "../../lib/core/record-messages.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { EPOCH } from "./samples.ts";

test("each question about the record has its answer, with the token of the question", () => {
  const rig = RegistrarRig.live();
  rig.watch("asker", ["*"]);
  rig.clear();
  const explain: Explain = { kind: "explain", epoch: EPOCH, token: 3, service: "cache", id: "c1" };
  const page: Export = { kind: "export", epoch: EPOCH, token: 4, service: "*", after: 0 };
  rig.receive("asker", explain);
  rig.receive("asker", page);
  const explanation: Explanation = { kind: "explanation", token: 3, found: false, json: "null" };
  const [first, second] = rig.replies("asker");
  assert.deepEqual(first, explanation);
  const { json, ...rest } = second as Exported;
  assert.deepEqual(rest, { kind: "exported", token: 4, next: 0 });
  assert.equal(typeof json, "string");
});
