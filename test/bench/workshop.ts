import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Workshop } from "./children.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TEMPORARY = join(ROOT, ".tmp");

/**
 * Compiles the children and what they need of `lib`, so that they run what ships, without a loader
 * that would make a small process a big one.
 */
export async function openWorkshop(
  wantsProfiles: boolean,
): Promise<Workshop & { readonly remove: () => void }> {
  mkdirSync(TEMPORARY, { recursive: true });
  const folder = mkdtempSync(join(TEMPORARY, "bench-"));
  const roles = join(folder, "test", "bench", "roles");
  try {
    await compile(folder);
  } catch (error) {
    // The compiler writes even what it complains about; a bench may run on work in progress.
    if (!existsSync(join(roles, "registrar.js"))) throw error;
    process.stderr.write(`the compiler complains: ${String(error)}\n`);
  }
  return {
    roles,
    profiles: wantsProfiles ? mkdtempSync(join(TEMPORARY, "profile-")) : undefined,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function compile(folder: string): Promise<void> {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const settings = fileURLToPath(new URL("tsconfig.json", import.meta.url));
  await promisify(execFile)(process.execPath, [compiler, "-p", settings, "--outDir", folder]);
}
