import type { Bench, Scenario } from "./scenario.ts";
import { holds, type Figure } from "./figures.ts";
import { lineOf, tableOf, thisMachine } from "./report.ts";
import { balance } from "./scenarios/balance.ts";
import { bytes } from "./scenarios/bytes.ts";
import { cost } from "./scenarios/cost.ts";
import { crash } from "./scenarios/crash.ts";
import { freeze } from "./scenarios/freeze.ts";
import { goodbye } from "./scenarios/goodbye.ts";
import { grpc } from "./scenarios/grpc.ts";
import { late } from "./scenarios/late.ts";
import { machine } from "./scenarios/machine.ts";
import { outage } from "./scenarios/outage.ts";
import { ring } from "./scenarios/ring.ts";
import { storm } from "./scenarios/storm.ts";
import { openWorkshop } from "./workshop.ts";

const SCENARIOS: readonly Scenario[] = [
  crash,
  goodbye,
  cost,
  bytes,
  freeze,
  storm,
  late,
  outage,
  ring,
  balance,
  grpc,
  machine,
];

const USAGE = `npm run bench [-- [scenario...] [--json] [--profile]]

Measures Rollcall beside a floor over bare ZeroMQ in the same run. Progress goes to stderr, figures
to stdout. A missed target is shown and does not fail the run.

${SCENARIOS.map(({ name, text }) => `  ${name.padEnd(10)} ${text}`).join("\n")}
  --json     figures as JSON
  --profile  write CPU profiles of the registrars and their watchers below .tmp`;

function chosen(names: readonly string[]): readonly Scenario[] {
  const unknown = names.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name));
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(", ")}\n\n${USAGE}`);
  return names.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => names.includes(name));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function runAll(scenarios: readonly Scenario[], wantsProfiles: boolean): Promise<Figure[]> {
  const workshop = await openWorkshop(wantsProfiles);
  const figures: Figure[] = [];
  for (const { name, text, run } of scenarios) {
    say(`\n${name}: ${text}`);
    const bench: Bench = { workshop, progress: (step) => say(`  ${step}`) };
    for (const figure of await run(bench)) {
      figures.push(figure);
      say(`  ${lineOf(figure)}`);
    }
  }
  return figures;
}

async function main(words: readonly string[]): Promise<void> {
  const flags = words.filter((word) => word.startsWith("-"));
  const scenarios = chosen(words.filter((word) => !word.startsWith("-")));
  const unknown = flags.filter((flag) => !["--json", "--profile", "--help"].includes(flag));
  if (unknown.length > 0) throw new Error(`no flag ${unknown.join(", ")}\n\n${USAGE}`);
  if (flags.includes("--help")) return console.log(USAGE);
  const figures = await runAll(scenarios, flags.includes("--profile"));
  const where = thisMachine();
  const judged = figures.map((figure) => ({ ...figure, holds: holds(figure) }));
  if (flags.includes("--json")) console.log(JSON.stringify({ ...where, figures: judged }, null, 2));
  else console.log(`\n${tableOf(figures, where)}`);
}

// An exit by signal would leave children and the folder behind.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
