import { thisMachine } from "../bench/report.ts";
import { around } from "./perform.ts";
import type { Figure, Outcome } from "./scenario.ts";
import type { Violation } from "./claims/claim.ts";

/** Violations shown of one outcome; all are counted. */
const SHOWN_MAX = 10;
/** So much before a violation belongs to its story. */
const BEFORE_MS = 12_000;

/** True where a figure is within what is claimed for it. */
export function holds({ value, most }: Figure): boolean {
  return most === undefined || value === null || value <= most;
}

/** True where everything that is claimed held. */
export function isGood({ violations, figures }: Outcome): boolean {
  return violations.length === 0 && figures.every(holds);
}

/** Figures of all outcomes as one table in Markdown. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const head = ["scenario", "figure", "measured", "at most"];
  const rows = outcomes.flatMap(({ story, figures, violations, claims }) => {
    const cells = figures.map((figure) => [
      story.scenario,
      figure.name,
      `${figure.shown}${holds(figure) ? "" : " MISSED"}`,
      figure.most === undefined ? "" : Math.round(figure.most).toLocaleString("en"),
    ]);
    const name = `violations of ${claims.length} claims`;
    return [...cells, [story.scenario, name, String(violations.length), "0"]];
  });
  const lines = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const padded = lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  const { node, cores, cpu } = thisMachine();
  const table = [...padded.slice(0, 1), rule, ...padded.slice(1)]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
  return `${table}\n\nNode ${node}, ${cores} cores, ${cpu}.`;
}

/** Who was lacked for a while; and what went wrong, with the faults around it and how to do it again. */
export function complaints(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => {
    const { story, violations, lacks } = outcome;
    const lacked = lacks.map((line) => `${story.scenario}: ${line}`);
    if (violations.length === 0) return lacked;
    const shown = violations.slice(0, SHOWN_MAX).flatMap((violation) => tale(outcome, violation));
    const rest = violations.length - SHOWN_MAX;
    return [
      ...lacked,
      `${story.scenario}, seed ${story.seed}: ${violations.length} violations`,
      ...shown,
      ...(rest > 0 ? [`  … and ${rest} more`] : []),
    ];
  });
}

function tale({ story }: Outcome, violation: Violation): readonly string[] {
  const { claim, text, fromMs, toMs } = violation;
  const seconds = (ms: number): string =>
    `${((Math.min(ms, story.toMs) - story.fromMs) / 1000).toFixed(2)} s`;
  const stretch = { fromMs: fromMs - BEFORE_MS, toMs: Math.min(toMs, story.toMs) };
  return [
    `  ${seconds(fromMs)} to ${seconds(toMs)}, ${claim}: ${text}`,
    ...around(story.faults, { ...stretch, zeroMs: story.fromMs }).map((line) => `      ${line}`),
  ];
}

/** The same for programs. */
export function jsonOf(outcomes: readonly Outcome[]): string {
  const all = outcomes.map((outcome) => {
    const { story, figures, violations, claims, lacks } = outcome;
    const { scenario, seed, fromMs, toMs } = story;
    return {
      scenario,
      seed,
      seconds: Math.round((toMs - fromMs) / 1000),
      good: isGood(outcome),
      claims: claims.map(({ name, text }) => ({ name, text })),
      figures: figures.map((figure) => ({ ...figure, holds: holds(figure) })),
      lacks,
      violations: violations.map((violation) => ({
        ...violation,
        fromMs: violation.fromMs - fromMs,
        toMs: Math.min(violation.toMs, toMs) - fromMs,
      })),
    };
  });
  return JSON.stringify({ ...thisMachine(), outcomes: all }, null, 2);
}
