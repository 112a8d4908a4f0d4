import { setTimeout as pause } from "node:timers/promises";
import type { RegistrarCounters } from "../../lib/index.ts";
import type { Dice } from "./mill.ts";
import type { Address } from "./roles/registrar.ts";

/** How much of everything. */
export interface Sizes {
  /** Frames over real sockets. */
  readonly frames: number;
  /** Frames straight into the decoders, in a process of its own. */
  readonly decoded: number;
  readonly connections: number;
  readonly joins: number;
  readonly churns: number;
  readonly snapshots: number;
  readonly topics: number;
  /** Inputs to machines whose clock jumps. */
  readonly jumps: number;
}

/** The registrar that is attacked. */
export interface Stage {
  readonly address: Address;
  readonly sizes: Sizes;
  readonly dice: Dice;
  readonly counters: () => Promise<RegistrarCounters>;
}

/** One way to harm a registrar. */
export interface Attack {
  readonly name: string;
  readonly text: string;
  /** Resolves with what was done, in words; rejects where something did not hold. */
  readonly run: (stage: Stage) => Promise<string>;
}

const LOOK_MS = 100;
/** The counts have to stand still for so many looks. */
const LOOKS = 3;
const STEADY_MAX_MS = 90_000;

/** Resolves when the registrar has read what was sent: what it counts stands still. */
export async function steady(stage: Stage): Promise<RegistrarCounters> {
  let last = "";
  let counters = await stage.counters();
  const endMs = performance.now() + STEADY_MAX_MS;
  for (let looks = 0; looks < LOOKS && performance.now() < endMs;) {
    await pause(LOOK_MS);
    counters = await stage.counters();
    const { malformed, members, consumers, overflows, services, waiting } = counters;
    const now = [malformed, members, consumers, overflows, services, waiting].join();
    looks = now === last ? looks + 1 : 0;
    last = now;
  }
  return counters;
}

/** Does something `count` times, so many at a time. */
export async function inParallel(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
}

/** `12,345`. */
export function counted(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
