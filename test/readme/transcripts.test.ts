import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Registrar } from "../../lib/index.ts";
import { finished, Run } from "../cli/cli.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { blocksOf } from "./blocks.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const PROMPT = "$ rollcall ";
/** As long as the README says. */
const FROZEN_MS = 4000;
/** The frozen one is a suspect and alive again before it is up. */
const GONE_AFTER_MS = 6000;

/** One command of a transcript, and what it is said to print. */
interface Said {
  readonly args: readonly string[];
  readonly output: string;
}

/** Every command that the README shows with what it prints. */
function transcripts(): readonly Said[] {
  const blocks = blocksOf(readFileSync(README, "utf8"));
  const shown = blocks.filter(({ text }) => text.startsWith(PROMPT)).map(({ text }) => `\n${text}`);
  const parts = shown.flatMap((text) => text.split(`\n${PROMPT}`).slice(1));
  return parts.map((part) => {
    const [command = "", ...lines] = part.trimEnd().split("\n");
    return { args: command.split(" "), output: lines.join("\n") };
  });
}

/** The same with numbers, times and ids made alike, and what is repeated said once. */
function masked(output: string): readonly string[] {
  const lines = output
    .trimEnd()
    .replaceAll(/\b[0-9a-f]{32}\b/g, "ID")
    .replaceAll(/\bepoch [0-9a-f]{8}\b/g, "epoch ID")
    .replaceAll(/\b\d+(?:\.\d+)? m?s\b/g, "TIME")
    .replaceAll(/\b\d+\b/g, "N")
    .replaceAll(/^ +/gm, " ")
    .split("\n");
  return lines.filter((line, at) => line !== lines[at - 1]);
}

/** Lines of `said` that are printed in this order: on a busy machine one answer more may be late. */
function inOrder(printed: readonly string[], said: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const line of printed) if (line === said[found.length]) found.push(line);
  return found;
}

test("commands print what the README shows of three processes: one killed, one frozen, one left", async (t) => {
  const commands = transcripts();
  assert.deepEqual(
    commands.map(({ args: [name] }) => name),
    ["explain", "record", "replay"],
  );
  const rig = new Rig(t);
  // On a busy machine this process stands still as well, and would learn instead of judging.
  const registrar = await rig.registrar({ goneAfterMs: GONE_AFTER_MS, stallMs: 60_000 });
  await trouble(t, registrar);
  const cwd = mkdtempSync(join(tmpdir(), "rollcall-readme-"));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const env = { ROLLCALL_REGISTRAR: registrar.endpoints.survey, ROLLCALL_TOLERANCE_MS: "20000" };
  for (const { args, output } of commands) {
    const { code, stdout, stderr } = await finished(t, args, { cwd, env });
    assert.equal(code, 0, `${stdout}${stderr}`);
    const said = masked(output);
    assert.deepEqual(inOrder(masked(stdout), said), said, `${args.join(" ")}\n${stdout}`);
  }
});

/** Brings about what the README tells, and resolves when the registrar has judged all of it. */
async function trouble(t: TestContext, registrar: Registrar): Promise<void> {
  const env = { ROLLCALL_REGISTRAR: registrar.endpoints.survey };
  const hasLearned = (): boolean => registrar.view("cache").authority === "live";
  await until(hasLearned, { what: "the registrar judges", deadlineMs: 30_000 });
  const [killed, frozen, leaving] = ["c1", "c2", "c3"].map(
    (id) => new Run(t, ["join", "cache", "--id", id], { env }).child,
  );
  const stands = (id: string, standing: string): Promise<void> =>
    until(() => registrar.explain("cache", id)?.standing === standing, {
      what: `${id} is ${standing}`,
      deadlineMs: 30_000,
    });
  await Promise.all(["c1", "c2", "c3"].map((id) => stands(id, "alive")));
  const thawed = pause(FROZEN_MS);
  frozen?.kill("SIGSTOP");
  killed?.kill("SIGKILL");
  await stands("c2", "suspect");
  leaving?.kill("SIGTERM");
  await thawed;
  frozen?.kill("SIGCONT");
  await stands("c2", "alive");
  await stands("c1", "gone");
}

test("masking leaves the words", () => {
  const text = `   1.5 s ago  x, ID ${"0f".repeat(16)}, round 7\n  812 ms ago  x, ID ID, round 8\nc1 y`;
  assert.deepEqual(masked(text), [" TIME ago  x, ID ID, round N", "c1 y"]);
});

test("a line that is missing, or comes too early, is seen", () => {
  assert.deepEqual(inOrder(["a", "x", "b"], ["a", "b"]), ["a", "b"]);
  assert.deepEqual(inOrder(["b", "a"], ["a", "b"]), ["a"]);
});
