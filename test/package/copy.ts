/** The package as it would be published, made in a temporary folder so that ours is left alone. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment } from "../tidy/sandbox.ts";
import { ROOT } from "../tidy/source.ts";

/** What publishing starts from. */
const SOURCES = [
  "package.json",
  "tsconfig.json",
  "lib",
  "examples",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
] as const;

export interface Folder {
  readonly path: string;
  /** Runs a program in this folder and returns what it prints; throws where it fails. */
  readonly run: (program: string, ...args: readonly string[]) => string;
  readonly [Symbol.dispose]: () => void;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "rollcall-package-"));
  return {
    path,
    run: (program, ...args) => runIn(path, program, args),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

function runIn(cwd: string, program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, { cwd, env: environment(), encoding: "utf8" });
  if (done.error !== undefined) throw done.error;
  if (done.status === 0) return done.stdout;
  throw new Error(`${program} ${args.join(" ")} failed:\n${done.stdout}${done.stderr}`);
}

/** A copy of the sources with our packages; not built. */
export function copyOfSources(): Folder {
  const folder = temporaryFolder();
  for (const name of SOURCES.filter((path) => existsSync(join(ROOT, path)))) {
    cpSync(join(ROOT, name), join(folder.path, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder.path, "node_modules"), "dir");
  return folder;
}
