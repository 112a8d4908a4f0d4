import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../../lib/cli/run.ts";
import { checkRecording } from "../../lib/index.ts";
import type { Registrar } from "../../lib/index.ts";
import { RECORDING } from "../core/record-samples.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

const MAIN = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));
/** Programs start slowly on a busy machine. */
const START_MS = 30_000;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "rollcall-replay-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** One command in this process. */
async function command(...argv: readonly string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const output = { write: (more: string) => (text += more), on: () => {}, off: () => {} };
  const code = await run(argv, { stdout: output, stderr: output, env: {}, program: "" });
  return { code, text };
}

/** A member as a process of its own. */
function member(t: TestContext, registrar: Registrar, id: string): ChildProcess {
  const args = ["join", "cache", "--id", id, "--registrar", registrar.endpoints.survey];
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], { stdio: "ignore" });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

test("real processes: one is killed, one is frozen, one leaves; the replay decides the same", async (t) => {
  const file = join(folder(t), "record.json");
  const rig = new Rig(t);
  // On a busy machine this process stands still as well, and would learn instead of judging.
  const registrar = await rig.registrar({ goneAfterMs: 1500, stallMs: 60_000 });
  const [killed, frozen, leaving] = ["killed", "frozen", "leaving"].map((id) =>
    member(t, registrar, id),
  );
  const listed = (count: number) => (): boolean =>
    registrar.view("cache").peers.filter(({ standing }) => standing === "alive").length === count;
  await until(listed(3), { what: "all are listed", deadlineMs: START_MS });
  frozen?.kill("SIGSTOP");
  t.after(() => frozen?.kill("SIGCONT"));
  killed?.kill("SIGKILL");
  leaving?.kill("SIGTERM");
  const standing = (id: string): string | undefined => registrar.explain("cache", id)?.standing;
  const areGone = (): boolean =>
    ["killed", "frozen", "leaving"].every((id) => standing(id) === "gone");
  await until(areGone, { what: "all are gone", deadlineMs: 20_000 });

  const told = await command("record", "--registrar", registrar.endpoints.survey, "--out", file);
  assert.equal(told.code, 0, told.text);
  assert.match(told.text, /record\.json: \d+ events of 3 peers\n$/);
  const recording = checkRecording(JSON.parse(readFileSync(file, "utf8")));
  assert.equal(recording.epoch, registrar.epoch);

  const replayed = await command("replay", file, "--tolerance-ms", "20000");
  assert.equal(replayed.code, 0, replayed.text);
  assert.match(replayed.text, /cache\/killed suspect: connection-lost {2}same\n/);
  assert.match(replayed.text, /cache\/killed gone: connection-lost {2}same\n/);
  assert.match(replayed.text, /cache\/frozen suspect: missed-surveys {2}same\n/);
  assert.match(replayed.text, /cache\/frozen gone: missed-surveys {2}same\n/);
  assert.match(replayed.text, /cache\/leaving gone: goodbye {2}same\n/);
  assert.match(replayed.text, /5 decisions, all the same; every invariant held\n$/);
  killed?.kill("SIGKILL");
  if (leaving?.exitCode === null) await once(leaving, "exit");
});

test("record prints one JSON object, of one service where one is named", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  await rig.join(registrar, { service: "cache", id: "c1" });
  await rig.join(registrar, { service: "web", id: "w1" });
  const { code, text } = await command("record", "web", "--registrar", registrar.endpoints.survey);
  assert.equal(code, 0, text);
  const recording = checkRecording(JSON.parse(text));
  assert.deepEqual([recording.service, recording.peers.map(({ id }) => id)], ["web", ["w1"]]);
});

test("a replay that differs says where, and exits with 1; as JSON for programs", async (t) => {
  const file = join(folder(t), "forged.json");
  const [peer] = RECORDING.peers;
  assert.ok(peer !== undefined);
  const joined = { ...peer.events[0], kind: "joined", atMs: 100, isReturning: false };
  const gone = { kind: "gone", cause: "critical", atMs: 5000, revision: null };
  const peers = [{ ...peer, dropped: 0, events: [joined, gone] }];
  writeFileSync(file, JSON.stringify({ ...RECORDING, ranMs: 9000, registrar: [], peers }));
  const told = await command("replay", file);
  assert.equal(told.code, 1);
  assert.match(told.text, /5\.000 s {2}cache\/c1 gone: critical {2}not in the replay\n/);
  assert.match(told.text, /1 decisions, 1 differ; every invariant held\n$/);
  const json = JSON.parse((await command("replay", file, "--json")).text) as {
    readonly kind: string;
    readonly differences: readonly object[];
    readonly violation: string | null;
  };
  assert.deepEqual([json.kind, json.differences.length, json.violation], ["replay", 1, null]);
});

test("what is no recording is refused with the exit code of its kind", async (t) => {
  const path = folder(t);
  const file = join(path, "a.json");
  const missing = await command("replay", join(path, "none.json"));
  assert.equal(missing.code, 66);
  assert.match(missing.text, /^rollcall: ERR_NOT_FOUND: .*none\.json/);
  writeFileSync(file, "no json");
  assert.equal((await command("replay", file)).code, 65);
  writeFileSync(file, "{}");
  const wrong = await command("replay", file);
  assert.equal(wrong.code, 65);
  assert.match(wrong.text, /^rollcall: ERR_WIRE: .*recording\.service is no text/);
});
