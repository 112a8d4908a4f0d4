import { parseArgs } from "node:util";
import { allocatorOf } from "./allocator.ts";
import { ATTACKS, runCampaign } from "./campaign.ts";
import { isSound, tableOf } from "./report.ts";
import { sizesOf } from "./sizes.ts";
import type { Attack } from "./stage.ts";

const USAGE = `npm run hostile [-- [attack...] --frames N --connections N --minutes N --seed N --json]

Attacks a real registrar beside which an honest member and honest watchers have to be served all the
time. Of the frames a fifth goes over real sockets and the rest straight into the decoders, with
machines under a leaping clock. Ends with 1 where something did not hold.

  --frames       default 10,000,000
  --connections  broken ones, and a tenth of the joins; default 1,000
  --minutes      repeats all attacks until so much time has passed; default 0, once
  --seed         default: another one each time
  --allocator    jemalloc or system, of the registrar; default jemalloc where it is installed
  --json         the report as JSON

${ATTACKS.map(({ name, text }) => `  ${name.padEnd(12)} ${text}`).join("\n")}`;

const FRAMES = 10_000_000;
const CONNECTIONS = 1000;
const REST_MS = 10_000;
const GROWTH_MAX = 0.2;
/** A flood of topics ends all connections of the roster again and again, for a second each time. */
const QUIET_MAX_MS = 12_000;

function numberOf(text: string | undefined, name: string, byDefault: number): number {
  const value = text === undefined ? byDefault : Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} is ${text}\n\n${USAGE}`);
}

function chosen(names: readonly string[]): readonly Attack[] {
  const unknown = names.filter((name) => ATTACKS.every((attack) => attack.name !== name));
  if (unknown.length > 0) throw new Error(`no attack ${unknown.join(", ")}\n\n${USAGE}`);
  return names.length === 0 ? ATTACKS : ATTACKS.filter(({ name }) => names.includes(name));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      frames: { type: "string" },
      connections: { type: "string" },
      minutes: { type: "string" },
      seed: { type: "string" },
      allocator: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const seed = numberOf(values.seed, "seed", Math.floor(Math.random() * 2 ** 31));
  const frames = numberOf(values.frames, "frames", FRAMES);
  const connections = numberOf(values.connections, "connections", CONNECTIONS);
  const startedMs = performance.now();
  const say = (line: string): void =>
    void process.stderr.write(
      `${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`,
    );
  say(`seed ${seed}`);
  const report = await runCampaign({
    sizes: sizesOf(frames, connections),
    attacks: chosen(positionals),
    seed,
    minutes: numberOf(values.minutes, "minutes", 0),
    restMs: REST_MS,
    growthMax: GROWTH_MAX,
    quietMaxMs: QUIET_MAX_MS,
    allocator: allocatorOf(values.allocator),
    progress: say,
  });
  if (values.json === true) console.log(JSON.stringify({ seed, ...report }, null, 2));
  else console.log(`\n${tableOf(report)}\nseed ${seed}`);
  if (!isSound(report)) process.exitCode = 1;
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
