import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { BAN_EXCEPTIONS, BANS, LAYERS, layerOf, renderLayerTable } from "./layers.ts";
import { code, filesUnder, importsOf, ROOT, type SourceFile, type Token } from "./source.ts";

/** Below these the walk has gone blind rather than the code small. Raise them as it grows. */
const FILES_MIN = 30;
const IMPORTS_MIN = 80;

const files = filesUnder("lib", ".ts");

test("every import in lib is allowed by the layer table", () => {
  const imports = files.flatMap((file) => importsOf(file.text));
  assert.ok(files.length >= FILES_MIN, `only ${files.length} files seen in lib`);
  assert.ok(imports.length >= IMPORTS_MIN, `only ${imports.length} imports seen in lib`);
  assert.deepEqual(files.flatMap(forbiddenImports), []);
});

test("a layer names only layers above it, so imports go one way", () => {
  const order = Object.keys(LAYERS);
  for (const [name, { rows }] of Object.entries(LAYERS)) {
    const above = order.slice(0, order.indexOf(name));
    assert.deepEqual(
      rows.filter((row) => !above.includes(row)),
      [],
      `${name} names a row that is not above it`,
    );
  }
});

test("the table names only packages that users will have", () => {
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(`${ROOT}package.json`, "utf8"),
  ) as Record<"dependencies" | "peerDependencies", Record<string, string>>;
  const had = { ...dependencies, ...peerDependencies };
  const named = Object.values(LAYERS).flatMap((layer) => layer.packages);
  const missing = named.filter((name) => name !== "node:*" && !(name in had));
  assert.deepEqual(missing, []);
});

test("no layer says a word that is banned from it", () => {
  assert.deepEqual(files.flatMap(bannedWords), []);
});

test("every exception to a ban is needed", () => {
  for (const [path, reason] of Object.entries(BAN_EXCEPTIONS)) {
    assert.ok(reason.length > 20, `the exception for ${path} gives no reason`);
    assert.ok(existsSync(ROOT + path), `${path} is gone`);
    assert.notDeepEqual(saidIn({ path, text: readFileSync(ROOT + path, "utf8") }), [], path);
  }
});

