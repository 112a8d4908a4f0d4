import { readdirSync } from "node:fs";
import { machineMs, type Fact } from "../facts.ts";
import type { Usage } from "../usage.ts";

/** How this process is called in facts. */
export const NAME = process.argv[2] ?? "";

const LOOK_MS = 50;
/** A process that got no time for so long is the machine's fault, not the peer's. */
const STALL_MS = 500;

/** Tells the parent what was seen. */
export function tell(...facts: readonly Fact[]): void {
  if (process.connected) process.send?.({ facts });
}

let lookedMs = machineMs();
setInterval(() => {
  const nowMs = machineMs();
  const lastedMs = nowMs - lookedMs;
  if (lastedMs > STALL_MS) tell({ kind: "stalled", process: NAME, atMs: lookedMs, lastedMs });
  lookedMs = nowMs;
}, LOOK_MS);

/** What this process holds, after its garbage was collected. */
export function measure(): Usage {
  gc?.();
  return {
    atMs: machineMs(),
    rssMb: process.memoryUsage().rss / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
    fds: readdirSync("/proc/self/fd").length,
  };
}
