import assert from "node:assert/strict";
import { test } from "node:test";
import { PRESETS } from "../../lib/core/option-row.ts";
import { CLIENT_OPTIONS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";

test("every option has a value under every preset", () => {
  for (const row of [...Object.values(REGISTRAR_OPTIONS), ...Object.values(CLIENT_OPTIONS)]) {
    for (const preset of PRESETS) assert.ok(Number.isInteger(row[preset]));
  }
});
