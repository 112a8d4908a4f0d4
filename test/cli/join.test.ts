import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import type { Change, Registrar } from "../../lib/index.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { finished, isRunning, Run } from "./cli.ts";

/** A program for `--`: prints its pid and what `show` says, then waits for a signal. */
const WAITING = (show: string, onSignal: string): readonly string[] => [
  process.execPath,
  "-e",
  `for (const s of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"]) process.on(s, () => { ${onSignal} });
   console.log("pid " + process.pid, ${show}); setInterval(() => {}, 60_000);`,
];

function changesOf(registrar: Registrar): readonly Change[] {
  const changes: Change[] = [];
  registrar.changes$.subscribe((change) => changes.push(change));
  return changes;
}

async function left(changes: readonly Change[], id: string): Promise<string> {
  const find = (): Change | undefined =>
    changes.find(({ kind, peer }) => kind === "left" && peer.id === id);
  await until(() => find() !== undefined, { what: `${id} leaves` });
  return find()?.cause ?? "";
}

test("the command runs while listed; its exit code is passed on and a goodbye said", async (t) => {
  const registrar = await new Rig(t).registrar();
  const changes = changesOf(registrar);
  const { survey } = registrar.endpoints;
  const names = ["SERVICE", "ID", "INSTANCE", "REGISTRAR"].map((name) => `ROLLCALL_${name}`);
  const show = `console.log(${JSON.stringify(names)}.map((name) => process.env[name]).join(" "))`;
  const program = [process.execPath, "-e", `${show}; process.exitCode = 42;`];
  const flags = ["--id", "c1", "--registrar", survey];
  const { code, stdout, stderr } = await finished(t, ["join", "cache", ...flags, "--", ...program]);
  assert.equal(code, 42, stderr);
  const [came] = changes;
  assert.equal(stdout, `cache c1 ${came?.peer.instance} ${survey}\n`);
  assert.equal(await left(changes, "c1"), "goodbye");
});

test("signals are handed on, and the membership lasts until the command has ended", async (t) => {
  const registrar = await new Rig(t).registrar();
  const changes = changesOf(registrar);
  const flags = ["--registrar", registrar.endpoints.survey, "--log-level", "silent"];
  for (const [signal, code, status, cause] of [
    // No consumer gives it work any more when the command learns that it has to end.
    ["SIGTERM", 3, "draining", "draining"],
    ["SIGINT", 4, "passing", "goodbye"],
    ["SIGHUP", 5, "passing", "goodbye"],
    // As nginx and others take them for orders of their own.
    ["SIGQUIT", 6, "passing", "goodbye"],
    ["SIGUSR2", 7, "passing", "goodbye"],
  ] as const) {
    const program = WAITING(
      "''",
      `console.log("got", s); setTimeout(() => process.exit(${code}), 50)`,
    );
    const run = new Run(t, ["join", "cache", "--id", signal, ...flags, "--", ...program]);
    await run.printed((text) => text.includes("pid "), "runs the command");
    run.child.kill(signal);
    await run.printed((text) => text.includes(`got ${signal}`), "hands the signal on");
    assert.deepEqual(
      registrar.view("cache").peers.map((peer) => [peer.id, peer.status]),
      [[signal, status]],
    );
    assert.equal(await run.code(), code);
    assert.equal(await left(changes, signal), cause);
    assert.equal(run.stderr, "");
  }
});

test("a command that a signal ends gives 128 + n", async (t) => {
  const registrar = await new Rig(t).registrar();
  const program = [process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')"];
  const flags = ["--registrar", registrar.endpoints.survey];
  assert.equal((await finished(t, ["join", "cache", ...flags, "--", ...program])).code, 137);
});

test("a command that cannot be started gives 127 or 126", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const changes = changesOf(registrar);
  const plain = joinPath(rig.folder(), "plain");
  writeFileSync(plain, "no program", { mode: 0o644 });
  const flags = ["--registrar", registrar.endpoints.survey, "--id", "c1", "--log-level", "silent"];
  const missing = await finished(t, ["join", "cache", ...flags, "--", "no-such-command"]);
  assert.deepEqual([missing.code, missing.stdout], [127, ""]);
  assert.equal(missing.stderr, "rollcall: no-such-command: command not found\n");
  assert.equal(await left(changes, "c1"), "goodbye");
  const unusable = await finished(t, ["join", "cache", ...flags, "--", plain]);
  assert.equal(unusable.code, 126);
  assert.match(unusable.stderr, /^rollcall: .*plain: .*EACCES\n$/);
});

test("where the id is taken, the command is never started", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "c1" });
  const flags = ["--id", "c1", "--registrar", registrar.endpoints.survey];
  const taken = await finished(t, ["join", "cache", ...flags, "--", "echo", "started"]);
  assert.deepEqual([taken.code, taken.stdout], [73, ""]);
  assert.match(taken.stderr, /rollcall: ERR_ID_TAKEN: /);
});

