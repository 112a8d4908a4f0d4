import { RollcallError } from "../core/errors.ts";

/** A time that may be given: up to a day. */
export const TIME_MAX_MS = 86_400_000;

/** A number within its limits; throws `ERR_OPTION` with its name. */
export function numberOf(
  name: string,
  value: unknown,
  [min, max]: readonly [number, number],
): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw new RollcallError("ERR_OPTION", `${name} is ${String(value)}, not ${min} to ${max}`);
}
