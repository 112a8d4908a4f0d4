import { fork } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RegistrarCounters, RegistrarOptions } from "../../lib/index.ts";
import { Child } from "../bench/children.ts";
import type { Commands } from "../bench/serve.ts";
import type { Allocator } from "./allocator.ts";
import { connections } from "./attacks/connections.ts";
import { frames } from "./attacks/frames.ts";
import { limits } from "./attacks/limits.ts";
import { churn, joins } from "./attacks/members.ts";
import { deaf, snapshots, topics } from "./attacks/subscriptions.ts";
import { warmUp } from "./honest.ts";
import { Dice } from "./mill.ts";
import type { Address, Health, RegistrarRole } from "./roles/registrar.ts";
import type { MemberRole } from "./roles/member.ts";
import type { PounderRole } from "./roles/pounder.ts";
import type { WatcherRole } from "./roles/watcher.ts";
import { counted, steady } from "./stage.ts";
import type { Attack, Sizes, Stage } from "./stage.ts";

export const ATTACKS: readonly Attack[] = [
  limits,
  connections,
  frames,
  snapshots,
  topics,
  deaf,
  churn,
  joins,
];

/** What to do, how much of it, and how often. */
export interface Plan {
  readonly attacks: readonly Attack[];
  readonly sizes: Sizes;
  readonly seed: number;
  /** All attacks are repeated until so much time has passed; they are done once at least. */
  readonly minutes: number;
  /** How long the registrar is left alone before its memory is looked at, first and last. */
  readonly restMs: number;
  /** How much more memory there may be after everything than there was before, as a share of it. */
  readonly growthMax: number;
  /** How long a watcher may hear of no change of an honest member, who changes all the time. */
  readonly quietMaxMs: number;
  /** What the registrar's memory is kept by. */
  readonly allocator: Allocator;
  readonly progress: (line: string) => void;
}

/** One attack and what the registrar made of it. */
export interface Row {
  readonly attack: string;
  readonly done: string;
  /** What the registrar counted meanwhile, by the names of its counters. */
  readonly counted: Readonly<Record<string, number>>;
  readonly rssMb: readonly [before: number, after: number];
  readonly heapMb: readonly [before: number, after: number];
  /** The longest time its event loop stood still. */
  readonly pauseMs: number;
  /** The longest time an honest watcher heard of no change. */
  readonly quietMs: number;
  /** Lists of honest watchers in which the honest member was missing. */
  readonly lacking: number;
  /** Why and when it left, as they were told. */
  readonly left: readonly string[];
}

/** What a campaign came to. */
export interface Report {
  readonly allocator: Allocator["name"];
  /** The honest traffic before memory was looked at. */
  readonly warmth: string;
  readonly rows: readonly Row[];
  /** After a warm-up of honest traffic, and after everything. */
  readonly rssMb: readonly [start: number, end: number];
  readonly errors: readonly string[];
  readonly broken: readonly string[];
}

/** Honest peers: they change their card so often that watchers notice when they are not served. */
const HONEST = { service: "cache", id: "honest", changeMs: 200 } as const;
/** Suspects are forgotten soon, so that memory can be looked at. */
const OPTIONS: RegistrarOptions = {
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
  goneAfterMs: 2000,
  holdMaxMs: 3000,
  emptyServiceTtlMs: 1000,
};
/** The honest member and nobody else. */
const HONEST_MEMBERS = 1;
const CALM_MS = 200;
/** Frames that are decoded without a word in between. */
const PIECE = 500_000;
/** Between two attacks memory is looked at sooner. */
const SETTLE_MS = 500;
const CALM_MAX_MS = 120_000;

/** Processes of one campaign; none is left behind. */
class Crew implements AsyncDisposable {
  readonly #children: Child<Commands>[] = [];

