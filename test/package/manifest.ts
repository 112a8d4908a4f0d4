import { readFileSync } from "node:fs";
import { ROOT } from "../tidy/source.ts";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Door>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Where one entry of `exports` leads. */
export interface Door {
  readonly types: string;
  readonly default: string;
}

export const MANIFEST = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as Manifest;

/** The doors that are code, by the name a user imports: `rollcall`, `rollcall/testing`. */
export const DOORS: readonly (Door & { readonly name: string })[] = Object.entries(
  MANIFEST.exports,
).flatMap(([path, door]) =>
  typeof door === "string" ? [] : [{ ...door, name: path.replace(/^\./, MANIFEST.name) }],
);
