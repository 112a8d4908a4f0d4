import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../helpers/program.ts";
import { blocksOf } from "../readme/blocks.ts";

const FOLDER = fileURLToPath(new URL("../../examples/", import.meta.url));

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "peers.ts": [
    "client-one sees: client-one client-three client-two",
    "client-two sees: client-one client-three client-two",
    "client-three sees: client-one client-three client-two",
    "client-two has left",
    "client-one sees: client-one client-three",
    "client-three sees: client-one client-three",
  ],
  "subscribe.ts": [
    "orders: nobody",
    "orders: orders-1:8080",
    "orders: nobody",
    "the watcher has ended",
  ],
  "secure.ts": [
    "the dashboard sees: cache-1",
    "the cache server joins billing: ERR_NOT_AUTHORISED",
    "the dashboard joins cache: ERR_NOT_AUTHORISED",
    "a stranger joins cache: ERR_NOT_AUTHORISED",
  ],
  "graceful.ts": [
    "web-2 drained: all of its consumers know",
    "web-3 drained: all of its consumers know",
    "0 failed requests",
  ],
  "embedded.ts": [`{"authority":"learning","peers":["web-1"]}`],
  "cache-ring.ts": [
    "three nodes, nothing held: 300 from origin",
    "once more: 300 from memory",
    "b was killed: 207 from memory, 93 from origin",
    "d came: 217 from memory, 83 from previous owner",
    "once more: 300 from memory",
  ],
  "memcached-ring.ts": [
    "400 keys on four servers: 101, 98, 115, 86",
    "missing: 0",
    "m2 was killed: 24 % of the ring moved",
    "missing: 98, and 98 of them were on m2",
    "filled again, missing: 0",
  ],
  "grpc.ts": [
    `rollcall: service "orders": its list is empty`,
    "twelve calls: 12 x orders-1",
    "twelve calls: 4 x orders-1, 8 x orders-2",
    "twelve calls: 12 x orders-2",
  ],
};

/** Examples whose output is judged by a test file of their own. */
const TESTED_APART: readonly string[] = ["load-balancer.ts"];

/** Examples whose output the README shows. */
const IN_README: readonly string[] = [
  "load-balancer.ts",
  "cache-ring.ts",
  "memcached-ring.ts",
  "grpc.ts",
];

/** Programs that an example starts, and what to install for them. */
const NEEDS: Readonly<Record<string, string>> = { "memcached-ring.ts": "memcached" };

/** Why an example cannot run here; false where it can. */
function whyNot(name: string): string | false {
  const program = NEEDS[name];
  if (program === undefined || spawnSync(program, ["-V"]).error === undefined) return false;
  return `${program} is not installed: apt-get install ${program}`;
}

test("every example has its output here", () => {
  const examples = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
  const covered = [...Object.keys(EXPECTED), ...TESTED_APART];
  assert.deepEqual(examples.toSorted(), covered.toSorted());
});

test("the README shows examples with the output that they have", () => {
  const blocks = blocksOf(readFileSync(`${FOLDER}../README.md`, "utf8"));
  const shown = blocks.filter(({ example }) => example !== null);
  assert.deepEqual(
    shown.map(({ example }) => example),
    IN_README,
  );
  for (const { example, text } of shown) {
    const lines = EXPECTED[example ?? ""];
    if (lines !== undefined) assert.deepEqual(text.trimEnd().split("\n"), lines);
  }
});

for (const [name, lines] of Object.entries(EXPECTED)) {
  test(
    `examples/${name} prints what it should and ends by itself`,
    { skip: whyNot(name) },
    async () => {
      const { code, stdout, stderr } = await runProgram(FOLDER + name);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      assert.deepEqual(stdout.trimEnd().split("\n"), lines);
    },
  );
}
