import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRunning } from "./bridge.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TEMPORARY = join(ROOT, ".tmp");
const COMPILE_MS = 60_000;

/** Compiled roles, until they are removed. */
export interface Roles {
  /** The file of one role. */
  readonly file: (role: string) => string;
  readonly remove: () => void;
}

/** Compiles the roles once: they start often, and a loader would make each start slow. */
export function compileRoles(): Roles {
  mkdirSync(TEMPORARY, { recursive: true });
  sweepRoles();
  const folder = mkdtempSync(join(TEMPORARY, `chaos-${process.pid}-`));
  const file = (role: string): string => join(folder, "test", "chaos", "roles", `${role}.js`);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const settings = fileURLToPath(new URL("tsconfig.json", import.meta.url));
  const args = [compiler, "-p", settings, "--outDir", folder];
  try {
    execFileSync(process.execPath, args, { timeout: COMPILE_MS, encoding: "utf8" });
  } catch (error) {
    // The compiler writes even what it complains about; chaos may run on work in progress.
    if (!existsSync(file("registrar"))) {
      remove();
      throw error;
    }
  }
  process.once("exit", remove);
  return { file, remove };
}

/** What a killed run has left behind is removed. */
function sweepRoles(): void {
  for (const name of readdirSync(TEMPORARY)) {
    const [, pid] = /^chaos-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(join(TEMPORARY, name), { recursive: true, force: true });
  }
}
