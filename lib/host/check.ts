import { RollcallError } from "../core/errors.ts";

/**
 * Refuses options that are no object, that have a name nobody knows, or whose logger or signal is
 * none: before any socket is made, and with the name, because a misspelt option would be ignored.
 */
export function checkOptions(call: string, options: unknown, known: object): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new RollcallError("ERR_OPTION", `${call} takes an object of options`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new RollcallError("ERR_OPTION", `${call} has no option ${JSON.stringify(name)}`);
    }
    if (name === "logger" && !isLogger(value)) {
      throw new RollcallError("ERR_OPTION", "logger is neither a logger like pino's nor false");
    }
    if (name === "signal" && value !== undefined && !(value instanceof AbortSignal)) {
      throw new RollcallError("ERR_OPTION", "signal is no AbortSignal");
    }
  }
}

function isLogger(value: unknown): boolean {
  if (value === undefined || value === false) return true;
  if (typeof value !== "object" || value === null) return false;
  const logger = value as Readonly<Record<string, unknown>>;
  return ["debug", "info", "warn", "error"].every((level) => typeof logger[level] === "function");
}
