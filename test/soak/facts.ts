/** One run of one peer: its id and the beginning of its instance. */
export type Run = string;

const INSTANCE_LETTERS = 12;

export function runOf({ id, instance }: { readonly id: string; readonly instance: string }): Run {
  return `${id}/${instance.slice(0, INSTANCE_LETTERS)}`;
}

/** Milliseconds of the machine's own clock, which all its processes share. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What happened at a moment of the machine's clock; facts of one soak have one order, that of time. */
export type Fact = { readonly atMs: number } & (
  | { readonly kind: "watching"; readonly watcher: string }
  /** What a watcher's list gained and lost with one emission, and why, in the same order. */
  | {
      readonly kind: "emitted";
      readonly watcher: string;
      readonly came: readonly Run[];
      readonly went: readonly Run[];
      readonly causes: readonly string[];
    }
  /** `join` resolved in this process. */
  | { readonly kind: "joined"; readonly run: Run; readonly process: string }
  /** Told to leave. */
  | { readonly kind: "leaving"; readonly run: Run }
  | { readonly kind: "killed"; readonly process: string }
  | { readonly kind: "frozen"; readonly process: string }
  | { readonly kind: "thawed"; readonly process: string }
  /** The machine gave a process no time from `atMs` on for so long, though nobody stopped it. */
  | { readonly kind: "stalled"; readonly process: string; readonly lastedMs: number }
  /** A registrar began to judge, or no longer does: it is away, stopped, learning or holding. */
  | { readonly kind: "judging"; readonly registrar: string; readonly isJudging: boolean }
  /** A registrar was killed, stopped or started. */
  | { readonly kind: "disturbed"; readonly registrar: string }
  | { readonly kind: "tick" }
);
