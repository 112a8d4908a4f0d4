import assert from "node:assert/strict";
import { test } from "node:test";
import { GUARD_OPTIONS } from "../../lib/core/guard-options.ts";
import { PRESETS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";

test("they are options of the registrar", () => {
  for (const [name, row] of Object.entries(GUARD_OPTIONS)) {
    assert.equal(REGISTRAR_OPTIONS[name as keyof typeof GUARD_OPTIONS], row);
  }
});

test("under no preset is one of two or of three lost ones an accident that is held", () => {
  for (const preset of PRESETS) assert.ok(GUARD_OPTIONS.massLossCount[preset] >= 3);
});
