import { RollcallError } from "./errors.ts";
import { CLIENT_OPTIONS, PRESETS, REGISTRAR_OPTIONS } from "./option-table.ts";
import type { OptionRow, Preset } from "./option-table.ts";

/** Numbers of a registrar, complete. */
export type RegistrarTuning = { readonly [K in keyof typeof REGISTRAR_OPTIONS]: number };
/** Numbers of a client, complete. */
export type ClientTuning = { readonly [K in keyof typeof CLIENT_OPTIONS]: number };
/** Numbers as a user gives them: some, on top of a preset. */
export type Some<T> = { readonly [K in keyof T]?: T[K] | undefined } & {
  readonly preset?: Preset | undefined;
};

/** Complete numbers of a registrar. Throws `ERR_OPTION` with the option and the value. */
export function tuneRegistrar(given: Some<RegistrarTuning> = {}): RegistrarTuning {
  const tuning = tune(REGISTRAR_OPTIONS, given);
  if (tuning.reconnectMaxMs > tuning.learningMaxMs) {
    throw new RollcallError(
      "ERR_OPTION",
      `learningMaxMs ${tuning.learningMaxMs} is below reconnectMaxMs ${tuning.reconnectMaxMs}`,
    );
  }
  return tuning;
}

/** Complete numbers of a client. Throws `ERR_OPTION` with the option and the value. */
export function tuneClient(given: Some<ClientTuning> = {}): ClientTuning {
  return tune(CLIENT_OPTIONS, given);
}

function tune<T extends Record<string, OptionRow>>(
  table: T,
  given: Some<{ readonly [K in keyof T]: number }>,
): { readonly [K in keyof T]: number } {
  const preset = given.preset ?? "lan";
  if (!PRESETS.includes(preset)) {
    throw new RollcallError(
      "ERR_OPTION",
      `preset ${show(preset)} is none of ${PRESETS.join(", ")}`,
    );
  }
  const tuned: Record<string, number> = {};
  for (const [name, row] of Object.entries(table)) {
    const value = (given as Readonly<Record<string, unknown>>)[name] ?? row[preset];
    tuned[name] = within(name, value, row);
  }
  return tuned as { readonly [K in keyof T]: number };
}

function within(name: string, value: unknown, row: OptionRow): number {
  if (typeof value === "number" && Number.isInteger(value)) {
    if (value >= row.min && value <= row.max) return value;
  }
  throw new RollcallError(
    "ERR_OPTION",
    `${name} is ${show(value)} but takes a whole number from ${row.min} to ${row.max}`,
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** The registrar's clockwork advances in steps of this length. */
export const TICK_MS = 10;

/**
 * The longest time from freezing to being out of every `peers$`, but for the network and the
 * scheduler, where no packets are lost: one interval until the next survey, its answer window, the
 * further questions, two clock steps and one wait for publication (with more than 1,000 watchers that
 * wait is 20 µs for each instead). 2,040 ms by default.
 */
export function freezeBoundMs(t: RegistrarTuning): number {
  return (
    t.surveyIntervalMs +
    t.answerWindowMs +
    (t.missedMax - 1) * t.probeIntervalMs +
    2 * TICK_MS +
    t.coalesceMs
  );
}

/**
 * `freezeBoundMs` while the path to the members goes on losing packets: with twice `lossyMissedMax`, where
 * that option is more than `missedMax`. 4,290 ms by default; 2,790 ms after a few lost packets.
 */
export function lossyFreezeBoundMs(t: RegistrarTuning): number {
  return freezeBoundMs({ ...t, missedMax: patienceOf(t, "steady loss") });
}

/** Whoever hears nothing and dials again is back within this time, even where a packet of it is lost. */
export function detachMs(t: ClientTuning): number {
  return t.helloTimeoutMs + t.reconnectMinMs;
}

/** Questions in a row that may stay unanswered while packets are lost. */
export function patienceOf(t: RegistrarTuning, path: "loss" | "steady loss"): number {
  if (t.lossyMissedMax <= t.missedMax) return t.missedMax;
  return path === "loss" ? t.lossyMissedMax : 2 * t.lossyMissedMax;
}

/** A frozen process that thaws before this changes nothing. 750 ms by default. */
export function pauseToleratedMs(t: RegistrarTuning): number {
  return t.missedMax === 1 ? t.answerWindowMs : t.answerWindowMs + t.probeIntervalMs;
}

/**
 * How long a new or stalled registrar removes nobody: until every member has had time to come
 * back and to be asked once. 3,700 ms by default.
 */
export function learningMs(t: RegistrarTuning): number {
  return Math.min(
    t.learningMaxMs,
    t.reconnectMaxMs + t.rejoinJitterMs + t.surveyIntervalMs + t.answerWindowMs,
  );
}

/**
 * Silence after which a client takes its connection for dead and dials anew: longer than a pause
 * that changes nothing. 2,500 ms by default.
 */
export function silenceMs(intervalMs: number, windowMs: number): number {
  return intervalMs + windowMs + Math.max(intervalMs, windowMs);
}
