import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { readKeyFile } from "../../lib/index.ts";
import type { AllowRules } from "../../lib/index.ts";
import { checkedPair } from "../../lib/keys/pair.ts";
import { Rig } from "../helpers/rig.ts";
import { finished, Run, served } from "./cli.ts";

/** Makes a key file and returns its path and its public key. */
async function keygen(t: TestContext, folder: string, name: string): Promise<[string, string]> {
  const path = join(folder, `${name}.key`);
  const { code, stdout, stderr } = await finished(t, ["keygen", "--out", path]);
  assert.equal(code, 0, stderr);
  return [path, stdout.trimEnd()];
}

test("keygen writes a file for its owner alone and prints the public key", async (t) => {
  const folder = new Rig(t).folder();
  const [path, publicKey] = await keygen(t, folder, "a");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(readKeyFile(path).publicKey, publicKey);
  const before = readFileSync(path, "utf8");
  const again = await finished(t, ["keygen", "--out", path]);
  assert.equal(again.code, 78);
  assert.equal(again.stdout, "");
  assert.match(again.stderr, /ERR_CONFIG.*a\.key/);
  assert.equal(readFileSync(path, "utf8"), before);
});

test("keygen without a file prints one", async (t) => {
  const { code, stdout } = await finished(t, ["keygen"]);
  assert.equal(code, 0);
  checkedPair(JSON.parse(stdout), "stdout");
});

test("a registrar with keys serves who is listed, and reads its list on SIGHUP", async (t) => {
  const folder = new Rig(t).folder();
  const allow = join(folder, "allow.json");
  const write = (rules: AllowRules): void => writeFileSync(allow, JSON.stringify(rules));
  const [serverFile, server] = await keygen(t, folder, "server");
  const [memberFile, member] = await keygen(t, folder, "member");
  const [watcherFile, watcher] = await keygen(t, folder, "watcher");
  write({ members: [{ key: member, services: ["cache"] }] });
  const { run, survey } = await served(t, "--key", serverFile, "--allow", allow);
  const shared = ["--registrar", survey, "--registrar-key", server];
  const joined = new Run(t, ["join", "cache", "--id", "c1", ...shared, "--key", memberFile]);
  await joined.printed((text) => text.includes("joined cache/c1"), "joins");
  const peers = ["peers", "cache", ...shared, "--key", watcherFile];
  const early = await finished(t, peers);
  assert.equal(early.code, 77, early.stderr);
  assert.match(early.stderr, /ERR_NOT_AUTHORISED/);
  const strange = await finished(t, ["join", "db", ...shared, "--key", memberFile]);
  assert.equal(strange.code, 77, strange.stderr);
  write({ members: [{ key: member, services: ["cache"] }], watchers: [{ key: watcher }] });
  run.child.kill("SIGHUP");
  await run.logged((text) => text.includes("keys.loaded"), "reads the list");
  const late = await finished(t, peers);
  assert.equal(late.code, 0, late.stderr);
  assert.match(late.stdout, /c1/);
  joined.child.kill("SIGTERM");
  assert.equal(await joined.code(), 0);
  run.child.kill("SIGTERM");
  assert.equal(await run.code(), 0);
});

test("keys that are given by halves or readable by others are refused", async (t) => {
  const folder = new Rig(t).folder();
  const [path, publicKey] = await keygen(t, folder, "a");
  const halves = [
    ["serve", "--key", path],
    ["serve", "--allow", path],
    ["watch", "--key", path],
    ["join", "cache", "--registrar-key", publicKey],
  ];
  for (const args of halves) {
    const { code, stderr } = await finished(t, args);
    assert.equal(code, 64, stderr);
    assert.match(stderr, /needed together/);
  }
  chmodSync(path, 0o644);
  const open = await finished(t, ["peers", "--key", path, "--registrar-key", publicKey]);
  assert.equal(open.code, 78, open.stderr);
  assert.match(open.stderr, /a\.key has mode 0644/);
});
