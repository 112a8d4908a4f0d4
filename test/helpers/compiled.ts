import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isRunning } from "./program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** For what lives no longer than a run; git ignores it. */
export const TEMPORARY = join(ROOT, ".tmp");
const COMPILE_MS = 120_000;

/** Where the program of a role is. */
export type Roles = (role: string) => string;

const compiled = new Map<string, Promise<Roles>>();

/**
 * Compiles `test/<of>/roles` once, with what they need of `lib`: processes run what ships, without a
 * loader that would make a small one big and each start slow, and one that is started again an hour
 * later still runs the same. The files go when this process ends, or when the next run begins.
 */
export function compileRoles(of: "bench" | "chaos" | "soak"): Promise<Roles> {
  const found = compiled.get(of) ?? compile(of);
  compiled.set(of, found);
  return found;
}

async function compile(of: string): Promise<Roles> {
  mkdirSync(TEMPORARY, { recursive: true });
  sweep(of);
  const folder = mkdtempSync(join(TEMPORARY, `${of}-${process.pid}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const roles = (role: string): string => join(folder, "test", of, "roles", `${role}.js`);
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const args = [compiler, "-p", join(ROOT, "test", of, "tsconfig.json"), "--outDir", folder];
  try {
    await promisify(execFile)(process.execPath, args, { timeout: COMPILE_MS });
  } catch (error) {
    // The compiler writes even what it complains about; a run may be of work in progress.
    if (!existsSync(roles("registrar"))) throw error;
    process.stderr.write(`the compiler complains: ${String(error)}\n`);
  }
  return roles;
}

/** What a killed run has left behind is removed. */
function sweep(of: string): void {
  for (const name of readdirSync(TEMPORARY)) {
    const [, pid] = new RegExp(`^${of}-(\\d+)-`).exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(join(TEMPORARY, name), { recursive: true, force: true });
  }
}
