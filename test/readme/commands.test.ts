import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runNode } from "../helpers/program.ts";
import { blocksOf } from "./blocks.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLI = `${ROOT}dist/cli/main.js`;
const BLOCK = blocksOf(readFileSync(`${ROOT}README.md`, "utf8")).find(({ text }) =>
  text.startsWith("rollcall "),
);

/** The first word of each line after `rollcall`. */
function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^rollcall (\w+)/gm)].map(([, name = ""]) => name);
}

test("the README names exactly the commands there are", async () => {
  const { code, stdout } = await runNode([CLI, "--help"]);
  assert.equal(code, 0);
  const commands = [...stdout.matchAll(/^ {2}(\w+)[ [<]/gm)].map(([, name = ""]) => name);
  const real = commands.filter((name) => name !== "help");
  assert.ok(BLOCK);
  assert.deepEqual(commandsOf(BLOCK.text).toSorted(), real.toSorted());
});

for (const name of commandsOf(BLOCK?.text ?? "")) {
  test(`rollcall ${name} --help explains it`, async () => {
    const { code, stdout } = await runNode([CLI, name, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: rollcall ${name}`));
  });
}
