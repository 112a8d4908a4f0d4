import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runNode, runProgram } from "../helpers/program.ts";
import { blocksOf, outputOf } from "./blocks.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BLOCKS = blocksOf(readFileSync(`${ROOT}README.md`, "utf8"));
const TS_BLOCKS = BLOCKS.filter((block) => block.language === "ts");
/** Where each shell command of the README is run. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  "npm ci && npm start": ".ci/run",
  "npm install rollcall": "test/package/pack.test.ts",
};

/** Inside the project, so that `rollcall` names the project itself; not in version control. */
let folder = "";

before(() => {
  mkdirSync(`${ROOT}.tmp`, { recursive: true });
  folder = mkdtempSync(`${ROOT}.tmp/readme-`);
});

after(() => rmSync(folder, { recursive: true, force: true }));

test("the README has a first program, with its output, before anything else", () => {
  assert.equal(BLOCKS[0]?.program, "first");
  assert.ok(outputOf(BLOCKS, "first"));
  assert.ok(TS_BLOCKS.length >= 5, `only ${TS_BLOCKS.length} blocks were found`);
});

for (const block of BLOCKS.filter(({ program }) => program !== null)) {
  test(`the program at line ${block.line} prints what the README says`, async () => {
    const file = join(folder, `${block.program ?? ""}.ts`);
    writeFileSync(file, block.text);
    const { code, stdout, stderr } = await runProgram(file);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, outputOf(BLOCKS, block.program ?? ""));
  });
}

/** What the compiler says of these programs. */
async function compile(name: string, programs: readonly string[]): Promise<string> {
  const place = join(folder, name);
  mkdirSync(place);
  programs.forEach((text, i) => writeFileSync(join(place, `block-${i}.ts`), text));
  const config = {
    extends: `${ROOT}tsconfig.json`,
    compilerOptions: {
      rootDir: ROOT,
      noEmit: true,
      types: ["node"],
      typeRoots: [`${ROOT}node_modules/@types`],
    },
    include: ["."],
  };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = await runNode([`${ROOT}node_modules/typescript/bin/tsc`, "-p", place]);
  return stdout;
}

test("every block of TypeScript in the README passes the type check", async () => {
  const said = await compile(
    "right",
    TS_BLOCKS.map((block) => block.text),
  );
  assert.equal(said, "", TS_BLOCKS.map(({ line }, i) => `block-${i}: line ${line}`).join("\n"));
});

test("a block that uses what does not exist fails the type check", async () => {
  const [first] = TS_BLOCKS;
  assert.ok(first);
  const wrong = first.text.replace("changes$", "chances$");
  assert.match(await compile("wrong", [wrong]), /chances\$/);
});

test("every shell command of the README is run somewhere", () => {
  for (const { text, language, line } of BLOCKS) {
    if (language !== "sh") continue;
    const place = RUN_ELSEWHERE[text.trim()];
    assert.ok(place, `line ${line}: ${text}`);
    assert.ok(readFileSync(ROOT + place, "utf8").includes("npm"), place);
  }
});
