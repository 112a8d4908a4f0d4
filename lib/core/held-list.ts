import type { Departures } from "./departures.ts";
import type { Delta, ServiceSnapshot } from "./messages.ts";
import type { Entry, LeftCause } from "./peer.ts";

/**
 * One service as told by one registrar: the list of the present epoch, and those of an earlier
 * epoch who have not been vouched for yet. The latter stay until the registrar has learned.
 */
export class HeldList {
  readonly service: string;
  readonly #departures: Departures;
  #epoch: string | null = null;
  #revision = 0;
  #entries = new Map<string, Entry>();
  #unconfirmed = new Map<string, Entry>();
  /** The most that it ever held since it was opened. */
  #most = 0;

  constructor(service: string, departures: Departures) {
    this.service = service;
    this.#departures = departures;
  }

  /** The registrar run this list belongs to; null before the first snapshot. */
  get epoch(): string | null {
    return this.#epoch;
  }

  get revision(): number {
    return this.#revision;
  }

  get isAwaitingReturns(): boolean {
    return this.#unconfirmed.size > 0;
  }

  get size(): number {
    return this.#entries.size + this.#unconfirmed.size;
  }

  /** The peer of this id that the registrar lists. */
  find(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Everyone held; nobody is in it twice. */
  entries(): Iterable<Entry> {
    const entries = this.#entries.values();
    return this.#unconfirmed.size === 0 ? entries : [...entries, ...this.#unconfirmed.values()];
  }

  /** Applies the next revision. The caller has checked that it is the next one. */
  apply(delta: Delta): void {
    this.#revision = delta.revision;
    for (const change of delta.changes) {
      switch (change.kind) {
        case "put":
          this.#put(change.entry, change.returned);
          break;
        case "standing": {
          const entry = this.#entries.get(change.id);
          if (entry?.instance !== change.instance) break;
          const { standing, cause } = change;
          this.#entries.set(change.id, { ...entry, standing, cause });
          break;
        }
        case "gone":
          this.#drop(change.id, change.instance, change.cause);
          break;
        default:
          change satisfies never;
      }
    }
  }

  /**
   * Takes a whole list. In the same epoch it is the truth. In a new epoch, those who are missing
   * and whose departure is not told either wait for the registrar to have learned.
   */
  replace(snapshot: ServiceSnapshot, epoch: string): void {
    const before = [...this.entries()];
    const isNewEpoch = this.#epoch !== null && this.#epoch !== epoch;
    this.#entries = new Map(snapshot.entries.map((entry) => [entry.id, entry]));
    const waiting = isNewEpoch ? new Map<string, Entry>() : this.#unconfirmed;
    const told = new Map(snapshot.tombstones.map((t) => [`${t.id}\0${t.instance}`, t.cause]));
    // Also of one that we did not hold: another registrar may list it still.
    for (const tombstone of snapshot.tombstones) {
      const { id, instance, cause } = tombstone;
      const isThere = this.#entries.get(id)?.instance === instance;
      if (cause === "goodbye" && !isThere) this.#departures.note(this.service, tombstone, cause);
    }
    for (const entry of before) {
      const now = this.#entries.get(entry.id);
      const cause = told.get(`${entry.id}\0${entry.instance}`);
      if (now?.instance === entry.instance) waiting.delete(entry.id);
      else if (now !== undefined) this.#leave(waiting, entry, cause ?? "replaced");
      else this.#missing({ waiting, entry, isNewEpoch, cause });
    }
    this.#unconfirmed = waiting;
    this.#grew();
    this.#epoch = epoch;
    this.#revision = snapshot.revision;
  }

  /** The registrar has learned: whoever it did not list by now has not returned. */
  settle(): void {
    for (const entry of this.#unconfirmed.values()) {
      this.#departures.note(this.service, entry, "not-returned");
    }
    this.#unconfirmed.clear();
  }

  #put(entry: Entry, returned: boolean): void {
    const before = this.#entries.get(entry.id) ?? this.#unconfirmed.get(entry.id);
    if (before !== undefined && before.instance !== entry.instance) {
      this.#departures.note(this.service, before, "replaced");
    }
    if (returned && this.#departures.causeOf(this.service, entry) === undefined) {
      this.#departures.note(this.service, entry, "unknown");
    }
    this.#unconfirmed.delete(entry.id);
    this.#entries.set(entry.id, entry);
    this.#grew();
  }

  #grew(): void {
    const more = this.size - this.#most;
    if (more <= 0) return;
    this.#most += more;
    this.#departures.makeRoom(more);
  }

  #drop(id: string, instance: string, cause: LeftCause): void {
    for (const list of [this.#entries, this.#unconfirmed]) {
      if (list.get(id)?.instance === instance) list.delete(id);
    }
    this.#departures.note(this.service, { id, instance }, cause);
  }

  #leave(waiting: Map<string, Entry>, entry: Entry, cause: LeftCause): void {
    waiting.delete(entry.id);
    this.#departures.note(this.service, entry, cause);
  }

  #missing(of: {
    readonly waiting: Map<string, Entry>;
    readonly entry: Entry;
    readonly isNewEpoch: boolean;
    readonly cause: LeftCause | undefined;
  }): void {
    const { waiting, entry, isNewEpoch, cause } = of;
    if (cause !== undefined) return this.#leave(waiting, entry, cause);
    if (isNewEpoch || waiting.get(entry.id) === entry) waiting.set(entry.id, entry);
    else this.#leave(waiting, entry, "unknown");
  }
}
