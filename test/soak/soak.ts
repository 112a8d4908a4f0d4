import { createWriteStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { seeded } from "../balance/samples.ts";
import { documentedBounds } from "./bounds.ts";
import { Checker, type Breach, type Took } from "./checker.ts";
import { compileRoles } from "../helpers/compiled.ts";
import { machineMs } from "./facts.ts";
import { Plan, type Fault } from "./plan.ts";
import { FactQueue } from "./queue.ts";
import { processOf, Stage, type Size } from "./stage.ts";
import { trendsOf, type Trend, type Usage } from "./usage.ts";

/** What is to be done. */
export interface SoakSettings extends Size {
  readonly minutes: number;
  readonly seed: number;
  /** A file that takes every fact as one line of JSON, to be looked at afterwards. */
  readonly facts: string | undefined;
}

/** What came of it. */
export interface SoakOutcome {
  readonly settings: SoakSettings;
  readonly faults: Readonly<Record<Fault["kind"], number>>;
  /** Entries that lists gained and lost, all watchers together. */
  readonly entries: number;
  readonly took: readonly Took[];
  readonly incomplete: number;
  readonly excused: number;
  /** How often, and how long at most, the machine gave one of the processes no time. */
  readonly starvation: { readonly stalls: number; readonly longestMs: number };
  readonly failures: readonly string[];
  readonly breaches: readonly Breach[];
  readonly trends: readonly Trend[];
}

/** Facts of other processes arrive within this time. */
const LATE_MS = 5000;
const RELEASE_MS = 250;
const MEASURE_MS = 10_000;
const PROGRESS_MS = 30_000;
/** At the end everybody comes to rest, so that what was begun is judged too. */
const REST_MS = 15_000;
/** Memory of the first part is that of a start. */
const WARM_SHARE = 0.1;

/** Runs a soak; `say` is told of its progress. */
export async function soak(
  settings: SoakSettings,
  say: (text: string) => void,
): Promise<SoakOutcome> {
  say("compiling the roles");
  const roles = await compileRoles("soak");
  const checker = new Checker(documentedBounds(), processOf);
  const file = settings.facts === undefined ? undefined : createWriteStream(settings.facts);
  const queue = new FactQueue(LATE_MS, (fact) => {
    if (fact.kind !== "tick") file?.write(`${JSON.stringify(fact)}\n`);
    checker.take(fact);
  });
  const stage = new Stage(roles, settings, (...facts) => queue.add(...facts));
  const run = new SoakRun(settings, { checker, queue, stage, say });
  try {
    return await run.run();
  } finally {
    run.stop();
    file?.end();
    await stage.close();
  }
}

interface Parts {
  readonly checker: Checker;
  readonly queue: FactQueue;
  readonly stage: Stage;
  readonly say: (text: string) => void;
}

class SoakRun {
  readonly #settings: SoakSettings;
  readonly #parts: Parts;
  readonly #plan: Plan;
  readonly #samples = new Map<string, Usage[]>();
  readonly #faults = { kill: 0, freeze: 0, cycle: 0, restart: 0, pause: 0 };
  readonly #timers: NodeJS.Timeout[] = [];
  #isMeasuring = false;
  #told = 0;

  constructor(settings: SoakSettings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#plan = new Plan(seeded(settings.seed), {
      processes: settings.memberProcesses,
      registrars: settings.registrars,
    });
  }

  async run(): Promise<SoakOutcome> {
    const { stage, queue, say } = this.#parts;
    const { members, watchers, minutes, seed } = this.#settings;
    this.#every(RELEASE_MS, () => queue.release(machineMs()));
    await stage.start();
    say(`${members} members and ${watchers} watchers are up; ${minutes} minutes, seed ${seed}`);
    const startMs = machineMs();
    const endMs = startMs + minutes * 60_000;
    const warmMs = startMs + (endMs - startMs) * WARM_SHARE;
    this.#every(MEASURE_MS, () => void this.#measure(warmMs));
    this.#every(PROGRESS_MS, () => say(this.#progress(startMs)));
    while (machineMs() < endMs) {
      const fault = this.#plan.next();
      if (stage.perform(fault)) this.#faults[fault.kind] += 1;
      await pause(Math.min(this.#plan.calmMs(), Math.max(0, endMs - machineMs())));
    }
    await stage.quiet();
    await pause(REST_MS + LATE_MS);
    return this.#outcome();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms));
  }

  async #measure(warmMs: number): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    try {
      const inconsistent = await this.#parts.stage.inconsistent();
      if (inconsistent > 0) this.#fail(`${inconsistent} lists are not what changes$ adds up to`);
      for (const [name, usage] of await this.#parts.stage.measure()) {
        const samples = this.#samples.get(name) ?? [];
        this.#samples.set(name, samples);
        if (usage.atMs >= warmMs) samples.push(usage);
      }
    } catch (error) {
      this.#fail(String(error));
    } finally {
      this.#isMeasuring = false;
    }
  }

  #fail(text: string): void {
    this.#parts.stage.failures.push(text);
  }

  #progress(startMs: number): string {
    const { checker } = this.#parts;
    const minutes = ((machineMs() - startMs) / 60_000).toFixed(1);
    const faults = Object.entries(this.#faults).map(([kind, count]) => `${count} ${kind}`);
    const fresh = checker.breaches
      .slice(this.#told)
      .map(({ rule, text }) => `\n  ${rule}: ${text}`);
    this.#told = checker.breaches.length;
    const rss = [...this.#samples]
      .filter(([, all]) => all.length > 0)
      .map(([name, all]) => `${name} ${all.at(-1)?.rssMb.toFixed(0)} MB`);
    const found = [`${checker.entries} entries`, `${checker.breaches.length} breaches`, ...rss];
    return `${minutes} min: ${faults.join(", ")}; ${found.join(", ")}${fresh.join("")}`;
  }

  #outcome(): SoakOutcome {
    const { checker, stage } = this.#parts;
    return {
      settings: this.#settings,
      faults: this.#faults,
      entries: checker.entries,
      took: checker.took,
      incomplete: stage.incomplete,
      excused: checker.excused,
      starvation: checker.starvation,
      failures: stage.failures,
      breaches: checker.breaches,
      trends: [...this.#samples].flatMap(([name, samples]) => trendsOf(name, samples)),
    };
  }
}
