import type { Report, Row } from "./campaign.ts";
import { counted } from "./stage.ts";

const HEADS = [
  "attack",
  "how much",
  "RSS MB",
  "heap MB",
  "pause ms",
  "quiet ms",
  "lacking",
  "counted",
] as const;

/** The report as a table, with a verdict. */
export function tableOf(report: Report): string {
  const lines = [HEADS, ...report.rows.map(cellsOf)];
  const widths = HEADS.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const [start, end] = report.rssMb;
  const growth = (100 * (end - start)) / start;
  return [
    ...table,
    "",
    `warm-up of honest traffic: ${report.warmth}`,
    `allocator of the registrar: ${report.allocator}`,
    `memory after it ${start.toFixed(1)} MB, after everything ${end.toFixed(1)} MB (${growth.toFixed(1)} %)`,
    `unhandled errors of the registrar: ${report.errors.length}`,
    ...report.errors,
    ...report.broken.map((why) => `BROKEN ${why}`),
  ].join("\n");
}

/** True where everything held. */
export function isSound({ errors, broken }: Report): boolean {
  return errors.length === 0 && broken.length === 0;
}

function cellsOf(row: Row): readonly string[] {
  const counts = Object.entries(row.counted).map(([name, count]) => `${name} ${counted(count)}`);
  return [
    row.attack,
    row.done,
    row.rssMb.map((mb) => mb.toFixed(0)).join(" → "),
    row.heapMb.map((mb) => mb.toFixed(0)).join(" → "),
    row.pauseMs.toFixed(0),
    row.quietMs.toFixed(0),
    String(row.lacking),
    counts.join(", "),
  ];
}
