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
 * as the snapshot arrives. Topics left standing would burden the registrar, so of those whose time
 * is up only the last one stays, until the next: a registrar with many to serve may be slower than
 * our patience, and would never be heard otherwise.
 */
export class SnapshotAsker {
  readonly #source: number;
  readonly #tuning: ClientTuning;
  readonly #random: () => number;
  readonly #emit: (effect: ClientEffect) => void;
  readonly #wanted = new Set<string>();
  #open: Request | null = null;
  /** Its time was up, but it may still come. */
  #late: Request | null = null;
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

  /** True while this very snapshot is asked for; others are leftovers. */
  awaits(topic: string): boolean {
    return this.#open?.topic === topic || this.#late?.topic === topic;
  }

  /** The snapshot that was asked for is there. */
  arrived(topic: string): void {
    const request = [this.#open, this.#late].find((asked) => asked?.topic === topic);
    if (request === undefined || request === null) return;
    if (request.service === ALL) this.#hasSeenAll = true;
    this.#wanted.delete(request.service);
    const isAsked = this.#open?.service === request.service;
    if (request === this.#open || isAsked) this.#open = this.#end(this.#open);
    if (request === this.#late || isAsked) this.#late = this.#end(this.#late);
    this.#attempt = 0;
  }

  postpone(byMs: number): void {
    if (this.#open === null || this.#open.wasPostponed) return;
    this.#open.deadlineMs += byMs;
    this.#open.wasPostponed = true;
  }

  advance(nowMs: number): void {
    if (this.#open !== null && nowMs >= this.#open.deadlineMs) {
      this.#end(this.#late);
      this.#late = this.#open;
      this.#open = null;
      this.#wanted.add(this.#late.service);
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

  #end(request: Request | null): null {
    if (request === null) return null;
    this.#emit({ kind: "unsubscribe", source: this.#source, topic: request.topic });
    return null;
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
