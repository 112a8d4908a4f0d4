import { availableParallelism, cpus } from "node:os";
import { holds, ratioOf, type Figure, type Spread } from "./figures.ts";

/** Where the figures were measured. */
export interface Machine {
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  readonly platform: string;
}

/** This machine. */
export function thisMachine(): Machine {
  return {
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    platform: `${process.platform} ${process.arch}`,
  };
}

/** The line of one figure, to be read while the bench runs. */
export function lineOf(figure: Figure): string {
  const [name, ours, floor, ratio, target, verdict] = cellsOf(figure);
  const parts = [`${name}: ${ours}`];
  if (floor !== "") parts.push(`floor ${floor}`);
  if (ratio !== "") parts.push(`ratio ${ratio}`);
  if (target !== "") parts.push(`target ${target}: ${verdict}`);
  return parts.join("; ");
}

/** All figures as one table in Markdown, with the machine. */
export function tableOf(figures: readonly Figure[], where: Machine): string {
  const head = ["figure", "rollcall", "floor", "ratio", "target", ""];
  const lines = [head, ...figures.map(cellsOf)];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const padded = lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)));
  const rule = widths.map((width) => "-".repeat(Math.max(3, width)));
  const rows = [...padded.slice(0, 1), rule, ...padded.slice(1)];
  const table = rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const { node, cores, cpu, platform } = where;
  return `${table}\n\nMedian (lowest to highest); of costs the mean, of bounds the worst. Node ${node}, ${cores} cores, ${cpu}, ${platform}.`;
}

function cellsOf(figure: Figure): readonly string[] {
  const { name, unit, ours, floor, against, ratioMax, oursMax } = figure;
  const ratio = ratioOf(figure);
  const targets = [
    ratioMax === undefined ? [] : [`<= ${ratioMax}x`],
    oursMax === undefined ? [] : [`<= ${oursMax} ${unit}`],
  ].flat();
  return [
    name,
    shown(ours, unit),
    floor === undefined
      ? ""
      : `${shown(floor, unit)}${against === undefined ? "" : `, ${against}`}`,
    ratio === undefined ? "" : `${ratio.toFixed(2)}x`,
    targets.join(", "),
    targets.length === 0 ? "" : holds(figure) ? "holds" : "MISSED",
  ];
}

function shown({ middle, min, max, count }: Spread, unit: string): string {
  const most = `${short(middle)} ${unit}`;
  return count === 1 || min === max ? most : `${most} (${short(min)} to ${short(max)})`;
}

function short(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000)
    return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
