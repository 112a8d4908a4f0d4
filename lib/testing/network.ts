import type { Random, Range } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

/** How the simulated network behaves. Times are in milliseconds. */
export interface NetworkOptions {
  /** One way, for each message by itself; order on one connection is kept all the same. */
  readonly delayMs: Range;
  /** Further time until held bytes arrive after a partition has healed, as TCP sends them again. */
  readonly retransmitMs: Range;
  /** How late timers of nodes fire. */
  readonly timerMs: Range;
  /** Time between two attempts to reach a host that does not answer at all. */
  readonly dialRetryMs: number;
  /**
   * TCP keepalive of the registrar: it closes a connection whose path is dead after this and at most a
   * third more. Kernels answer it, so a process that is stopped goes unnoticed. 0 is none.
   */
  readonly keepaliveMs: number;
  /** Messages of a client that wait for its survey connection, or on it. */
  readonly surveyQueue: number;
  /** Messages to one client that wait on its survey connection. */
  readonly replyQueue: number;
  /** Roster messages that wait for one subscriber; further ones are dropped silently. */
  readonly rosterQueue: number;
}

/** A network within one data centre, with the queues of the real transport. */
export const NETWORK: NetworkOptions = {
  delayMs: [0.2, 5],
  retransmitMs: [0, 100],
  timerMs: [0, 1],
  dialRetryMs: 1000,
  keepaliveMs: 3000,
  surveyQueue: 256,
  replyQueue: 512,
  rosterQueue: 1000,
};

/** Whatever has to know that bytes may flow again. */
export interface Healing {
  healed(): void;
}

/**
 * Who can reach whom. A partition is silent: bytes between the two are held, and flow again when
 * it heals, unless the connection was given up by then.
 */
export class Network {
  readonly options: NetworkOptions;
  readonly #blocks = new Map<string, number>();
  readonly #held = new Map<string, Set<Healing>>();

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  /** True while no bytes flow from the one to the other. */
  isBlocked(from: string, to: string): boolean {
    return this.#blocks.size > 0 && this.#blocks.has(wayOf(from, to));
  }

  /** Holds all bytes from the one to the other. Blocks add up; each is taken back by itself. */
  block(from: string, to: string): void {
    const way = wayOf(from, to);
    this.#blocks.set(way, (this.#blocks.get(way) ?? 0) + 1);
  }

  unblock(from: string, to: string): void {
    const way = wayOf(from, to);
    const left = (this.#blocks.get(way) ?? 0) - 1;
    if (left > 0) {
      this.#blocks.set(way, left);
      return;
    }
    if (!this.#blocks.delete(way)) return;
    for (const healing of Array.from(this.#held.get(way) ?? [])) healing.healed();
  }

  /** Calls `healed` whenever the way opens; returns how to stop that. */
  onHealed(from: string, to: string, healing: Healing): () => void {
    const way = wayOf(from, to);
    const held = this.#held.get(way) ?? new Set();
    this.#held.set(way, held);
    held.add(healing);
    return () => void held.delete(healing);
  }
}

function wayOf(from: string, to: string): string {
  return `${from} > ${to}`;
}

/** What every part of one simulation shares. */
export interface World {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly trace: Trace;
  readonly random: Random;
  /** Something happened that must never happen in any machine. */
  readonly broken: (node: string, what: string) => void;
}
