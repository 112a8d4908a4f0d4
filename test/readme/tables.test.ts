import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { MADE_PARTS, partOf, withPart } from "./tables.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

for (const part of MADE_PARTS) {
  test(`${part.file} shows its ${part.name} as the data has them`, () => {
    const path = ROOT + part.file;
    const document = readFileSync(path, "utf8");
    if (process.env["UPDATE"] === "1") writeFileSync(path, withPart(document, part));
    const shown = partOf(readFileSync(path, "utf8"), part.name);
    assert.equal(shown, part.text, "run this test with UPDATE=1 to put it in");
  });
}

test("a part that differs from the data, or has no markers, is seen", () => {
  const [part] = MADE_PARTS;
  assert.ok(part);
  const right = withPart(`<!-- ${part.name}:begin --><!-- ${part.name}:end -->`, part);
  assert.equal(partOf(right, part.name), part.text);
  assert.notEqual(partOf(right.replace("option", "opinion"), part.name), part.text);
  assert.equal(partOf("nothing here", part.name), undefined);
});