test("lib/README.md shows the layer table; UPDATE=1 puts it in", () => {
  const [begin, end] = ["<!-- layers:begin -->", "<!-- layers:end -->"];
  const path = `${ROOT}lib/README.md`;
  const text = readFileSync(path, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const [shown, after] = rest.split(end);
  assert.ok(after !== undefined, `the markers ${begin} and ${end} are missing`);
  const table = renderLayerTable();
  const fresh = `${before}${begin}\n\n${table}\n\n${end}${after}`;
  if (process.env["UPDATE"] === "1") return writeFileSync(path, fresh);
  assert.equal(shown?.trim(), table, "run this test with UPDATE=1");
});

const PLANTED_IMPORTS: readonly (readonly [path: string, line: string])[] = [
  ["lib/core/a.ts", `import { readFileSync } from "node:fs";`],
  ["lib/core/a.ts", `import fs from "fs";`],
  ["lib/core/a.ts", `import { Subject } from "rxjs";`],
  ["lib/core/a.ts", `import type { Frames } from "../wire/encode.ts";`],
  ["lib/wire/a.ts", `import { map } from "rxjs/operators";`],
  ["lib/wire/a.ts", `export { open } from '../transport/zeromq.ts';`],
  ["lib/wire/a.ts", `export * from "zeromq";`],
  ["lib/transport/a.ts", `import "pino";`],
  ["lib/registrar/a.ts", `const zmq = await import("zeromq");`],
  ["lib/registrar/a.ts", `import { join } from "../client/join.ts";`],
  ["lib/client/a.ts", `type Registrar = import("../registrar/start.ts").Registrar;`],
  ["lib/client/a.ts", `const name = "rxjs"; const lazy = await import(name);`],
  ["lib/client/a.ts", "const lazy = await import(`./${name}.ts`);"],
  ["lib/testing/a.ts", `import { Router } from "zeromq";`],
  ["lib/testing/a.ts", `import {\n  startRegistrar,\n} from "../registrar/start.ts";`],
  ["lib/testing/a.ts", `import { setTimeout } from "node:timers/promises";`],
  ["lib/cli/a.ts", `import { encode } from "../wire/encode.ts";`],
  ["lib/cli/a.ts", `const zmq = require("zeromq");`],
  ["lib/index.ts", `export { tokens } from "../test/tidy/source.ts";`],
  ["lib/index.ts", `export { encode } from "./wire/encode.ts";`],
  ["lib/shortcut/a.ts", `export const unknownLayer = true;`],
];

test("a planted import of each forbidden kind is found", () => {
  for (const [path, text] of PLANTED_IMPORTS) {
    assert.equal(forbiddenImports({ path, text }).length, 1, `not found: ${text} in ${path}`);
  }
});

test("allowed imports, comments and strings are not mistaken for violations", () => {
  const text = [
    `import { decode } from "./decode.ts";`,
    `import type { Peer } from "../core/peer.ts";`,
    `import { Packr } from "msgpackr/pack";`,
    `// import { readFileSync } from "node:fs";`,
    `const text = "import fs from 'node:fs'";`,
    'const more = `import("node:fs") ${decode(/from "x"/)}`;',
    `Array.from("abc"); const there = { from: 1 };`,
  ].join("\n");
  assert.deepEqual(forbiddenImports({ path: "lib/wire/a.ts", text }), []);
});

test("each banned word is found where it is banned, and only there", () => {
  for (const { layers, words } of BANS) {
    for (const [layer, word] of layers.flatMap((name) => words.map((said) => [name, said]))) {
      const text = `export const now = ${word}();`;
      assert.equal(
        bannedWords({ path: `lib/${layer}/a.ts`, text }).length,
        1,
        `${word} in ${layer}`,
      );
      assert.deepEqual(bannedWords({ path: "lib/client/a.ts", text }), []);
    }
  }
});

test("banned words in comments, strings and names of members do not count", () => {
  const text = `/** Date.now() */ const a = { process: 1, text: "fetch" }; b.process(Math.max(1, 2));`;
  assert.deepEqual(bannedWords({ path: "lib/core/a.ts", text }), []);
});

function forbiddenImports(file: SourceFile): readonly string[] {
  const layer = LAYERS[layerOf(file.path)];
  if (layer === undefined) return [`${file.path} belongs to no layer of the table`];
  return importsOf(file.text)
    .filter(({ from }) => from === undefined || !isAllowed(file.path, from))
    .map(({ from, line }) => `${file.path}:${line} imports ${from ?? "a computed name"}`);
}

function isAllowed(path: string, from: string): boolean {
  const own = layerOf(path);
  const layer = LAYERS[own];
  if (!from.startsWith(".")) return layer?.packages.includes(packageOf(from)) ?? false;
  const target = posix.join(posix.dirname(path), from);
  return target.startsWith("lib/") && [own, ...(layer?.rows ?? [])].includes(layerOf(target));
}

function packageOf(from: string): string {
  if (from.startsWith("node:")) return "node:*";
  return from.split("/", from.startsWith("@") ? 2 : 1).join("/");
}

function bannedWords(file: SourceFile): readonly string[] {
  return file.path in BAN_EXCEPTIONS ? [] : saidIn(file);
}

function saidIn(file: SourceFile): readonly string[] {
  const layer = layerOf(file.path);
  const banned = BANS.filter(({ layers }) => layers.includes(layer)).flatMap(({ words }) => words);
  const all = code(file.text);
  return all
    .filter((_, index) => banned.some((word) => isSaid(word, all, index)))
    .map((token) => `${file.path}:${token.line} says ${token.text}`);
}

function isSaid(word: string, all: readonly Token[], index: number): boolean {
  const [object, member] = word.split(".");
  const said = (offset: number): string | undefined => all[index + offset]?.text;
  if (all[index]?.kind !== "word" || said(0) !== object || said(-1) === ".") return false;
  if (member !== undefined) return said(1) === "." && said(2) === member;
  const isKey = said(1) === ":" && /^(?:[{,;]|readonly)$/.test(said(-1) ?? "");
  return !isKey;
}
