import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TEMPORARY = join(ROOT, ".tmp");
const COMPILE_MS = 120_000;

/** Where a role's program is. */
export type Roles = (role: string) => string;

let compiled: Promise<Roles> | undefined;

/**
 * Compiles the roles once, with what they need of `lib`: processes that are started again an hour
 * later still run the same, and run what ships. The files go when this process ends.
 */
export function compileRoles(): Promise<Roles> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<Roles> {
  mkdirSync(TEMPORARY, { recursive: true });
  const folder = mkdtempSync(join(TEMPORARY, "soak-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const roles = (role: string): string => join(folder, "test", "soak", "roles", `${role}.js`);
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const settings = fileURLToPath(new URL("tsconfig.json", import.meta.url));
  const args = [compiler, "-p", settings, "--outDir", folder];
  try {
    await promisify(execFile)(process.execPath, args, { timeout: COMPILE_MS });
  } catch (error) {
    // The compiler writes even what it complains about, and types are checked elsewhere.
    if (!existsSync(roles("registrar"))) throw error;
  }
  return roles;
}
