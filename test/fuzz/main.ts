import { parseArgs } from "node:util";
import { keep, keptOf } from "./corpus.ts";
import { TARGETS } from "./targets.ts";
import type { Target } from "./target.ts";

const USAGE = `npm run fuzz [-- [target...] [--seconds N] [--seed N]]

Feeds hostile input to every decoder and machine: first what once failed, then what is made up. With
UPDATE=1 in the environment an input that fails is kept for good.

  --seconds  for all targets together, default 60
  --seed     the same inputs again; by default new ones
  targets    ${TARGETS.map(({ name }) => name).join(", ")}`;

const SECONDS = 60;

function chosen(names: readonly string[]): readonly Target[] {
  const unknown = names.filter((name) => TARGETS.every((target) => target.name !== name));
  if (unknown.length > 0) throw new Error(`no target ${unknown.join(", ")}\n\n${USAGE}`);
  return names.length === 0 ? TARGETS : TARGETS.filter(({ name }) => names.includes(name));
}

function numberOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is ${text}\n\n${USAGE}`);
  return value;
}

/** True where everything held. */
function fuzz(target: Target, seconds: number, seed: number | undefined): boolean {
  const kept = keptOf(target);
  for (const { text } of kept) target.replay(text);
  const { inputs, finding } = target.search({ seconds, ...(seed === undefined ? {} : { seed }) });
  const told = `${target.name.padEnd(16)} ${inputs.toLocaleString("en-US").padStart(12)} inputs`;
  console.log(`${told}, ${kept.length} kept ones${finding === undefined ? "" : ", FAILED"}`);
  if (finding === undefined) return true;
  console.log(`\n${finding.why}\n\n${finding.text}\n`);
  if (process.env["UPDATE"] === "1") keep({ target, text: finding.text }, finding.why);
  return false;
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const targets = chosen(positionals);
  const seconds = (numberOf(values.seconds, "seconds") ?? SECONDS) / targets.length;
  const seed = numberOf(values.seed, "seed");
  const held = targets.map((target) => fuzz(target, seconds, seed));
  if (held.includes(false)) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
