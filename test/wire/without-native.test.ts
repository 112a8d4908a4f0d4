/*
 * msgpackr reads texts with a native part where one is installed. Both ways have to read the same,
 * so the tests that read most texts run once more without it. Imported after the switch is set.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

fc.configureGlobal({ numRuns: 50 });
process.env["MSGPACKR_NATIVE_ACCELERATION_DISABLED"] = "true";
const { isNativeAccelerationEnabled } = await import("msgpackr");

test("this file runs without the native part", () =>
  assert.equal(isNativeAccelerationEnabled, false));

await import("./pack.test.ts");
await import("./card.test.ts");
await import("./roster.test.ts");
