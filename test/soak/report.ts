import type { SoakOutcome } from "./soak.ts";

/** A value that this share of all does not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Lines as a table in Markdown; the first is the head. */
export function tableOf(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const padded = lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  const rows = [...padded.slice(0, 1), rule, ...padded.slice(1)];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** True where nothing was violated. */
export function isClean({ breaches, failures, trends }: SoakOutcome): boolean {
  return breaches.length + failures.length === 0 && trends.every(({ isFlat }) => isFlat);
}

/** Everything that is known of a soak, for people. */
export function soakReport(outcome: SoakOutcome): string {
  const { settings, faults, entries, incomplete, excused, breaches, failures } = outcome;
  const { stalls, longestMs } = outcome.starvation;
  const { members, memberProcesses, watchers, watcherProcesses, registrars } = settings;
  const done = Object.entries(faults).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    `${members} members in ${memberProcesses} processes, ${watchers} watchers in ${watcherProcesses}, ${registrars} registrars; ${settings.minutes} minutes, seed ${settings.seed}`,
    `faults: ${done.join(", ")}; ${entries} entries gained and lost, ${incomplete} proofs not complete`,
    `the machine gave a process no time ${stalls} times, ${Math.round(longestMs)} ms at most; ${excused} departures are excused by that`,
    timesOf(outcome),
    trendsTable(outcome),
    isClean(outcome) ? "no violation" : "VIOLATIONS",
    ...breaches.map(({ rule, text }) => `  ${rule}: ${text}`),
    ...failures.map((text) => `  failed: ${text}`),
  ];
  return lines.join("\n\n");
}

function timesOf({ took }: SoakOutcome): string {
  const rows = (["leave", "kill", "freeze"] as const).map((what) => {
    const times = took.filter((one) => one.what === what).map(({ ms }) => ms);
    const shown = [0.5, 0.99, 1].map((share) => quantile(times, share).toFixed(1));
    return [what, String(times.length), ...shown];
  });
  return tableOf([["out of the last list after a", "count", "p50 ms", "p99 ms", "most"], ...rows]);
}

function trendsTable({ trends }: SoakOutcome): string {
  const rows = trends.map(({ of, count, first, last, perHour, isFlat }) => [
    of,
    String(count),
    first.toFixed(1),
    last.toFixed(1),
    perHour.toFixed(1),
    isFlat ? "flat" : "GROWS",
  ]);
  return tableOf([["what", "samples", "first third", "last third", "per hour", ""], ...rows]);
}
