import { machineMs } from "../../bench/clock.ts";

/** How often a process looks whether it runs. */
const LOOK_MS = 50;
/** So late is no accident of timers. */
const LATE_MS = 200;

/** What the program was told to be: the JSON text of its first argument. */
export function setupOf<T>(): T {
  return JSON.parse(process.argv[2] ?? "{}") as T;
}

/** Tells one thing, with the time of the clock that all processes of a machine share. */
export function tell(fact: Readonly<Record<string, unknown>>, atMs: number = machineMs()): void {
  process.stdout.write(`${JSON.stringify({ atMs, ...fact })}\n`);
}

/** Tells whenever the event loop stood still, and ends with the process that started this one. */
export function serve(): void {
  let lastMs = machineMs();
  setInterval(() => {
    const nowMs = machineMs();
    const lateMs = nowMs - lastMs - LOOK_MS;
    if (lateMs > LATE_MS) tell({ kind: "stall", sinceMs: lastMs }, nowMs);
    lastMs = nowMs;
  }, LOOK_MS);
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.on("error", () => process.exit(0));
}
