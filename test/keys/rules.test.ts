import assert from "node:assert/strict";
import { test } from "node:test";
import { RollcallError } from "../../lib/core/errors.ts";
import { AllowList } from "../../lib/keys/rules.ts";
import { MANUAL } from "./samples.ts";

const KEY = MANUAL.client.publicKey;
const OTHER = MANUAL.registrar.publicKey;

function listOf(rules: unknown): AllowList {
  return AllowList.from(rules, (flaw) => new RollcallError("ERR_CONFIG", flaw));
}

test("a key may join the services of its line, and watch", () => {
  const list = listOf({ members: [{ key: KEY, services: ["cache", "a*"], name: "rack 7" }] });
  assert.ok(list.has(KEY));
  assert.ok(list.mayJoin(KEY, "cache"));
  assert.ok(list.mayJoin(KEY, "a*"));
  for (const service of ["db", "cache2", "ab", "*", ""]) assert.ok(!list.mayJoin(KEY, service));
  assert.equal(list.nameOf(KEY), "rack 7");
  assert.ok(!list.has(OTHER));
  assert.ok(!list.mayJoin(OTHER, "cache"));
});

test("a star is every service", () => {
  const list = listOf({ members: [{ key: KEY, services: "*" }] });
  assert.ok(list.mayJoin(KEY, "anything"));
});

test("a watcher joins nothing, and several lines of a key add up", () => {
  const watcher = listOf({ watchers: [{ key: KEY }] });
  assert.ok(watcher.has(KEY));
  assert.ok(!watcher.mayJoin(KEY, "cache"));
  const both = listOf({
    members: [
      { key: KEY, services: ["cache"] },
      { key: KEY, services: ["db"] },
    ],
    watchers: [{ key: KEY }],
  });
  assert.equal(both.size, 1);
  assert.ok(both.mayJoin(KEY, "cache") && both.mayJoin(KEY, "db"));
});

test("an empty list lets nobody in", () => {
  for (const rules of [{}, { members: [] }, { members: [], watchers: [] }]) {
    assert.equal(listOf(rules).size, 0);
  }
});

const WRONG: readonly (readonly [rules: unknown, told: RegExp])[] = [
  [null, /no object/],
  [[], /no object/],
  ["", /no object/],
  [{ member: [] }, /"member"/],
  [{ members: {} }, /members is no list/],
  [{ members: [KEY] }, /members\[0\] is no object/],
  [{ members: [{ key: "short", services: "*" }] }, /members\[0\]\.key/],
  [{ members: [{ key: KEY }] }, /members\[0\]\.services/],
  [{ members: [{ key: KEY, services: "cache" }] }, /members\[0\]\.services/],
  [{ members: [{ key: KEY, services: ["*"] }] }, /members\[0\]\.services/],
  [{ members: [{ key: KEY, services: [""] }] }, /members\[0\]\.services/],
  [{ members: [{ key: KEY, services: ["é".repeat(200)] }] }, /members\[0\]\.services/],
  [{ members: [{ key: KEY, services: "*", name: 7 }] }, /members\[0\]\.name/],
  [{ members: [{ key: KEY, service: "cache" }] }, /"service"/],
  [{ watchers: [{ key: KEY, services: "*" }] }, /"services"/],
];

for (const [rules, told] of WRONG) {
  test(`refused: ${JSON.stringify(rules).slice(0, 60)}`, () => {
    assert.throws(() => listOf(rules), told);
  });
}
