import { parseArgs } from "node:util";
import { availableParallelism } from "node:os";
import { Campaign } from "./campaign-run.ts";
import { progressLine, summaryTable } from "./campaign-text.ts";

const USAGE = `npm run simulate [-- --seeds N --from N --jobs N --minutes N --json]

Runs made-up installations in worker processes until the seeds or the minutes are used up, and ends
with 1 and the shortest story where a claim does not hold.

  --seeds    how many; default 1000
  --from     the first seed; default 1
  --jobs     worker processes; default one for each core
  --minutes  no new seed is begun after that time; default without end
  --json     the summary as JSON
`;
/** Time between two lines of progress. */
const PROGRESS_MS = 5000;

const values = read();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const campaign = new Campaign({
  seeds: positive("seeds", values.seeds),
  from: positive("from", values.from),
  jobs: positive("jobs", values.jobs),
  minutes: positive("minutes", values.minutes),
});
const progress = setInterval(() => {
  process.stderr.write(`${progressLine(campaign.summary())}\n`);
}, PROGRESS_MS);
const summary = await campaign.run();
clearInterval(progress);
process.stdout.write(values.json ? `${JSON.stringify(summary)}\n` : summaryTable(summary));
for (const { story } of summary.violations) process.stderr.write(`\n${story}\n`);
process.exitCode = summary.violations.length === 0 ? 0 : 1;

function read() {
  try {
    return parseArgs({
      options: {
        seeds: { type: "string", default: "1000" },
        from: { type: "string", default: "1" },
        jobs: { type: "string", default: String(availableParallelism()) },
        minutes: { type: "string", default: "Infinity" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(64);
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  process.stderr.write(`--${name} is ${text} but takes a number above 0\n`);
  process.exit(64);
}
