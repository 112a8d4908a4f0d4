import type { LeavesOutcome } from "./leaves.ts";
import { quantile, tableOf } from "./report.ts";

/** True where every leave did what it promised: no request was sent to one that had left. */
export function isComplete({ departures, strays, failed, settings }: LeavesOutcome): boolean {
  const isProved = departures.every((one) => one.isComplete);
  return isProved && departures.length >= settings.leaves && strays.sent === 0 && failed === 0;
}

/** Everything that is known of the leaves, for people. */
export function leavesReport(outcome: LeavesOutcome): string {
  const { departures, seconds, requests, perSecond, failed, strays } = outcome;
  const times = departures.map(({ tookMs }) => tookMs);
  const shown = (share: number): string => quantile(times, share).toFixed(1);
  const incomplete = departures.filter(({ isComplete: is }) => !is).length;
  return tableOf([
    ["what", ""],
    ["leaves", `${departures.length} in ${seconds.toFixed(1)} s`],
    ["proofs that were not complete", String(incomplete)],
    ["leave() took, p50 / p99 / most", `${shown(0.5)} / ${shown(0.99)} / ${shown(1)} ms`],
    ["requests", `${requests}, ${Math.round(perSecond)}/s`],
    ["requests that failed", String(failed)],
    ["sent to a peer after its leave was complete", String(strays.sent)],
    ["under way then, and arrived after it", String(strays.arrived - strays.sent)],
  ]);
}
