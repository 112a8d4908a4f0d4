import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../helpers/program.ts";
import { until } from "../helpers/until.ts";
import { spaces, sweep } from "./bridge.ts";
import { compileRoles } from "../helpers/compiled.ts";
import { missing } from "./probe.ts";
import { complaints, isGood } from "./report.ts";
import { mixed } from "./scenarios/mixed.ts";
import { registrars } from "./scenarios/registrars.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
/** One short era of each scenario. */
const ORDER = { minutes: 0.1, seed: 7, members: 40 };
const START_MS = 30_000;
const skip = missing() ?? false;

test("what is claimed holds through a short run of chaos", { skip }, async (t) => {
  const roles = await compileRoles("chaos");
  const workshop = { roles, say: (text: string) => t.diagnostic(text) };
  const runs = await Promise.all([registrars, mixed].map(({ run }) => run(ORDER, workshop)));
  const outcomes = runs.flat();
  // While every registrar is in trouble, a list may lack somebody: that is told, and no violation.
  const bad = outcomes.filter(({ violations }) => violations.length > 0);
  assert.deepEqual(complaints(bad), []);
  for (const outcome of outcomes) {
    const { story, figures } = outcome;
    assert.ok(isGood(outcome), JSON.stringify(figures));
    assert.ok(story.faults.length > 0, "faults were brought about");
    assert.ok(story.facts.some(({ kind }) => kind === "settled"));
    assert.ok(story.facts.filter(({ kind }) => kind === "list").length > 2);
    for (const { name, shown } of figures) t.diagnostic(`${story.scenario}: ${name}: ${shown}`);
  }
  assert.deepEqual(spaces(process.pid), [], "namespaces are removed");
});

for (const [how, signal] of [
  ["a run that is interrupted leaves nothing behind", "SIGTERM"],
  ["a run that is killed is swept up by the next", "SIGKILL"],
] as const) {
  test(how, { skip }, async () => {
    const args = ["--import", "tsx", MAIN, "registrars", "--members", "4"];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    const exited = once(child, "exit");
    const pid = child.pid ?? 0;
    // The last node but one has its namespace: processes are about to start.
    await until(() => spaces(pid).some((name) => name.endsWith("-w3")), {
      deadlineMs: START_MS,
      what: "it has built its network",
    });
    child.kill(signal);
    await exited;
    if (signal === "SIGKILL") {
      assert.notDeepEqual(spaces(pid), []);
      sweep();
    }
    assert.deepEqual(spaces(pid), []);
  });
}

test("the program tells what it can do, and refuses what it cannot", async () => {
  const help = await runProgram(MAIN, "--help");
  assert.equal(help.code, 0);
  for (const name of ["registrars", "mixed", "loss", "--seed"])
    assert.match(help.stdout, new RegExp(name));
  const unknown = await runProgram(MAIN, "earthquake");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no scenario earthquake/);
  const wrong = await runProgram(MAIN, "loss", "--minutes", "long");
  assert.match(wrong.stderr, /--minutes is long but takes a number from 0/);
});
