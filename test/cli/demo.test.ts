import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { isRunning, Run } from "./cli.ts";

interface DemoEvent {
  readonly action: string;
  readonly id: string;
  readonly pid: number;
  readonly seen: string;
  readonly cause: string;
  readonly latencyMs: number;
}

function eventsOf(run: Run): readonly DemoEvent[] {
  return run.objects.filter(({ kind }) => kind === "event") as unknown as readonly DemoEvent[];
}

async function noneLeft(events: readonly DemoEvent[]): Promise<void> {
  const pids = [...new Set(events.map(({ pid }) => pid))];
  assert.ok(pids.length >= 3);
  await until(() => !pids.some(isRunning), { what: "every member process has ended" });
}

test("demo --once shows each event with latency and cause", async (t) => {
  const run = new Run(t, ["demo", "--once", "--json"]);
  assert.equal(await run.code(), 0, run.stderr);
  const events = eventsOf(run);
  const told = events.map(({ action, id, seen, cause }) => `${action} ${id} ${seen} ${cause}`);
  assert.deepEqual(told.slice(0, 3).toSorted(), [
    "start c1 joined new",
    "start c2 joined new",
    "start c3 joined new",
  ]);
  assert.deepEqual(told.slice(3), [
    "kill -9 c2 left connection-lost",
    "SIGTERM c3 left goodbye",
    "start c4 joined new",
    "SIGSTOP c1 left missed-surveys",
    "SIGCONT c1 joined returned",
  ]);
  assert.ok(events.every(({ latencyMs }) => latencyMs > 0));
  assert.ok((events[3]?.latencyMs ?? Infinity) < 500, "a kill is noticed at once");
  assert.equal(run.stderr, "");
  await noneLeft(events);
});

test("demo --once prints a table for people", async (t) => {
  const run = new Run(t, ["demo", "--once"]);
  assert.equal(await run.code(), 0, run.stderr);
  assert.match(run.stdout, /\n {2}killed with kill -9 +c2 +left +connection-lost +[\d.]+ ms\n/);
  assert.match(run.stdout, /\n {2}frozen \(SIGSTOP\) +c1 +left +missed-surveys +[\d.]+ m?s\n/);
  assert.ok(run.lines.every((line) => line.length <= 80 || line.startsWith("A registrar")));
});

test("the endless demo kills and replaces until Ctrl-C, and leaves nobody behind", async (t) => {
  const run = new Run(t, ["demo", "--json"]);
  const isReplaced = (): boolean => {
    const after = eventsOf(run).findIndex(({ action }) => action === "kill -9");
    return after >= 3 && eventsOf(run).length > after + 1;
  };
  await run.printed(isReplaced, "kills one and starts another");
  run.child.kill("SIGINT");
  assert.equal(await run.code(), 0, run.stderr);
  await noneLeft(eventsOf(run));
});

test("members of a demo that is killed itself leave as well", async (t) => {
  const run = new Run(t, ["demo", "--json"]);
  await run.printed(() => eventsOf(run).length >= 3, "starts its members");
  run.child.kill("SIGKILL");
  await run.code();
  await noneLeft(eventsOf(run));
});

test("a member that cannot start fails the demo, and is told with its words", async (t) => {
  const preload = join(new Rig(t).folder(), "preload.cjs");
  const code = "console.error('no way in'); process.exit(3);";
  writeFileSync(preload, `if (process.argv[2] === "join") { ${code} }`);
  const run = new Run(t, ["demo", "--once"], { node: ["--require", preload] });
  assert.equal(await run.code(), 69);
  assert.match(run.stderr, /^rollcall: ERR_CLOSED: .*c\d ended with 3: no way in/);
});

test("options of the demo in the environment do not reach its members", async (t) => {
  const env = { ROLLCALL_ONCE: "1", ROLLCALL_JSON: "yes", ROLLCALL_ZONE: "x", ROLLCALL_PORT: "no" };
  const run = new Run(t, ["demo"], { env });
  assert.equal(await run.code(), 0, run.stderr);
  assert.equal(eventsOf(run).length, 8);
});
