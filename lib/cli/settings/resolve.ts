import { RollcallError } from "../../index.ts";
import { flagOf, variableOf } from "./setting.ts";
import type { Setting } from "./setting.ts";
import { readText, readTexts, readValue } from "./values.ts";
import type { Reading } from "./values.ts";

/** A configuration file that was read. */
export interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Where options may come from; a flag wins over the environment, that over the file. */
export interface Sources {
  /** By flag without dashes: a text, all texts of a repeatable one, or a switch. */
  readonly flags: Readonly<Record<string, string | readonly string[] | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | null;
}

/** Where one value came from. */
export type Origin =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "file"; readonly name: string; readonly path: string };

/** One option that was given. */
export interface Given {
  readonly value: unknown;
  readonly origin: Origin;
}

interface Offer {
  readonly raw: unknown;
  readonly reading: Reading;
  readonly origin: Origin;
}

/**
 * The options that were given, each from its strongest source. Throws `ERR_OPTION` for a flag and
 * `ERR_CONFIG` for anything else, with source, option and value.
 */
export function resolve(
  settings: readonly Setting[],
  sources: Sources,
): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>();
  for (const setting of settings) {
    const offer = offerOf(setting, sources);
    if (offer === undefined) continue;
    const { raw, reading, origin } = offer;
    if (!reading.ok) throw refusal(origin, `is ${shown(raw)} but takes ${reading.takes}`);
    given.set(setting.key, { value: reading.value, origin });
  }
  return given;
}

/** Where a value comes from, as a user would look for it. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case "flag":
      return `--${origin.name}`;
    case "environment":
      return `the environment variable ${origin.name}`;
    case "file":
      return `${origin.name} in ${origin.path}`;
    default:
      return origin satisfies never;
  }
}

/** The error about a value from this source. */
function refusal(origin: Origin, what: string): RollcallError {
  const code = origin.kind === "flag" ? "ERR_OPTION" : "ERR_CONFIG";
  return new RollcallError(code, `${originText(origin)} ${what}`);
}

function offerOf(setting: Setting, { flags, env, file }: Sources): Offer | undefined {
  const { key, value } = setting;
  const flag = flags[flagOf(setting)];
  if (flag !== undefined) {
    const name = flag === false ? `no-${flagOf(setting)}` : flagOf(setting);
    return { raw: flag, reading: readFlag(flag, setting), origin: { kind: "flag", name } };
  }
  const name = variableOf(setting);
  const text = env[name];
  // An empty variable is how one unsets it in many tools.
  if (text !== undefined && text !== "") {
    return { raw: text, reading: readText(text, value), origin: { kind: "environment", name } };
  }
  if (file === null || !Object.hasOwn(file.values, key)) return undefined;
  const raw = file.values[key];
  const origin = { kind: "file", name: key, path: file.path } as const;
  return { raw, reading: readValue(raw, value), origin };
}

function readFlag(flag: string | readonly string[] | boolean, { value }: Setting): Reading {
  if (typeof flag === "boolean") return { ok: true, value: flag };
  return typeof flag === "string" ? readText(flag, value) : readTexts(flag, value);
}

function shown(raw: unknown): string {
  const text = Array.isArray(raw) && raw.length === 1 ? String(raw[0]) : raw;
  const json = JSON.stringify(text) ?? String(text);
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
