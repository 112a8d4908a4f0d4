import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Batch, Found, Order } from "./campaign-worker.ts";

/** Seeds that a worker is given at a time. */
const BATCH_SEEDS = 25;
/** So many violations end a campaign. */
const VIOLATIONS_MAX = 5;
const WORKER = fileURLToPath(new URL("campaign-worker.ts", import.meta.url));

/** What a campaign is to do. */
export interface CampaignOptions {
  readonly seeds: number;
  /** The first seed. */
  readonly from: number;
  /** Worker processes. */
  readonly jobs: number;
  /** It ends after so many minutes, with fewer seeds; Infinity for no such end. */
  readonly minutes: number;
}

/** What a campaign did. */
export interface Summary {
  readonly from: number;
  readonly seeds: number;
  readonly steps: number;
  readonly virtualHours: number;
  readonly seconds: number;
  readonly seedsPerSecond: number;
  /** Seeds by number of registrars. */
  readonly registrars: Readonly<Record<string, number>>;
  /** How often each kind of action was done. */
  readonly actions: Readonly<Record<string, number>>;
  readonly violations: readonly Found[];
}

/** Hands seeds out to worker processes and adds up what they say. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #startedMs = performance.now();
  readonly #registrars: Record<string, number> = {};
  readonly #actions: Record<string, number> = {};
  readonly #violations: Found[] = [];
  #given = 0;
  #seeds = 0;
  #steps = 0;
  #ranMs = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
  }

  /** What was done so far. */
  summary(): Summary {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    return {
      from: this.#options.from,
      seeds: this.#seeds,
      steps: this.#steps,
      virtualHours: this.#ranMs / 3_600_000,
      seconds,
      seedsPerSecond: this.#seeds / seconds,
      registrars: this.#registrars,
      actions: this.#actions,
      violations: this.#violations.toSorted((a, b) => a.seed - b.seed),
    };
  }

  /** Resolves at the end. Rejects where a worker dies. */
  async run(): Promise<Summary> {
    await Promise.all(Array.from({ length: this.#options.jobs }, () => this.#work()));
    return this.summary();
  }

  async #work(): Promise<void> {
    const worker = fork(WORKER);
    try {
      for (let order = this.#next(); order !== null; order = this.#next()) {
        this.#add(await batchOf(worker, order));
      }
    } finally {
      worker.kill();
    }
  }

  #next(): Order | null {
    const { seeds, from, minutes } = this.#options;
    const isOver = performance.now() - this.#startedMs >= minutes * 60_000;
    if (isOver || this.#given >= seeds || this.#violations.length >= VIOLATIONS_MAX) return null;
    const order = { from: from + this.#given, seeds: Math.min(BATCH_SEEDS, seeds - this.#given) };
    this.#given += order.seeds;
    return order;
  }

  #add({ seeds, steps, ranMs, registrars, actions, violations }: Batch): void {
    this.#seeds += seeds;
    this.#steps += steps;
    this.#ranMs += ranMs;
    addUp(this.#registrars, registrars);
    addUp(this.#actions, actions);
    this.#violations.push(...violations);
  }
}

/** Sends an order and waits for what came of it. */
async function batchOf(worker: ChildProcess, order: Order): Promise<Batch> {
  const done = new AbortController();
  const { signal } = done;
  const died = once(worker, "exit", { signal }).then(([code]) => {
    throw new Error(`a worker ended with ${String(code)} in the seeds from ${order.from}`);
  });
  worker.send(order);
  try {
    const answer = once(worker, "message", { signal }).then(([batch]) => batch as Batch);
    return await Promise.race([answer, died]);
  } finally {
    died.catch(() => undefined);
    done.abort();
  }
}

function addUp(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}
