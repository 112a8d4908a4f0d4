import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { COVERED_BY, unmirrored } from "./mirrors.ts";
import { LONG_FILES, RULES, violations } from "./rules.ts";
import { filesUnder, ROOT } from "./source.ts";

const files = filesUnder("");

test("no file breaks a house rule", () => {
  assertNone(violations(files));
});

test("every house rule looked at files", () => {
  assert.ok(files.length >= 30, `only ${files.length} files seen`);
  for (const { name, covers } of RULES) {
    assert.ok(
      files.some(({ path }) => covers(path)),
      `the rule about ${name} covers no file`,
    );
  }
});

test("every file of core and wire has a test of its own or names the test that covers it", () => {
  assertNone(unmirrored(files, files, COVERED_BY));
});

test("every exception names a file that exists", () => {
  const named = [...Object.keys(LONG_FILES), ...Object.keys(COVERED_BY)];
  assert.deepEqual(
    named.filter((path) => !existsSync(ROOT + path)),
    [],
  );
});

// The words are put together here, so that this file does not break the rules it plants.
const REMINDERS = [
  ["TO", "DO"],
  ["FIX", "ME"],
  ["XX", "X"],
].map((halves) => halves.join(""));

const PLANTED: readonly (readonly [rule: string, path: string, text: string])[] = [
  ["file length", "lib/core/a.ts", "a();\n".repeat(301)],
  ...REMINDERS.map((word) => ["reminders", "lib/a.ts", `// ${word}: later`] as const),
  ["reminders", "README.md", `# A\n${REMINDERS[0]} write this`],
  ["any", "lib/core/a.ts", "export const a: any = 1;"],
  ["any", "test/core/a.ts", "const a = b as any;"],
  ["any", "examples/a.ts", "const a: Record<string, any> = {};"],
  ["silenced compiler", "lib/a.ts", `// @ts-${"ignore"}`],
  ["silenced compiler", "test/a.ts", `// @ts-${"nocheck"}`],
  ["silenced in lib", "lib/a.ts", `// @ts-${"expect-error"}: because`],
  ["default export", "lib/a.ts", "export default 3;"],
  ["default export", "lib/a.ts", "export { a as default };"],
  ["narrowed test", "test/a.test.ts", `test.${"only"}("a", () => {});`],
  ["narrowed test", "test/a.test.ts", `t.${"skip"}("no");`],
  ["sleeping test", "test/a.test.ts", `await sleep${"("}20);`],
  ["sleeping test", "test/a.test.ts", `await delay${"("}5);`],
  ["sleeping test", "test/a.test.ts", `await new Promise((done) => setTimeout(done, ${"1_000"}));`],
  ["sleeping test", "test/a.test.ts", `await setTimeout(${100}, undefined, { signal });`],
  ["one title", "lib/README.md", "## Only a second level"],
  ["one title", "lib/README.md", "# One\n\n# Two"],
  ["machine path", "test/a.ts", `const a = "/ho${"me/someone/project"}";`],
  ["machine path", "README.md", `# A\ncd /wo${"rk/main"}`],
  ["machine library", "README.md", `# A\nsee .lib${"rary/README.md"}`],
  ["registry host", "package-lock.json", `"reso${"lved"}": "https://example.org/a.tgz"`],
  ["registry host", ".npmrc", "registry=https://example.org/"],
];

test("a planted violation of each rule is found", () => {
  for (const [rule, path, text] of PLANTED) {
    const found = violations([{ path, text }]);
    assert.ok(
      found.some((line) => line.startsWith(`${rule}: ${path}:`)),
      `not found by the rule about ${rule}: ${text.slice(0, 80)}`,
    );
  }
  const planted = new Set(PLANTED.map(([rule]) => rule));
  assert.deepEqual(
    RULES.filter(({ name }) => !planted.has(name)).map(({ name }) => name),
    [],
    "these rules have no planted violation",
  );
});

test("what only looks like a violation is left alone", () => {
  const innocent = [
    "const signal = AbortSignal.any([a, b]); const text = 'any'; // any text",
    "switch (a) { default: break; } import { default as b } from './b.json';",
    "setTimeout(done, 10); setTimeout(done, bound.surveyMs); delay(unit * 10);",
    "setTimeout(() => check(500), 20); const skip = { only: 1 };",
  ].join("\n");
  assert.deepEqual(violations([{ path: "test/a.ts", text: innocent }]), []);
  const page = "# Title\n\n```sh\n# a comment\n```\n\n## Part\n";
  assert.deepEqual(violations([{ path: "lib/README.md", text: page }]), []);
});

test("a file without its mirror, and a false claim of cover, are found", () => {
  const lib = [{ path: "lib/core/a.ts", text: "" }];
  const own = { path: "test/core/a.test.ts", text: "" };
  const other = { path: "test/core/b.test.ts", text: `import "../../lib/core/a.ts";` };
  const covered = { "lib/core/a.ts": other.path };
  assert.deepEqual(unmirrored(lib, [own], {}), []);
  assert.deepEqual(unmirrored(lib, [other], covered), []);
  assert.equal(unmirrored(lib, [other], {}).length, 1);
  assert.equal(unmirrored(lib, [own], covered).length, 1);
  assert.equal(unmirrored(lib, [], covered).length, 1);
  assert.equal(unmirrored(lib, [{ ...other, text: "" }], covered).length, 1);
});

function assertNone(found: readonly string[]): void {
  assert.ok(found.length === 0, `${found.length} found:\n${found.join("\n")}`);
}
