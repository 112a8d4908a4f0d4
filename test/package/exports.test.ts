import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { filesUnder, ROOT } from "../tidy/source.ts";
import { DOORS, MANIFEST } from "./manifest.ts";

/** The source that is built into this file. */
const sourceOf = (built: string): string =>
  built.replace(/^\.\/dist\//, "lib/").replace(/(?:\.d\.ts|\.js)$/, ".ts");

test("every door leads to a source in lib, for types and code alike", () => {
  assert.ok(DOORS.length >= 2);
  for (const { name, types, default: code } of DOORS) {
    assert.ok(
      existsSync(ROOT + sourceOf(code)),
      `${name} leads to ${sourceOf(code)}: no such file`,
    );
    assert.equal(sourceOf(types), sourceOf(code), name);
    assert.match(code, /^\.\/dist\/.*\.js$/);
    assert.match(types, /^\.\/dist\/.*\.d\.ts$/);
  }
});

test("main and types name the first door, for tools that read no exports", () => {
  assert.deepEqual([MANIFEST.types, MANIFEST.main], [DOORS[0]?.types, DOORS[0]?.default]);
});

test("every command leads to a source in lib that says which program runs it", () => {
  for (const [name, path] of Object.entries(MANIFEST.bin)) {
    const source = ROOT + sourceOf(path);
    assert.ok(existsSync(source), `the command ${name} leads to ${source}: no such file`);
    assert.match(readFileSync(source, "utf8"), /^#!\/usr\/bin\/env node\n/);
  }
});

test("nothing behind the doors can be imported", () => {
  const { resolve } = createRequire(`${ROOT}package.json`);
  const inner = filesUnder("lib", ".ts").map(({ path }) =>
    path.slice("lib/".length, -".ts".length),
  );
  assert.ok(inner.length >= 20);
  const open = inner
    .flatMap((path) => [`${path}.js`, path, `dist/${path}.js`, `lib/${path}.ts`])
    .map((path) => `${MANIFEST.name}/${path}`)
    .filter((name) => !DOORS.some((door) => door.name === name))
    .filter((name) => codeOf(() => resolve(name)) !== "ERR_PACKAGE_PATH_NOT_EXPORTED");
  assert.deepEqual(open, []);
});

function codeOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
  return undefined;
}
