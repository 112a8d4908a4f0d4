import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Allow } from "../../lib/keys/allow.ts";
import { makeKeyPair } from "../../lib/keys/pair.ts";
import { code, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { member, writeRules } from "./samples.ts";

const FIRST = makeKeyPair();
const SECOND = makeKeyPair();

/** A list of a file with the first key in it, and what it tells. */
function followed(t: TestContext): { path: string; allow: Allow; changes: number; broken: number } {
  const path = join(new Rig(t).folder(), "allow.json");
  writeRules(path, { members: [member(FIRST, "cache")] });
  const allow = new Allow(path);
  const seen = { path, allow, changes: 0, broken: 0 };
  allow.follow({ changed: () => (seen.changes += 1), broken: () => (seen.broken += 1) });
  t.after(() => allow.close());
  return seen;
}

test("a file is read again when it is written", async (t) => {
  const seen = followed(t);
  assert.ok(seen.allow.list.has(FIRST.publicKey));
  writeRules(seen.path, { members: [member(SECOND, "cache")] });
  await until(() => seen.changes === 1, { what: "the change is noticed" });
  assert.ok(seen.allow.list.has(SECOND.publicKey));
  assert.ok(!seen.allow.list.has(FIRST.publicKey));
});

test("a file is read again when another takes its name, or its link", async (t) => {
  const seen = followed(t);
  const other = `${seen.path}.new`;
  writeRules(other, { members: [member(SECOND, "cache")] });
  renameSync(other, seen.path);
  await until(() => seen.allow.list.has(SECOND.publicKey), { what: "the new file is read" });
  writeRules(other, { members: [member(FIRST, "cache")] });
  rmSync(seen.path);
  symlinkSync(other, seen.path);
  await until(() => seen.allow.list.has(FIRST.publicKey), { what: "the link is followed" });
});

test("a broken or missing file changes nothing and is told once", async (t) => {
  const seen = followed(t);
  writeFileSync(seen.path, '{"members": [');
  await until(() => seen.broken === 1, { what: "the broken file is noticed" });
  assert.ok(seen.allow.list.has(FIRST.publicKey));
  rmSync(seen.path);
  await until(() => seen.broken === 2, { what: "the missing file is noticed" });
  assert.ok(seen.allow.list.has(FIRST.publicKey));
  assert.equal(seen.allow.reload(), false);
  writeRules(seen.path, { members: [member(SECOND, "cache")] });
  await until(() => seen.changes === 1, { what: "the mended file is read" });
  assert.ok(seen.allow.list.has(SECOND.publicKey));
  assert.equal(seen.broken, 3);
});

test("a file is read at once on demand", (t) => {
  const seen = followed(t);
  writeRules(seen.path, { members: [member(SECOND, "cache")] });
  assert.equal(seen.allow.reload(), true);
  assert.equal(seen.changes, 1);
  assert.ok(seen.allow.list.has(SECOND.publicKey));
});

test("rules stay as they are, and wrong ones or a broken file are refused at the start", (t) => {
  const allow = new Allow({ members: [member(FIRST, "cache")] });
  allow.follow({ changed: () => {}, broken: () => {} });
  assert.equal(allow.reload(), true);
  assert.ok(allow.list.has(FIRST.publicKey));
  allow.close();
  assert.throws(() => new Allow({ members: [member(FIRST, "*")] }), /keys\.allow/);
  const path = join(new Rig(t).folder(), "allow.json");
  assert.throws(() => new Allow(path), code("ERR_CONFIG"));
});
