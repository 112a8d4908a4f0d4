/** Every checker is shown something wrong: a check that looks at nothing is green too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";
import { ROOT } from "./source.ts";

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

const LONG = `export function a(): number {\n${"  void 0;\n".repeat(50)}  return 1;\n}\n`;
const KIND = `type Kind = "x" | "y";\nexport function a(kind: Kind): number {\n  switch (kind) {\n    case "x":\n      return 1;\n  }\n  return 2;\n}\n`;
const FLOATING = `async function run(): Promise<void> {}\nexport function a(): void {\n  run();\n}\n`;

/** The rule, the file it has to fire in, and what is planted there. */
const PLANTED: readonly (readonly [rule: string, path: string, text: string])[] = [
  ["no-floating-promises", "lib/client/floating.ts", FLOATING],
  ["no-floating-promises", "test/floating.ts", FLOATING],
  ["no-floating-promises", "examples/floating.ts", FLOATING],
  ["no-misused-promises", "lib/client/misused.ts", "[1].forEach(async () => {});\n"],
  ["switch-exhaustiveness-check", "lib/core/switch.ts", KIND],
  ["no-explicit-any", "lib/core/any.ts", "export const a: any = 1;\n"],
  ["no-unsafe-assignment", "lib/core/parse.ts", "export const a: string = JSON.parse('1');\n"],
  ["no-cycle", "lib/core/cycle-a.ts", `export { b as a } from "./cycle-b.ts";\n`],
  ["no-cycle", "lib/core/cycle-b.ts", `export { a as b } from "./cycle-a.ts";\n`],
  ["no-default-export", "lib/core/default.ts", "export default 1;\n"],
  ["max-lines-per-function", "lib/core/long.ts", LONG],
  ["max-lines", "lib/core/lines.ts", "void 0;\n".repeat(301)],
  ["max-params", "lib/core/params.ts", "export const a = (b: 1, c: 1, d: 1, e: 1): 1 => 1;\n"],
  ["max-depth", "lib/core/depth.ts", "if (1) { if (2) { if (3) { if (4) { void 0; } } } }\n"],
  ["explicit-module-boundary-types", "lib/core/type.ts", "export const a = () => 1;\n"],
  ["no-non-null-assertion", "lib/core/bang.ts", "export const a = [1][0]!;\n"],
  ["no-restricted-globals", "lib/core/clock.ts", "export const a = Date.now();\n"],
  ["no-restricted-globals", "lib/wire/timer.ts", "setTimeout(() => {}, 1);\n"],
];

test("the linter fires on each planted violation, in the folders it is meant for", () => {
  using project = sandbox(Object.fromEntries(PLANTED.map(([, path, text]) => [path, text])));
  const { code, output } = project.run(`${script("lint")} --format unix`);
  assert.equal(code, 1, output);
  for (const [rule, path] of PLANTED) {
    const fired = output.split("\n").some((line) => line.includes(path) && line.includes(rule));
    assert.ok(fired, `${rule} did not fire in ${path}:\n${output}`);
  }
});

test("the linter lets node:test calls stand alone and is content with clean code", () => {
  using project = sandbox({
    "lib/core/clean.ts": "export const a = 1;\n",
    "test/clean.test.ts": `import { test } from "node:test";\ntest("a", () => {});\n`,
    "examples/clean.ts": "export const a = 1;\n",
  });
  const { code, output } = project.run(script("lint"));
  assert.equal(code, 0, output);
  // These three and run.mjs.
  assert.match(output, / on 4 files /, "the linter looked at other files than ours");
});

test("the compiler refuses what the settings promise to refuse", () => {
  using project = sandbox({
    "lib/index.ts": `export const first = (list: string[]): string => list[0];\n`,
    "lib/optional.ts": `export const a: { b?: number } = { b: undefined };\n`,
    "test/a.test.ts": `export const a: number = "text";\n`,
    "examples/a.ts": `enum Kind { A }\nexport const a = Kind.A;\n`,
  });
  const { code, output } = project.run(script("types"));
  assert.notEqual(code, 0);
  assert.match(output, /lib\/index\.ts.*TS2322/);
  assert.match(output, /lib\/optional\.ts.*TS2375/);
  assert.match(output, /a\.test\.ts.*TS2322/);
  assert.match(output, /examples\/a\.ts.*TS1294/);
});

test("the formatter refuses a file that it would change", () => {
  const files = ["lib/core/a.ts", "test/a.ts", "examples/a.ts", "lib/README.md"];
  using project = sandbox(
    Object.fromEntries(files.map((path) => [path, path.endsWith(".md") ? "*  a" : "a ;"])),
  );
  const { code, output } = project.run(script("format:check"));
  assert.equal(code, 1, output);
  for (const path of files) assert.match(output, new RegExp(path));
});

test("dead code, an unused export and an unused package are found", () => {
  using project = sandbox({
    "lib/index.ts": `export { used } from "./used.ts";\n`,
    "lib/used.ts": "export const used = 1;\nexport const unused = 2;\n",
    "lib/dead.ts": "export const dead = 1;\n",
  });
  const { code, output } = project.run(script("knip"));
  assert.equal(code, 1, output);
  assert.match(output, /lib\/dead\.ts/);
  assert.match(output, /unused\s+lib\/used\.ts/);
  assert.match(output, /zeromq\s+package\.json/);
});

function script(name: string): string {
  const line = scripts[name];
  assert.ok(line !== undefined, `package.json has no script "${name}"`);
  return line;
}
