import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { partOf } from "./tables.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAP = readFileSync(`${ROOT}lib/README.md`, "utf8");

/** The files that a text names, each as often as it does. */
function namedIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name).toSorted();
}

test("the map names every file of core once, and no other", () => {
  const files = readdirSync(`${ROOT}lib/core`).map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(namedIn(partOf(MAP, "core") ?? ""), files.toSorted());
});

test("a file that is named twice, or by another name, is seen", () => {
  assert.deepEqual(namedIn("`b-c` (it), `a`, `a`"), ["a", "a", "b-c"]);
});
