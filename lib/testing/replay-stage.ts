import type { RecordedPeerEvent, RecordedRegistrarEvent } from "../core/recording.ts";
import type { Cluster } from "./cluster.ts";
import { perform } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulate.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import { Violation } from "./violation.ts";

/** The record is read at least this often, so that its rings lose nothing. */
const POLL_MS = 250;

/** One pass of a replay: the cluster, and everything its registrar wrote down. */
export class ReplayStage {
  violation: Violation | null = null;
  readonly #cluster: Cluster;
  readonly #scenario: Scenario;
  readonly #originMs: number;
  /** Of each process by its instance. */
  readonly #events = new Map<string, RecordedPeerEvent[]>();
  readonly #seen = new Map<string, number>();
  #registrar: readonly RecordedRegistrarEvent[] = [];
  #epoch = "";

  constructor(
    scenario: Scenario,
    originMs: number,
    options: Pick<SimulateOptions, "invariants" | "traceLines">,
  ) {
    this.#scenario = scenario;
    this.#originMs = originMs;
    this.#cluster = simulate({ ...scenario.options, ...options });
  }

  get steps(): number {
    return this.#cluster.steps;
  }

  /** Of the registrar itself, in time since its start. */
  get registrar(): readonly RecordedRegistrarEvent[] {
    return this.#registrar;
  }

  /** What was written down of each node, in time since the start of the registrar. */
  get events(): ReadonlyMap<string, readonly RecordedPeerEvent[]> {
    const events = new Map<string, readonly RecordedPeerEvent[]>();
    for (const { node, instance } of this.#cluster.facts.peers) {
      events.set(node, this.#events.get(instance) ?? []);
    }
    return events;
  }

  run(): void {
    this.#guarded(() => {
      for (const action of this.#scenario.actions) {
        this.#runTo(action.atMs);
        perform(this.#cluster, action);
      }
      this.#runTo(this.#scenario.untilMs);
    });
  }

  /** Ends all troubles and checks what is claimed at rest. */
  settle(): void {
    if (this.violation === null) this.#guarded(() => this.#cluster.settle());
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.violation = error;
    }
  }

  #runTo(atMs: number): void {
    while (this.#cluster.nowMs < atMs) {
      this.#cluster.runFor(Math.min(POLL_MS, atMs - this.#cluster.nowMs));
      if (this.#cluster.nowMs >= this.#originMs) this.#read();
    }
  }

  #read(): void {
    const recording = this.#cluster.record();
    if (recording === null) return;
    if (recording.epoch !== this.#epoch) this.#events.clear();
    if (recording.epoch !== this.#epoch) this.#seen.clear();
    this.#epoch = recording.epoch;
    this.#registrar = recording.registrar;
    for (const { service, id, dropped, events } of recording.peers) {
      const key = `${service}\0${id}`;
      const seen = this.#seen.get(key) ?? 0;
      const holder = { instance: this.#holders.get(key) ?? "" };
      for (const event of events.slice(Math.max(0, seen - dropped))) {
        if (event.kind === "joined") holder.instance = event.instance;
        const known = this.#events.get(holder.instance) ?? [];
        known.push(event);
        this.#events.set(holder.instance, known);
      }
      this.#holders.set(key, holder.instance);
      this.#seen.set(key, dropped + events.length);
    }
  }

  /** Whose events those of a name are. */
  readonly #holders = new Map<string, string>();
}
