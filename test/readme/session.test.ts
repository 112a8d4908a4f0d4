import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { finished, Run } from "../cli/cli.ts";
import { Rig } from "../helpers/rig.ts";
import { blocksOf } from "./blocks.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const PROMPT = /^(?:registrar|member)\$ +/;
const APP = `console.log("the app runs");`;

/** The lines of the session on an open network. */
function session(): readonly string[] {
  const blocks = blocksOf(readFileSync(README, "utf8"));
  return blocks.find(({ text }) => PROMPT.test(text))?.text.split("\n") ?? [];
}

/** The words of each such command, without what is said about it and the quotes of the shell. */
function commandsOf(lines: readonly string[], name: string): readonly (readonly string[])[] {
  const typed = lines.filter((line) => PROMPT.test(line)).map((line) => line.replace(PROMPT, ""));
  const own = typed.filter((line) => line.startsWith(`rollcall ${name} `));
  return own.map((line) => {
    const [command = ""] = line.split(/ {2,}/);
    return [...command.matchAll(/'([^']*)'|(\S+)/g)].slice(1).map(([, a, b]) => a ?? b ?? "");
  });
}

test("the session with keys that the README shows works", async (t) => {
  const cwd = new Rig(t).folder();
  const lines = session();
  const keys: string[] = [];
  for (const args of commandsOf(lines, "keygen")) {
    const { code, stdout, stderr } = await finished(t, args, { cwd });
    assert.equal(code, 0, stderr);
    keys.push(stdout.trimEnd());
  }
  const [own = "", member = ""] = keys;
  const rules = lines.find((line) => line.startsWith("{")) ?? "";
  writeFileSync(join(cwd, "allow.json"), rules.replaceAll("…public key…", member));
  writeFileSync(join(cwd, "app.js"), APP);

  const [serve = []] = commandsOf(lines, "serve");
  const bound = serve.map((word) => word.replace(/^tcp:.*/, "tcp://127.0.0.1:0"));
  const registrar = new Run(t, [...bound, "--json"], { cwd });
  await registrar.printed((text) => text.includes("\n"), "tells its endpoints");
  const survey = String(registrar.objects[0]?.["survey"]);

  const [joins = []] = commandsOf(lines, "join");
  const reached = joins.map((word) => (word.startsWith("tcp:") ? survey : word));
  const { code, stdout, stderr } = await finished(
    t,
    reached.map((word) => word.replace("…public key…", own)),
    { cwd },
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /the app runs/);
});