  start<C extends Commands>(role: string, env: Readonly<Record<string, string>> = {}): Child<C> {
    const path = fileURLToPath(new URL(`./roles/${role}.ts`, import.meta.url));
    const child = new Child<C>(
      role,
      fork(path, [], {
        execArgv: ["--import", "tsx", "--expose-gc"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: { ...process.env, ...env },
      }),
    );
    this.#children.push(child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }
}

/** A registrar under attack, and those who have to be served meanwhile. */
class Scene {
  readonly stage: Stage;
  readonly #registrar: Child<RegistrarRole>;
  readonly #watcher: Child<WatcherRole>;
  #lacking = 0;
  #last: Health | undefined;

  constructor(stage: Stage, registrar: Child<RegistrarRole>, watcher: Child<WatcherRole>) {
    this.stage = stage;
    this.#registrar = registrar;
    this.#watcher = watcher;
  }

  /** Waits until those who attacked are forgotten, and looks at the memory. */
  async calm(settleMs: number): Promise<Health> {
    const endMs = performance.now() + CALM_MAX_MS;
    while ((await this.stage.counters()).members > HONEST_MEMBERS) {
      if (performance.now() > endMs) throw new Error("members of an attack are never forgotten");
      await pause(CALM_MS);
    }
    await steady(this.stage);
    return this.#registrar.ask("health", settleMs);
  }

  async run(attack: Attack): Promise<Row> {
    const before = this.#last ?? (await this.calm(SETTLE_MS));
    const earlier = await this.#watcher.ask("sight", undefined as never);
    const done = await attack.run(this.stage);
    const during = await this.#registrar.ask("health", 0);
    const after = await this.calm(SETTLE_MS);
    this.#last = after;
    const { lacking, quietMs, left } = await this.#watcher.ask("sight", undefined as never);
    const row: Row = {
      attack: attack.name,
      done,
      counted: difference(before.counters, after.counters),
      rssMb: [before.rssMb, after.rssMb],
      heapMb: [before.heapMb, after.heapMb],
      pauseMs: Math.max(during.pauseMs, after.pauseMs),
      quietMs,
      lacking: lacking - this.#lacking,
      left: [...earlier.left, ...left],
    };
    this.#lacking = lacking;
    return row;
  }
}

/** What grew, and what shrank. */
function difference(
  before: RegistrarCounters,
  after: RegistrarCounters,
): Readonly<Record<string, number>> {
  const was: Readonly<Record<string, number>> = { ...before };
  const rows = Object.entries<number>({ ...after }).map(
    ([name, count]) => [name, count - (was[name] ?? 0)] as const,
  );
  return Object.fromEntries(rows.filter(([, count]) => count !== 0));
}

async function open(crew: Crew, plan: Plan): Promise<Scene> {
  const registrar = crew.start<RegistrarRole>("registrar", plan.allocator.env);
  const address: Address = await registrar.ask("start", OPTIONS);
  const member = crew.start<MemberRole>("member");
  await member.ask("start", { registrar: address.survey, ...HONEST });
  const watcher = crew.start<WatcherRole>("watcher");
  await watcher.ask("start", { ...address, ...HONEST });
  const counters = (): Promise<RegistrarCounters> => registrar.ask("counters", undefined as never);
  const stage: Stage = { address, sizes: plan.sizes, dice: new Dice(plan.seed), counters };
  return new Scene(stage, registrar, watcher);
}

async function pound(
  pounder: Child<PounderRole>,
  plan: Plan,
): Promise<{ readonly told: string; readonly failures: readonly string[] }> {
  const { sizes, seed, growthMax } = plan;
  let accepted = 0;
  let startMb = 0;
  const failures: string[] = [];
  for (let done = 0; done < sizes.decoded; done += PIECE) {
    const count = Math.min(PIECE, sizes.decoded - done);
    const piece = await pounder.ask("decode", { count, seed: seed + done });
    accepted += piece.accepted;
    failures.push(...piece.thrown);
    // What the first ones take belongs to the size of a process that decodes.
    if (done <= PIECE) startMb = await pounder.ask("rssMb", undefined as never);
  }
  const endMb = await pounder.ask("rssMb", undefined as never);
  if (endMb > startMb * (1 + growthMax)) {
    failures.push(`decoding took memory: ${startMb.toFixed(0)} MB, then ${endMb.toFixed(0)} MB`);
  }
  const leaping = await pounder.ask("leap", { count: sizes.jumps, seed });
  const frames = `${counted(sizes.decoded)} frames decoded (${counted(accepted)} were messages)`;
  const memory = `${startMb.toFixed(0)} MB before the rest, ${endMb.toFixed(0)} MB after it`;
  const told = `${frames}, ${memory}; ${counted(leaping.runs)} runs of machines under a leaping clock`;
  return { told, failures: [...failures, ...leaping.failures] };
}

/** Runs everything; rejects only where the scene cannot be set. */
export async function runCampaign(plan: Plan): Promise<Report> {
  await using crew = new Crew();
  const pounder = crew.start<PounderRole>("pounder");
  const scene = await open(crew, plan);
  plan.progress("warm-up with honest traffic");
  const warmth = await warmUp(scene.stage);
  plan.progress(warmth);
  const start = await scene.calm(plan.restMs);
  const rows: Row[] = [];
  const broken: string[] = [];
  const endMs = performance.now() + plan.minutes * 60_000;
  do {
    for (const attack of plan.attacks) {
      plan.progress(`${attack.name}: ${attack.text}`);
      try {
        rows.push(await scene.run(attack));
      } catch (error) {
        broken.push(`${attack.name}: ${String(error)}`);
      }
    }
  } while (performance.now() < endMs && broken.length === 0);
  const end = await scene.calm(plan.restMs);
  plan.progress("decoders and machines, without a registrar");
  const pounded = await pound(pounder, plan);
  plan.progress(pounded.told);
  broken.push(...pounded.failures);
  const lacking = rows.reduce((sum, row) => sum + row.lacking, 0);
  if (lacking > 0) {
    const told = rows.flatMap(({ attack, left }) => left.map((line) => `${attack}, ${line}`));
    broken.push(`${lacking} lists of honest watchers lacked the honest member: ${told.join("; ")}`);
  }
  for (const { attack, quietMs } of rows) {
    if (quietMs <= plan.quietMaxMs) continue;
    broken.push(`${attack}: an honest watcher heard nothing for ${quietMs.toFixed(0)} ms`);
  }
  if (end.rssMb > start.rssMb * (1 + plan.growthMax)) {
    broken.push(`memory grew from ${start.rssMb.toFixed(0)} to ${end.rssMb.toFixed(0)} MB`);
  }
  const { name: allocator } = plan.allocator;
  const rssMb = [start.rssMb, end.rssMb] as const;
  return { allocator, warmth, rows, rssMb, errors: end.errors, broken };
}
