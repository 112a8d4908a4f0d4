import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../helpers/program.ts";

const PROGRAM = fileURLToPath(new URL("./routing-id.ts", import.meta.url));

// Not ours to mend. Where it fails, libzmq has mended it: take it out of README and decision 82.
test("a stranger that names itself as the next connection ends the process, as the README says", async () => {
  const { code, stdout, stderr } = await runProgram(PROGRAM);
  assert.equal(stdout, "");
  assert.match(stderr, /Assertion failed: ok/);
  assert.equal(code, null);
});
