import type { Proved } from "./fences.ts";
import { History } from "./history.ts";
import type { HistoryNote } from "./history.ts";
import { LIMITS } from "./limits.ts";
import type { RosterMessage } from "./messages.ts";
import type { RegistrarTuning } from "./options.ts";
import type { Card } from "./peer.ts";
import type { PeerEvent, RegistrarEvent } from "./record-event.ts";
import type { RecordedRegistrarEvent } from "./recording.ts";

/** The first names of a list, and how many there are. */
export interface Names {
  readonly names: readonly string[];
  readonly count: number;
}

/**
 * The flight recorder: what happened to each peer, and to the registrar itself. Noting is O(1) and
 * happens where something happens, never for an answer that came in time. What is noted is written
 * down once what it led to is published, or when somebody wants to read it.
 */
export class Recorder {
  readonly epoch: string;
  readonly tuning: RegistrarTuning;
  readonly #originMs: number;
  readonly #history: History;
  #unwritten: Unwritten[] = [];
  #registrar: RecordedRegistrarEvent[] = [];

  constructor(options: {
    readonly epoch: string;
    readonly tuning: RegistrarTuning;
    /** The start of the run: times of a recording count from here. */
    readonly nowMs: number;
    readonly history?: History;
  }) {
    this.epoch = options.epoch;
    this.tuning = options.tuning;
    this.#originMs = options.nowMs;
    this.#history = options.history ?? new History();
    this.noteRegistrar({ kind: "started" }, options.nowMs);
  }

  /** With all that was noted so far. */
  get history(): History {
    this.write();
    return this.#history;
  }

  /** Of the registrar itself, oldest first, in time since its start. */
  get registrar(): readonly RecordedRegistrarEvent[] {
    return this.#registrar;
  }

  /** Milliseconds since the start of the run, in steps of a tenth. */
  sinceStartMs(atMs: number): number {
    return Math.round((atMs - this.#originMs) * 10) / 10;
  }

  note(
    { service, id }: { readonly service: string; readonly id: string },
    event: PeerEvent,
    nowMs: number,
  ): void {
    this.#unwritten.push({ service, id, note: { atMs: nowMs, event } });
  }

  /** Writes down what was noted. The owner calls it in each step, after publishing: many wait for that. */
  write(): void {
    if (this.#unwritten.length === 0) return;
    const unwritten = this.#unwritten;
    this.#unwritten = [];
    for (const { service, id, note } of unwritten) this.#history.note(service, id, note);
  }

  noteRegistrar(event: RegistrarEvent, nowMs: number): void {
    this.#registrar.push({ ...event, atMs: this.sinceStartMs(nowMs) });
    if (this.#registrar.length > LIMITS.registrarEventsMax) this.#registrar.shift();
  }

  /** A message goes out: what it says of peers is published from now on. */
  published(message: RosterMessage): void {
    if (message.kind !== "delta") return;
    // What it publishes was noted before.
    this.write();
    const { service, revision, changes } = message;
    for (const change of changes) {
      const id = change.kind === "put" ? change.entry.id : change.id;
      this.#history.published(service, id, revision);
    }
  }
}

/** What happened to a peer, not written down yet. */
interface Unwritten {
  readonly service: string;
  readonly id: string;
  readonly note: Omit<HistoryNote, "revision">;
}

/** Where a peer says it is: `host:port` of its first endpoint, or nothing. */
export function addressOf({ endpoints: [first] }: Card): string {
  return first === undefined ? "" : `${first.host}:${first.port}`;
}

/** What a proof says, for the record. */
export function proofEvent({ edition, revision, anonymous, ...lists }: Proved): PeerEvent {
  const [acknowledged, missing] = [someNames(lists.acknowledged), someNames(lists.missing)];
  return {
    kind: "proved",
    edition,
    atRevision: revision,
    acknowledged: acknowledged.names,
    acknowledgedCount: acknowledged.count,
    missing: missing.names,
    missingCount: missing.count,
    anonymous,
  };
}

/** Cuts a list of consumers to the names that one event may carry. */
export function someNames(names: readonly string[]): Names {
  return { names: names.slice(0, LIMITS.historyNamesMax), count: names.length };
}
