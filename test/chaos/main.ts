import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sweep } from "./bridge.ts";
import { compileRoles } from "../helpers/compiled.ts";
import { pageOf } from "./page/page.ts";
import { photograph } from "./page/photograph.ts";
import { missing } from "./probe.ts";
import { complaints, isGood, jsonOf, tableOf } from "./report.ts";
import type { Order, Outcome, Scenario } from "./scenario.ts";
import { loss } from "./scenarios/loss.ts";
import { mixed } from "./scenarios/mixed.ts";
import { registrars } from "./scenarios/registrars.ts";

const SCENARIOS: readonly Scenario[] = [registrars, mixed, loss];
const MEMBERS = 100;
/** Seeds are drawn from so many where none is given. */
const SEEDS = 1_000_000;

const USAGE = `npm run chaos -- [scenario...] [options]

Does things to real processes in network namespaces of their own, and checks from outside what
watchers were shown. Needs Linux, root, ip and nft. Progress goes to stderr, figures to stdout; ends
with 1 where anything that is claimed did not hold.

${SCENARIOS.map(({ name, text, minutes }) => `  ${name.padEnd(12)} ${text} (${minutes} min)`).join("\n")}

  --minutes N   how long faults are brought about; each scenario has its own default
  --seed N      brings the same faults about again
  --members N   how many members there are (${MEMBERS})
  --json        figures as JSON
  --out DIR     writes a timeline of each run there: a page, a picture of it, and all facts`;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function chosen(names: readonly string[]): readonly Scenario[] {
  const unknown = names.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name));
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(", ")}\n\n${USAGE}`);
  return names.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => names.includes(name));
}

function numberOf(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw new Error(`--${name} is ${text} but takes a number from ${least}`);
}

async function keep(folder: string, outcome: Outcome): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${outcome.story.scenario}-${outcome.story.seed}`);
  writeFileSync(`${path}.json`, JSON.stringify(outcome.story));
  writeFileSync(`${path}.html`, pageOf(outcome));
  say(`  ${path}.html`);
  const reason = await photograph(`${path}.html`, `${path}.png`);
  say(reason === undefined ? `  ${path}.png` : `  no picture: ${reason}`);
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      minutes: { type: "string" },
      seed: { type: "string" },
      members: { type: "string" },
      json: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const scenarios = chosen(positionals);
  const minutes = numberOf("minutes", values.minutes, 0);
  const seed = numberOf("seed", values.seed, 0) ?? Math.floor(Math.random() * SEEDS);
  const members = numberOf("members", values.members, 1) ?? MEMBERS;
  const reason = missing();
  if (reason !== undefined) return say(`skipped: ${reason}`);
  sweep();
  const roles = await compileRoles("chaos");
  const outcomes: Outcome[] = [];
  for (const { name, text, minutes: usual, run } of scenarios) {
    const order: Order = { minutes: minutes ?? usual, seed, members };
    say(`\n${name}: ${text}; ${order.minutes} min, seed ${seed}`);
    const found = await run(order, { roles, say: (step) => say(`  ${step}`) });
    outcomes.push(...found);
    for (const outcome of values.out === undefined ? [] : found)
      await keep(values.out ?? "", outcome);
  }
  console.log(values.json ? jsonOf(outcomes) : `\n${tableOf(outcomes)}`);
  for (const line of complaints(outcomes)) say(line);
  process.exitCode = outcomes.every(isGood) ? 0 : 1;
}

// An exit by signal would leave processes and namespaces behind.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(130));
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
