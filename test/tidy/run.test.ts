import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

const RUN = "node test/run.mjs";
const passing = (name: string): string =>
  `import { test } from "node:test";\nconst name: string = "${name}";\ntest(name, () => {});\n`;
const FAILING = `import { test } from "node:test";\ntest("fails", () => {\n  throw new Error("as planted");\n});\n`;
const SKIPPING = `import { test } from "node:test";\ntest("elsewhere", { skip: "no such kernel" }, () => {});\n`;

test("finds tests at any depth and ends in one total", () => {
  using project = sandbox({
    "test/core/a.test.ts": passing("at the side"),
    "test/transport/deep/er/b.test.ts": passing("one at a time"),
  });
  const { code, output } = project.run(`${RUN} test.ts`);
  assert.equal(code, 0, output);
  assert.match(output, /✔ at the side/);
  assert.match(output, /✔ one at a time/);
  assert.deepEqual(output.match(/ℹ tests \d+/g), ["ℹ tests 2"]);
  assert.deepEqual(output.match(/ℹ (?:pass|fail) \d+/g), ["ℹ pass 2", "ℹ fail 0"]);
  assert.match(output, /ok {3}unit tests/);
  assert.match(output, /ok {3}network tests/);
});

test("runs only the files whose path contains every word", () => {
  using project = sandbox({
    "test/core/roster.test.ts": passing("wanted"),
    "test/wire/roster.test.ts": passing("not wanted"),
  });
  const { code, output } = project.run(`${RUN} core roster`);
  assert.equal(code, 0, output);
  assert.match(output, /✔ wanted/);
  assert.match(output, /ℹ tests 1\n/);
});

test("fails when no file matches and when there are no tests at all", () => {
  using project = sandbox({ "test/core/a.test.ts": passing("a") });
  const outcome = project.run(`${RUN} nothing-like-this`);
  assert.equal(outcome.code, 1, outcome.output);
  assert.match(outcome.output, /none of the 1 test files matches/);
  using empty = sandbox({});
  assert.equal(empty.run(RUN).code, 1);
});

test("fails for a failing test in either part, though the other passes", () => {
  for (const path of ["test/core/a.test.ts", "test/transport/a.test.ts"]) {
    using project = sandbox({
      [path]: FAILING,
      "test/core/ok.test.ts": passing("a"),
      "test/transport/ok.test.ts": passing("b"),
    });
    const { code, output } = project.run(`${RUN} test.ts`);
    assert.equal(code, 1, output);
    assert.match(output, /as planted/);
    assert.deepEqual(output.match(/ℹ (?:pass|fail) \d+/g), ["ℹ pass 2", "ℹ fail 1"]);
  }
});

test("fails for a file that registers no test or that cannot be loaded", () => {
  using project = sandbox({
    "test/core/empty.test.ts": "export {};\n",
    "test/core/broken.test.ts": `import "./missing.ts";\n`,
  });
  const empty = project.run(`${RUN} empty`);
  assert.equal(empty.code, 1, empty.output);
  assert.match(empty.output, /test\/core\/empty\.test\.ts registers no test/);
  assert.equal(project.run(`${RUN} broken`).code, 1);
});

test("no test of a batch begins before all its files are loaded", () => {
  using project = sandbox({
    "test/core/a.test.ts": `import assert from "node:assert/strict";
import { test } from "node:test";
test("first", () => assert.equal(Reflect.get(globalThis, "isLoaded"), true));\n`,
    "test/core/b.test.ts": `import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
await setTimeout(300);
Reflect.set(globalThis, "isLoaded", true);
test("second", () => {});\n`,
  });
  const { code, output } = project.run(`${RUN} core`);
  assert.equal(code, 0, output);
  assert.match(output, /ℹ tests 2\n/);
});

test("says what was skipped and why", () => {
  using project = sandbox({ "test/core/a.test.ts": SKIPPING });
  const { code, output } = project.run(`${RUN} core`);
  assert.equal(code, 0, output);
  assert.match(output, /skipped: elsewhere: no such kernel/);
});

test("a failing check fails the whole run, and the tests still run", () => {
  using project = sandbox({
    "lib/index.ts": `export const a: number = "text";\n`,
    "test/core/a.test.ts": passing("a"),
  });
  const { code, output } = project.run(RUN);
  assert.equal(code, 1, output);
  for (const name of ["build", "types"]) assert.match(output, new RegExp(`FAIL ${name} `));
  assert.match(output, /ok {3}unit tests/);
});
