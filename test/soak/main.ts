import { parseArgs } from "node:util";
import { leaves } from "./leaves.ts";
import { leavesReport, isComplete } from "./leaves-report.ts";
import { isClean, soakReport } from "./report.ts";
import { soak } from "./soak.ts";

const USAGE = `npm run soak [-- --minutes 30 --seed 1 --members 300 --watchers 100 --registrars 2 --facts file --json]
  Members and watchers in several processes, under faults drawn by chance: processes are killed,
  frozen and started again, members leave and join, registrars are stopped and restarted. Fails where
  a live peer is missing from a list, a dead one stays, or memory, handles or files grow.

npm run soak -- leaves [--leaves 1000 --rate 500 --json]
  Members with HTTP servers leave with proof and join again, while clients send requests all the
  time. Fails where a request is sent to a peer after its leave was proved complete.`;

/** Numbers that may be given, with their defaults and what each of them is at least. */
const FLAGS = {
  minutes: { value: 30, min: 0.05 },
  seed: { value: 1, min: 0 },
  members: { value: 300, min: 6 },
  watchers: { value: 100, min: 4 },
  registrars: { value: 2, min: 1 },
  leaves: { value: 1000, min: 1 },
  rate: { value: 500, min: 1 },
} as const;

const MEMBER_PROCESSES = 6;
const WATCHER_PROCESSES = 4;

type Numbers = Readonly<Record<keyof typeof FLAGS, number>>;

function numbersOf(values: Readonly<Record<string, unknown>>): Numbers {
  const found = Object.entries(FLAGS).map(([name, { value, min }]) => {
    const number = Number(values[name] ?? value);
    if (number >= min) return [name, number];
    throw new Error(`--${name} is ${String(values[name])}, no number from ${min}\n\n${USAGE}`);
  });
  return Object.fromEntries(found) as Numbers;
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

/** What was asked for besides numbers. */
interface Wishes {
  readonly json?: boolean | undefined;
  readonly facts?: string | undefined;
}

async function runSoak(numbers: Numbers, { json, facts }: Wishes): Promise<boolean> {
  const { minutes, seed, members, watchers, registrars } = numbers;
  const size = { members, watchers, registrars };
  const processes = { memberProcesses: MEMBER_PROCESSES, watcherProcesses: WATCHER_PROCESSES };
  const outcome = await soak({ minutes, seed, facts, ...size, ...processes }, say);
  console.log(json === true ? JSON.stringify(outcome) : soakReport(outcome));
  return isClean(outcome);
}

async function runLeaves({ leaves: count, rate }: Numbers, { json }: Wishes): Promise<boolean> {
  const outcome = await leaves({ leaves: count, rate, isDeaf: false }, say);
  console.log(json === true ? JSON.stringify(outcome) : leavesReport(outcome));
  return isComplete(outcome);
}

async function main(): Promise<void> {
  const number = { type: "string" } as const;
  const flags = Object.keys(FLAGS).map((name) => [name, number] as const);
  const { values, positionals } = parseArgs({
    options: {
      ...(Object.fromEntries(flags) as Record<string, typeof number>),
      facts: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
    allowPositionals: true,
  });
  const [what = "soak", ...more] = positionals;
  if (values["help"] === true) return console.log(USAGE);
  if (more.length > 0 || (what !== "soak" && what !== "leaves")) throw new Error(USAGE);
  const run = what === "leaves" ? runLeaves : runSoak;
  process.exit((await run(numbersOf(values), values)) ? 0 : 1);
}

// An exit by signal would leave children and the folder behind.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
