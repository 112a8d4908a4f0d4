import type { Summary } from "./campaign-run.ts";

/** One line that says how far a campaign is. */
export function progressLine({
  from,
  seeds,
  seconds,
  seedsPerSecond,
  violations,
}: Summary): string {
  const found = `${violations.length} violations`;
  return `${seeds} seeds from ${from} in ${seconds.toFixed(0)} s, ${seedsPerSecond.toFixed(1)}/s, ${found}`;
}

/** What a campaign did, as a table. */
export function summaryTable(summary: Summary): string {
  const { from, seeds, steps, virtualHours, seconds, seedsPerSecond, violations } = summary;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["seeds", `${seeds}, from ${from}`],
    ["steps", String(steps)],
    ["virtual hours", virtualHours.toFixed(1)],
    ["seconds", seconds.toFixed(1)],
    ["seeds per second", seedsPerSecond.toFixed(1)],
    ["registrars", shares(summary.registrars)],
    ["actions", shares(summary.actions)],
    [
      "violations",
      violations.map(({ seed, invariant }) => `${seed} "${invariant}"`).join(", ") || "none",
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(18)}${value}\n`).join("");
}

function shares(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
