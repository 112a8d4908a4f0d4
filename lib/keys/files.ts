import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { RollcallError } from "../core/errors.ts";
import { checkedPair } from "./pair.ts";
import type { KeyPair } from "./pair.ts";
import { AllowList } from "./rules.ts";

/** Nobody else may read a secret. */
const SECRET_MODE = 0o600;
const OTHERS = 0o077;
/** Who can write the list of keys is the one who lets in. */
const WRITABLE_BY_ALL = 0o002;
/** Larger files are something else. */
const FILE_BYTES_MAX = 16_777_216;

/**
 * Reads a key file as `rollcall keygen` writes it.
 *
 * @throws RollcallError `ERR_CONFIG` where it cannot be read, is no key file, or can be read by
 * others: then with its name and mode. No error shows what is in it.
 */
export function readKeyFile(path: string): KeyPair {
  const text = contentOf(path, OTHERS, "a secret key must be readable by its owner alone");
  return checkedPair(parsed(text, path), path, "ERR_CONFIG");
}

/**
 * Writes a new key file, readable by its owner alone.
 *
 * @throws RollcallError `ERR_CONFIG` where there is one already, or the place cannot be written
 */
export function writeKeyFile(path: string, pair: KeyPair): void {
  try {
    writeFileSync(path, keyFileText(pair), { flag: "wx", mode: SECRET_MODE });
  } catch (error) {
    throw unusable(path, error, "written");
  }
}

/** A key file as text. */
export function keyFileText({ publicKey, secretKey }: KeyPair): string {
  return `${JSON.stringify({ publicKey, secretKey }, undefined, 2)}\n`;
}

/**
 * Reads an allow list: the JSON of `AllowRules`.
 *
 * @throws RollcallError `ERR_CONFIG` where it cannot be read, is wrong, or can be written by all
 */
export function readAllowFile(path: string): AllowList {
  const text = contentOf(path, WRITABLE_BY_ALL, "an allow list must not be writable by all");
  return AllowList.from(
    parsed(text, path),
    (flaw) => new RollcallError("ERR_CONFIG", `${path}: ${flaw}`),
  );
}

/** Looks at the file that was opened, not at whatever bears its name a moment later. */
function contentOf(path: string, forbidden: number, rule: string): string {
  let mode = 0;
  let text = "";
  try {
    const file = openSync(path, "r");
    try {
      const stats = fstatSync(file);
      mode = process.platform === "win32" ? 0 : stats.mode;
      if (stats.isFile() && stats.size > FILE_BYTES_MAX) throw new Error("it is too large");
      if ((mode & forbidden) === 0) text = readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unusable(path, error, "read");
  }
  if ((mode & forbidden) === 0) return text;
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  throw new RollcallError("ERR_CONFIG", `${path} has mode ${shown}: ${rule}`);
}

/** What a parser says may quote the text, so it is not handed on. */
function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch {
    throw new RollcallError("ERR_CONFIG", `${path} is not JSON`);
  }
}

function unusable(path: string, error: unknown, done: "read" | "written"): RollcallError {
  const why = error instanceof Error ? error.message : String(error);
  return new RollcallError("ERR_CONFIG", `${path} cannot be ${done}: ${why}`, { cause: error });
}
