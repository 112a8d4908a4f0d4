import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../helpers/program.ts";

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
  "embedded.ts": [`{"authority":"learning","peers":["web-1"]}`],
};

test("every example has its output here", () => {
  const examples = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
  assert.deepEqual(examples.toSorted(), Object.keys(EXPECTED).toSorted());
});

for (const [name, lines] of Object.entries(EXPECTED)) {
  test(`examples/${name} prints what it should and ends by itself`, async () => {
    const { code, stdout, stderr } = await runProgram(FOLDER + name);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trimEnd().split("\n"), lines);
  });
}
