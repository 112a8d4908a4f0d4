import { ERRORS, PRESETS, RollcallError } from "../../index.ts";
import type { OptionRow, Preset } from "../../index.ts";
import { originText } from "./resolve.ts";
import type { Given, Origin } from "./resolve.ts";

const STRENGTH: readonly Origin["kind"][] = ["file", "environment", "flag"];

/** The options of one call of a command; each is undefined where it was not given. */
export class Options {
  readonly #given: ReadonlyMap<string, Given>;

  constructor(given: ReadonlyMap<string, Given>) {
    this.#given = given;
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    return typeof value === "string" ? value : undefined;
  }

  number(key: string): number | undefined {
    const value = this.value(key);
    return typeof value === "number" ? value : undefined;
  }

  isOn(key: string): boolean {
    return this.value(key) === true;
  }

  list(key: string): readonly string[] | undefined {
    const value = this.value(key);
    return Array.isArray(value) ? value.map(String) : undefined;
  }

  get preset(): Preset | undefined {
    return PRESETS.find((preset) => preset === this.value("preset"));
  }

  /** As it was given, checked for its kind. */
  value(key: string): unknown {
    return this.#given.get(key)?.value;
  }

  /** The numbers of a table of options that were given. */
  numbers<T extends Readonly<Record<string, OptionRow>>>(
    table: T,
  ): { readonly [K in keyof T]?: number } {
    const numbers: { [K in keyof T]?: number } = {};
    for (const key of Object.keys(table) as (keyof T & string)[]) {
      const number = this.number(key);
      if (number !== undefined) numbers[key] = number;
    }
    return numbers;
  }

  /** True where `key` was given by a stronger source than `other`, which it replaces. */
  outranks(key: string, other: string): boolean {
    return this.#strength(key) > this.#strength(other);
  }

  isFlag(key: string): boolean {
    return this.#given.get(key)?.origin.kind === "flag";
  }

  /**
   * The library names the option that is wrong; this adds where its value came from, and takes
   * `ERR_CONFIG` where that was no flag.
   */
  blame(error: RollcallError): RollcallError {
    if (error.code !== "ERR_OPTION" && error.code !== "ERR_ENDPOINT") return error;
    const detail = error.message.slice(ERRORS[error.code].text.length + 2);
    const words = detail.match(/\w+/g) ?? [];
    const blamed = words.map((word) => this.#given.get(word)).find(Boolean)?.origin;
    if (blamed === undefined || detail.includes(originText(blamed))) return error;
    const code = blamed.kind === "flag" ? error.code : "ERR_CONFIG";
    return new RollcallError(code, `${detail} (from ${originText(blamed)})`, { cause: error });
  }

  #strength(key: string): number {
    const origin = this.#given.get(key)?.origin;
    return origin === undefined ? -1 : STRENGTH.indexOf(origin.kind);
  }
}
