import { readFileSync } from "node:fs";
import { RollcallError } from "../../index.ts";
import type { ConfigFile } from "./resolve.ts";

/**
 * Reads a configuration file: one JSON object whose keys are option names. Keys of other commands
 * are left alone, so that one file can serve a whole host; any other key is an error, because a
 * mistyped option must not be lost silently. Throws `ERR_CONFIG`.
 */
export function readConfigFile(path: string, known: ReadonlySet<string>): ConfigFile {
  const values = parse(path, load(path));
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new RollcallError("ERR_CONFIG", `${path} is not one JSON object`);
  }
  const stranger = Object.keys(values).find((key) => !known.has(key));
  if (stranger === undefined) return { path, values: { ...values } };
  const near = [...known].find((key) => key.toLowerCase() === camelOf(stranger));
  const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
  throw new RollcallError(
    "ERR_CONFIG",
    `unknown key ${JSON.stringify(stranger)} in ${path}${hint}`,
  );
}

function load(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RollcallError("ERR_CONFIG", `${path} cannot be read: ${reason}`, { cause: error });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RollcallError("ERR_CONFIG", `${path} is not JSON: ${reason}`, { cause: error });
  }
}

/** Flags and variables are spelt with dashes and underscores, keys are not. */
function camelOf(key: string): string {
  return key
    .replace(/^rollcall_/i, "")
    .replaceAll(/[-_]/g, "")
    .toLowerCase();
}
