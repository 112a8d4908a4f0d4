import { backoffMs } from "./backoff.ts";
import type { ClientEffect } from "./io.ts";
import type { ClientTuning } from "./options.ts";
import { ALL, snapshotTopic } from "./topics.ts";

/** The pause grows to at most this many times the first one. */
const PATIENCE = 8;

interface Request {
  readonly service: string;
  readonly topic: string;
  deadlineMs: number;
  wasPostponed: boolean;
}

/**
 * Asks for snapshots, one at a time: a fresh private topic is subscribed, and unsubscribed as soon
 * as the snapshot arrives or the time is up. Topics left standing would burden the registrar.
 */
export class SnapshotAsker {
  readonly #source: number;
  readonly #tuning: ClientTuning;
  readonly #random: () => number;
  readonly #emit: (effect: ClientEffect) => void;
  readonly #wanted = new Set<string>();
  #open: Request | null = null;
  #attempt = 0;
  #hasSeenAll = false;

  constructor(options: {
    readonly source: number;
    readonly tuning: ClientTuning;
    readonly random: () => number;
    readonly emit: (effect: ClientEffect) => void;
  }) {
    this.#source = options.source;
    this.#tuning = options.tuning;
    this.#random = options.random;
    this.#emit = options.emit;
  }

  /** A snapshot of all services has arrived at least once. */
  get hasSeenAll(): boolean {
    return this.#hasSeenAll;
  }

  /** One that is asked for already, or is part of all that is asked for, is not asked for twice. */
  want(service: string): void {
    if (this.#open?.service === service || this.#open?.service === ALL) return;
    this.#wanted.add(service);
  }

  /** True while this very snapshot is asked for. */
  awaits(topic: string): boolean {
    return this.#open?.topic === topic;
  }

  /** True for the snapshot that was asked for; others are leftovers. */
  arrived(topic: string): boolean {
    if (this.#open?.topic !== topic) return false;
    if (this.#open.service === ALL) this.#hasSeenAll = true;
    this.#close();
    this.#attempt = 0;
    return true;
  }

  postpone(byMs: number): void {
    if (this.#open === null || this.#open.wasPostponed) return;
    this.#open.deadlineMs += byMs;
    this.#open.wasPostponed = true;
  }

  advance(nowMs: number): void {
    if (this.#open !== null && nowMs >= this.#open.deadlineMs) {
      const { service } = this.#open;
      this.#close();
      this.#wanted.add(service);
      this.#attempt += 1;
    }
    if (this.#open === null) this.#next(nowMs);
  }

  nextMs(): number {
    if (this.#open !== null) return this.#open.deadlineMs;
    return this.#wanted.size > 0 ? -Infinity : Infinity;
  }

  #next(nowMs: number): void {
    const [first] = this.#wanted;
    if (first === undefined) return;
    const service = this.#wanted.has(ALL) ? ALL : first;
    if (service === ALL) this.#wanted.clear();
    else this.#wanted.delete(service);
    const topic = snapshotTopic(token(this.#random), service);
    const deadlineMs = nowMs + this.#patienceMs();
    this.#open = { service, topic, deadlineMs, wasPostponed: false };
    this.#emit({ kind: "subscribe", source: this.#source, topic });
  }

  #close(): void {
    if (this.#open === null) return;
    this.#emit({ kind: "unsubscribe", source: this.#source, topic: this.#open.topic });
    this.#open = null;
  }

  /** Grows with each failure; random, so that many who failed together do not ask together. */
  #patienceMs(): number {
    const minMs = this.#tuning.snapshotTimeoutMs;
    return minMs + backoffMs(this.#attempt, { minMs, maxMs: PATIENCE * minMs }, this.#random());
  }
}

/** 128 random bits in hexadecimal. */
function token(random: () => number): string {
  let text = "";
  for (let part = 0; part < 4; part += 1) {
    text += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  }
  return text;
}
