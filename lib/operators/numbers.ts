import { RollcallError } from "../core/errors.ts";

/** The longest time an operator waits: a day. */
export const WAIT_MAX_MS = 86_400_000;

/** What a number of an operator may be. */
export interface NumberRow {
  /** Missing where the option must be given. */
  readonly byDefault?: number;
  readonly min: number;
  readonly max: number;
  /** True for shares. */
  readonly isFraction?: boolean;
}

/** A number, checked; throws `ERR_OPTION` with the option and the value. */
export function numberOf(name: string, given: unknown, row: NumberRow): number {
  const value = given ?? row.byDefault;
  if (typeof value === "number" && value >= row.min && value <= row.max) {
    if (row.isFraction === true || Number.isInteger(value)) return value;
  }
  const kind = row.isFraction === true ? "number" : "whole number";
  throw new RollcallError(
    "ERR_OPTION",
    `${name} is ${JSON.stringify(value)} but takes a ${kind} from ${row.min} to ${row.max}`,
  );
}
