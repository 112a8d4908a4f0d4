import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ROOT } from "../tidy/source.ts";
import { copyOfSources, type Folder } from "./copy.ts";
import { DOORS } from "./manifest.ts";
import { surfaceOf } from "./surface.ts";

const GOLDEN = join(ROOT, "test/package/api.txt");

let built: Folder;
before(() => {
  built = copyOfSources();
  built.run("npm", "run", "--silent", "build");
});
after(() => built[Symbol.dispose]());

test("the doors export what test/package/api.txt lists; UPDATE=1 writes it anew", () => {
  const found = DOORS.map(({ name, types }) => {
    const surface = surfaceOf(join(built.path, types));
    const lines = [...surface.values, ...surface.types.map((type) => `type ${type}`)];
    return [name, ...lines.map((line) => `  ${line}`)].join("\n");
  }).join("\n\n");
  if (process.env["UPDATE"] === "1") writeFileSync(GOLDEN, `${found}\n`);
  assert.ok(existsSync(GOLDEN), "test/package/api.txt is missing; run with UPDATE=1");
  assert.equal(`${found}\n`, readFileSync(GOLDEN, "utf8"));
});

test("the declarations promise the very values that the code exports", async () => {
  for (const { name, types, default: code } of DOORS) {
    const module = (await import(pathToFileURL(join(built.path, code)).href)) as object;
    const { values } = surfaceOf(join(built.path, types));
    assert.ok(values.length > 0, `${name} exports no values`);
    assert.deepEqual(values, Object.keys(module).toSorted(), name);
  }
});

test("every form of export is understood", () => {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-surface-"));
  writeFileSync(
    join(folder, "inner.d.ts"),
    [
      "export interface Peer { readonly export: 1 }",
      "export declare const LIMITS: { a: 1 };",
      "export declare function join(): void;",
      "export declare abstract class Handle {}",
      "export type Id = string;",
    ].join("\n"),
  );
  writeFileSync(
    join(folder, "index.d.ts"),
    [
      `export { LIMITS as BOUNDS, type Id } from "./inner.ts";`,
      `export type { Handle } from "./inner.ts";`,
      `export { Peer, join } from "./inner.ts";`,
      `declare const own: 1;`,
      `export { own };`,
      `export * from "./more.ts";`,
    ].join("\n"),
  );
  writeFileSync(join(folder, "more.d.ts"), "export declare let more: 1;\nexport {};\n");
  assert.deepEqual(surfaceOf(join(folder, "index.d.ts")), {
    types: ["Handle", "Id", "Peer"],
    values: ["BOUNDS", "join", "more", "own"],
  });
  rmSync(folder, { recursive: true });
});
