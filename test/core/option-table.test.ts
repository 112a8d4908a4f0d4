import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENT_OPTIONS, PRESETS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";
import type { OptionRow, Preset } from "../../lib/core/option-table.ts";

const TABLES: Readonly<Record<string, Readonly<Record<string, OptionRow>>>> = {
  registrar: REGISTRAR_OPTIONS,
  client: CLIENT_OPTIONS,
};
const ROWS = Object.entries(TABLES).flatMap(([who, table]) =>
  Object.entries(table).map(([name, row]) => ({ who, name, row })),
);

test("the presets go from one machine to links with loss, and lan is the default", () => {
  assert.deepEqual(PRESETS, ["local", "lan", "wan"] satisfies Preset[]);
});

test("no option is told to both sides by one name", () => {
  const names = ROWS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

for (const { who, name, row } of ROWS) {
  test(`${name} of a ${who} has whole numbers in its range and says what it costs`, () => {
    for (const value of [row.min, row.max, row.local, row.lan, row.wan]) {
      assert.ok(Number.isSafeInteger(value), `${value} is not whole`);
      assert.ok(value >= row.min && value <= row.max, `${value} is out of range`);
    }
    assert.ok(row.min < row.max);
    for (const text of [row.text, row.more, row.less]) assert.ok(text.length > 3);
    assert.match(name, /(?:Ms|Max|PerSecond|Percent|Count)$/);
  });
}