test("a membership that another process takes over is told; the command keeps running", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ preset: "local" });
  const { survey } = registrar.endpoints;
  const flags = ["--id", "c1", "--registrar", survey];
  const run = new Run(t, ["join", "cache", ...flags, "--", ...WAITING("''", "process.exit(9)")]);
  await run.printed((text) => text.includes("pid "), "runs the command");
  const holder = new Run(t, ["join", "cache", "--id", "c2", "--registrar", survey]);
  await holder.printed((text) => text.includes("joined "), "is listed");
  for (const [id, frozen] of [
    ["c1", run],
    ["c2", holder],
  ] as const) {
    frozen.child.kill("SIGSTOP");
    // The frozen one does not answer, so the newcomer gets its id.
    await rig.join(registrar, { service: "cache", id });
    frozen.child.kill("SIGCONT");
  }
  await run.logged((text) => text.includes("ERR_REPLACED"), "tells that it was replaced");
  assert.equal(await holder.code(), 73, "without a command there is nothing to stay for");
  assert.match(holder.stderr, /rollcall: ERR_REPLACED: /);
  const program = Number(/pid (\d+)/.exec(run.stdout)?.[1]);
  assert.ok(isRunning(program));
  run.child.kill("SIGTERM");
  assert.equal(await run.code(), 9);
  assert.ok(!isRunning(program));
});

test("a registrar that is not there is waited for, with a word", async (t) => {
  const rig = new Rig(t);
  const first = await rig.registrar();
  const { survey } = first.endpoints;
  await first.close();
  const run = new Run(t, [
    "join",
    "cache",
    "--id",
    "c1",
    "--registrar",
    survey,
    "--",
    "echo",
    "on",
  ]);
  await run.logged((text) => text.includes("member.waiting"), "says that it waits");
  assert.equal(run.stdout, "");
  await rig.registrar({ survey });
  assert.equal(await run.code(), 0);
  assert.equal(run.stdout, "on\n");
});

test("a signal ends the wait for a registrar, a timeout as well", async (t) => {
  const registrar = await new Rig(t).registrar();
  const flags = ["--registrar", registrar.endpoints.survey];
  await registrar.close();
  const run = new Run(t, ["join", "cache", ...flags, "--log-level", "debug"]);
  await run.logged((text) => text.includes("member.waiting"), "waits");
  run.child.kill("SIGTERM");
  assert.equal(await run.code(), 143);
  const late = await finished(t, ["join", "cache", ...flags, "--join-timeout-ms", "50"]);
  assert.equal(late.code, 75);
  assert.match(
    late.stderr,
    /rollcall: ERR_TIMEOUT: .*joinTimeoutMs 50: no registrar answered; one with keys is silent to a client without\n$/,
  );
});

test("without a command it stays until its input ends, if told to", async (t) => {
  const registrar = await new Rig(t).registrar();
  const changes = changesOf(registrar);
  const flags = ["--id", "c1", "--registrar", registrar.endpoints.survey];
  const run = new Run(t, ["join", "cache", ...flags, "--stdin", "--json"]);
  await run.printed((text) => text.includes("\n"), "is listed");
  const { instance, ...rest } = run.objects[0] ?? {};
  assert.deepEqual(rest, { kind: "joined", service: "cache", id: "c1" });
  assert.equal(instance, registrar.view("cache").peers[0]?.instance);
  run.child.stdin?.end();
  assert.equal(await run.code(), 0);
  assert.equal(await left(changes, "c1"), "goodbye");
});

test("a member whose input ends leaves with proof, and says one goodbye", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.ready(registrar);
  const flags = ["--id", "c1", "--registrar", registrar.endpoints.survey];
  const run = new Run(t, ["join", "cache", ...flags, "--stdin"]);
  await run.printed((text) => text.includes("joined "), "is listed");
  run.child.stdin?.end();
  assert.equal(await run.code(), 0);
  assert.match(run.stderr, /"complete":true/);
});

test("a member whose input ends before any registrar lists it does not stay behind", async (t) => {
  const flags = ["--registrar", "tcp://127.0.0.1:9", "--stdin", "--log-level", "silent"];
  const run = new Run(t, ["join", "cache", ...flags]);
  run.child.stdin?.end();
  assert.equal(await run.code(), 130);
});

test("a member started by the command of a member has an id of its own", async (t) => {
  const registrar = await new Rig(t).registrar();
  const flags = ["--registrar", registrar.endpoints.survey, "--log-level", "error"];
  const [node = "", main = ""] = new Run(t, ["--version"]).child.spawnargs;
  const inner = [node, main, "join", "cache", "--", "printenv", "ROLLCALL_ID"];
  const { code, stdout } = await finished(t, [
    "join",
    "cache",
    "--id",
    "outer",
    ...flags,
    "--",
    ...inner,
  ]);
  assert.equal(code, 0);
  assert.match(stdout, /^[0-9a-f]{32}\n$/);
});
