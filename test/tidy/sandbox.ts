/** A small project in a temporary folder with our settings, to see each check fail in. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ROOT } from "./source.ts";

const SETTINGS = [
  "package.json",
  "tsconfig.json",
  "test/tsconfig.json",
  "test/run.mjs",
  "test/tidy/oxlint.json",
];

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

export interface Sandbox {
  readonly folder: string;
  /** Runs a line as npm would run a script. */
  readonly run: (line: string) => Outcome;
  readonly [Symbol.dispose]: () => void;
}

/** Our settings, our packages, and these files instead of ours. */
export function sandbox(files: Readonly<Record<string, string>>): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-tidy-"));
  for (const path of ["lib", "test", "examples"]) mkdirSync(join(folder, path));
  for (const path of SETTINGS) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    folder,
    run: (line) => runIn(folder, line),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runIn(folder: string, line: string): Outcome {
  const done = spawnSync(line, { shell: true, cwd: folder, env: environment(), encoding: "utf8" });
  return { code: done.status, output: done.stdout + done.stderr };
}

/**
 * Ours, with the programs of our packages, but without what `npm test` says of the package that it
 * runs in, and without the mark of a test process: a test runner that inherits it runs nothing.
 */
export function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_package_|npm_config_local_prefix|INIT_CWD|NODE_TEST_CONTEXT)/.test(name),
  );
  const bin = join(ROOT, "node_modules", ".bin");
  const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: "1" };
}
