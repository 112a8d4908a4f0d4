import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { startRegistrar } from "../../../lib/index.ts";
import type { Registrar, RegistrarCounters, RegistrarOptions } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";

/** Where the registrar listens, and which run it is. */
export interface Address {
  readonly survey: string;
  readonly roster: string;
  readonly epoch: string;
}

/** What the registrar tells of itself. */
export interface Health {
  readonly rssMb: number;
  /** Objects of the program; the rest is libzmq's, and what the allocator keeps. */
  readonly heapMb: number;
  /** The longest time its event loop stood still since it was asked last. */
  readonly pauseMs: number;
  readonly counters: RegistrarCounters;
  /** Rejections that nobody handled, and exceptions that nobody caught. */
  readonly errors: readonly string[];
}

const SETTLE_MS = 250;
const MB = 1_048_576;

const errors: string[] = [];
process.on("unhandledRejection", (reason) => errors.push(`rejection: ${String(reason)}`));
process.on("uncaughtException", (error) => errors.push(`exception: ${String(error.stack)}`));

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let registrar: Registrar | undefined;

function running(): Registrar {
  if (registrar === undefined) throw new Error("the registrar was not started");
  return registrar;
}

const commands = serve({
  async start(options: RegistrarOptions): Promise<Address> {
    registrar = await startRegistrar({ logger: false, ...options });
    return { ...registrar.endpoints, epoch: registrar.epoch };
  },
  counters: (): RegistrarCounters => running().counters,
  /**
   * `settleMs` is how long it is left alone first, with collections of garbage in between: V8 gives
   * back what it held for a flood only when it has been idle. The pause includes none of that.
   */
  async health(settleMs: number): Promise<Health> {
    const pauseMs = delay.max / 1e6;
    // The collections below stop it as well.
    delay.disable();
    for (let waitedMs = 0; waitedMs < settleMs; waitedMs += SETTLE_MS) {
      globalThis.gc?.();
      await pause(SETTLE_MS);
    }
    delay.enable();
    delay.reset();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      rssMb: rss / MB,
      heapMb: heapUsed / MB,
      pauseMs,
      counters: running().counters,
      errors: [...errors],
    };
  },
  close: (): Promise<void> => running().close(),
});

export type RegistrarRole = typeof commands;
