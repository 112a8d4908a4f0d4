import { ERRORS } from "../../lib/core/errors.ts";
import { CLIENT_OPTIONS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";
import type { OptionRow } from "../../lib/core/option-table.ts";
import {
  freezeBoundMs,
  lossyFreezeBoundMs,
  learningMs,
  pauseToleratedMs,
  tuneRegistrar,
} from "../../lib/core/options.ts";
import { MassLoss } from "../../lib/core/mass-loss.ts";
import type { Member } from "../../lib/core/registry.ts";
import { renderStandings } from "../../lib/core/standing.ts";

/** A part of a document that is made from data. */
export interface MadePart {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

const FORMULAS = { freezeBoundMs, lossyFreezeBoundMs, pauseToleratedMs, learningMs };

/** Every part of the documents that is made from data. */
export const MADE_PARTS: readonly MadePart[] = [
  { file: "README.md", name: "registrar-options", text: renderOptions(REGISTRAR_OPTIONS) },
  { file: "README.md", name: "client-options", text: renderOptions(CLIENT_OPTIONS) },
  { file: "README.md", name: "mass-loss", text: renderMassLoss() },
  { file: "README.md", name: "errors", text: renderErrors() },
  { file: "lib/README.md", name: "standings", text: `\`\`\`mermaid\n${renderStandings()}\`\`\`` },
];

/** The text between the markers of a part; undefined where they are missing. */
export function partOf(document: string, name: string): string | undefined {
  return document.split(`<!-- ${name}:begin -->`)[1]?.split(`<!-- ${name}:end -->`)[0]?.trim();
}

/** The document with a part put in anew. */
export function withPart(document: string, { name, text }: MadePart): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const [head = "", rest = ""] = document.split(begin);
  const tail = rest.split(end)[1] ?? "";
  return `${head}${begin}\n\n${text}\n\n${end}${tail}`;
}

function renderOptions(table: Readonly<Record<string, OptionRow>>): string {
  const rows = Object.entries(table).map(([name, row]) => {
    const { local, lan, wan, text, more, less } = row;
    const values = `${grouped(local)} / **${grouped(lan)}** / ${grouped(wan)}`;
    return `| \`${name}\` | ${text} | ${values} | ${formulasOf(name)} | ${more} | ${less} |`;
  });
  return [
    "| option | meaning | local / **lan** / wan | part of | more | less |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** The formulas whose result follows this option: found by changing it. */
function formulasOf(name: string): string {
  const before = tuneRegistrar();
  const value = (before as Readonly<Record<string, number>>)[name];
  if (value === undefined) return "";
  // Far enough down that a ceiling shows too.
  const after = { ...before, [name]: Math.ceil(value / 20) };
  return Object.entries(FORMULAS)
    .filter(([, formula]) => formula(after) !== formula(before))
    .map(([formula]) => `\`${formula}\``)
    .join(", ");
}

/** How many of so many members may be lost at one time before removals are held: tried one by one. */
function renderMassLoss(): string {
  const members = [1, 2, 3, 4, 10, 100, 1000];
  const row = (name: string, lose: (of: number) => number): string =>
    `| ${[name, ...members.map((of) => grouped(lose(of)))].join(" | ")} |`;
  return [
    row("members", (of) => of),
    `|${"---|".repeat(members.length + 1)}`,
    row("fall silent", lastThat(isJudgedSilent)),
    row("lose their connection", lastThat(isJudgedClosed)),
  ].join("\n");
}

/** The largest number of those lost for which this holds, and for all smaller ones. */
function lastThat(isJudged: (lost: number, of: number) => boolean): (of: number) => number {
  return (of) => {
    let lost = 0;
    while (lost < of && isJudged(lost + 1, of)) lost += 1;
    return lost;
  };
}

function isJudgedSilent(late: number, of: number): boolean {
  const census = { listed: of, alive: of, late, judged: [] };
  return !new MassLoss(tuneRegistrar()).silent(() => census, 0).isHeld;
}

function isJudgedClosed(lost: number, of: number): boolean {
  const massLoss = new MassLoss(tuneRegistrar());
  const closed = Array.from({ length: lost }, (_, n) => massLoss.closed({} as Member, of - n, 0));
  return closed.every(({ isHeld }) => !isHeld);
}

function renderErrors(): string {
  const rows = Object.entries(ERRORS).map(([code, { text, retryable, http, exit }]) => {
    return `| \`${code}\` | ${text} | ${retryable ? "yes" : "no"} | ${http} | ${exit} |`;
  });
  return [
    "| code | meaning | try again? | HTTP status | exit code |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
