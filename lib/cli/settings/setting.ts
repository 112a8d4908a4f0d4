/** What values an option takes. */
export type ValueKind =
  | { readonly kind: "whole"; readonly min: number; readonly max: number }
  | { readonly kind: "amount"; readonly min: number; readonly max: number }
  | { readonly kind: "text"; readonly placeholder: string }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  | { readonly kind: "switch" }
  | { readonly kind: "list"; readonly placeholder: string }
  | { readonly kind: "record" }
  | { readonly kind: "endpoints" };

/** One option of a command: by flag, environment variable or configuration file. */
export interface Setting {
  /** The option's name in the library, and its key in a configuration file. */
  readonly key: string;
  /** The flag without dashes. Default: the key in kebab case. */
  readonly flag?: string;
  readonly value: ValueKind;
  readonly help: string;
  /** A switch that is on unless told otherwise: its flag in the help is `--no-…`. */
  readonly isOn?: boolean;
  /** Heading in the help. */
  readonly group: SettingGroup;
}

export type SettingGroup = "Who and where" | "Output" | "Timing and limits" | "General";

/** `surveyIntervalMs` as `survey-interval-ms`. */
export function kebabOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flag of a setting, without dashes. */
export function flagOf(setting: Setting): string {
  return setting.flag ?? kebabOf(setting.key);
}

/** The environment variable of a setting: `ROLLCALL_SURVEY_INTERVAL_MS`. */
export function variableOf({ key }: Setting): string {
  return `ROLLCALL_${kebabOf(key).replaceAll("-", "_").toUpperCase()}`;
}

/** True where a flag may be given several times. */
export function isRepeatable({ value }: Setting): boolean {
  return value.kind === "list" || value.kind === "record" || value.kind === "endpoints";
}
