import { LIMITS } from "./limits.ts";
import type { RosterChange, ServiceSnapshot } from "./messages.ts";
import type { Entry, LeftCause, Tombstone } from "./peer.ts";

/** One name changes in so many ways at one time: what is owed, who left, who came. */
const CHANGES_EACH = 3;
/** What a change costs on the wire beside a card, nearly. */
const CHANGE_BYTES = 128;

/** One revision cut from what is dirty. */
export interface Revision {
  readonly revision: number;
  readonly changes: readonly RosterChange[];
}

/** An instance that left. */
export interface Gone {
  readonly id: string;
  readonly instance: string;
  readonly cause: LeftCause;
}

/**
 * The published list of one service. It follows the registrar's judgement at the pace of
 * publication: names are marked dirty, and a revision is the difference between what was
 * published and what holds now, so that a flap between two publications costs nothing; only a
 * goodbye, and the departure of a run that came from a registrar before this one, is told in any case.
 */
export class Roster {
  readonly service: string;
  #revision: number;
  readonly #published = new Map<string, Entry>();
  readonly #sizes = new Map<string, number>();
  readonly #dirty = new Set<string>();
  /** Why an instance left, until the revision that says so. */
  readonly #causes = new Map<string, LeftCause>();
  /** Those of them who were never published, but have to be told: by id, of several the last. */
  readonly #owed = new Map<string, Gone>();
  /** By run, oldest first. */
  readonly #tombstones = new Map<string, Tombstone>();
  #snapshot: ServiceSnapshot | null = null;
  #bytes = 0;

  /** `revision` continues the count of services closed before, so that no number is used twice. */
  constructor(service: string, revision: number) {
    this.service = service;
    this.#revision = revision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Peers published. */
  get size(): number {
    return this.#published.size;
  }

  get isDirty(): boolean {
    return this.#dirty.size > 0;
  }

  /** Bytes of a snapshot, nearly. */
  get bytes(): number {
    return this.#bytes + this.#tombstones.size * CHANGE_BYTES;
  }

  get published(): ReadonlyMap<string, Entry> {
    return this.#published;
  }

  touch(id: string): void {
    this.#dirty.add(id);
  }

  /**
   * Notes why an instance left, to be told with the revision in which it is missing. One that a
   * registrar before this one had listed is told even if this one never published it, because
   * consumers may hold it from there; so is a goodbye, because they may hold it from another one.
   */
  left(gone: Gone, wasListedBefore: boolean): void {
    const { id, instance, cause } = gone;
    this.#causes.set(runOf(id, instance), cause);
    const isOwed = wasListedBefore || cause === "goodbye";
    if (isOwed && this.#published.get(id)?.instance !== instance) this.#owed.set(id, gone);
    this.#dirty.add(id);
  }

  /** Why an instance left, published or not yet; undefined for one that is not known to have left. */
  causeOf(id: string, instance: string): LeftCause | undefined {
    return this.tombstone(id, instance)?.cause ?? this.#causes.get(runOf(id, instance));
  }

  /** The remembered departure of an instance. */
  tombstone(id: string, instance: string): Tombstone | undefined {
    return this.#tombstones.get(runOf(id, instance));
  }

  /**
   * Cuts one revision from what is dirty, within the limits of one delta; what does not fit stays
   * dirty. Undefined where nothing differs after all.
   */
  cut(
    current: (id: string) => { readonly entry: Entry; readonly bytes: number } | undefined,
  ): Revision | undefined {
    const changes: RosterChange[] = [];
    const revision = this.#revision + 1;
    let bytes = 0;
    for (const id of this.#dirty) {
      if (changes.length > LIMITS.changesMax - CHANGES_EACH || bytes >= LIMITS.deltaBytesMax) break;
      this.#dirty.delete(id);
      const now = current(id);
      for (const change of this.#differ(id, now?.entry)) {
        changes.push(change);
        this.#apply(change, { revision, bytes: now?.bytes ?? 0 });
        bytes += change.kind === "put" ? (now?.bytes ?? 0) : CHANGE_BYTES;
      }
    }
    if (this.#dirty.size === 0) this.#causes.clear();
    if (changes.length === 0) return undefined;
    this.#revision = revision;
    this.#snapshot = null;
    return { revision, changes };
  }

  /** The list in its present revision; the same object until the next one. */
  snapshot(): ServiceSnapshot {
    this.#snapshot ??= {
      service: this.service,
      revision: this.#revision,
      entries: [...this.#published.values()],
      tombstones: [...this.#tombstones.values()],
    };
    return this.#snapshot;
  }

  #differ(id: string, now: Entry | undefined): RosterChange[] {
    const before = this.#published.get(id);
    const changes = this.#owedFor(id, now);
    if (before === now) return changes;
    if (before !== undefined && before.instance !== now?.instance) {
      const cause = this.#causes.get(runOf(id, before.instance)) ?? "unknown";
      changes.push({ kind: "gone", id, instance: before.instance, cause });
    }
    if (now === undefined) return changes;
    const { instance, standing, cause } = now;
    if (before?.instance !== instance) {
      const returned = this.tombstone(id, instance) !== undefined;
      changes.push({ kind: "put", entry: now, returned });
    } else if (before.edition !== now.edition || before.stalledMs !== now.stalledMs) {
      changes.push({ kind: "put", entry: now, returned: false });
    } else if (before.standing !== standing || before.cause !== cause) {
      changes.push({ kind: "standing", id, instance, standing, cause });
    }
    return changes;
  }

  #owedFor(id: string, now: Entry | undefined): RosterChange[] {
    const owed = this.#owed.get(id);
    this.#owed.delete(id);
    return owed === undefined || owed.instance === now?.instance ? [] : [{ kind: "gone", ...owed }];
  }

  #apply(change: RosterChange, at: { readonly revision: number; readonly bytes: number }): void {
    if (change.kind === "gone") return this.#bury(change, at.revision);
    if (change.kind === "put") {
      const { id, instance } = change.entry;
      this.#published.set(id, change.entry);
      this.#bytes += at.bytes - (this.#sizes.get(id) ?? 0);
      this.#sizes.set(id, at.bytes);
      if (change.returned) this.#tombstones.delete(runOf(id, instance));
      return;
    }
    const before = this.#published.get(change.id);
    if (before === undefined) return;
    this.#published.set(change.id, {
      ...before,
      standing: change.standing,
      cause: change.cause,
    });
  }

  #bury({ id, instance, cause }: Gone, revision: number): void {
    if (this.#published.get(id)?.instance === instance) {
      this.#published.delete(id);
      this.#bytes -= this.#sizes.get(id) ?? 0;
      this.#sizes.delete(id);
    }
    const run = runOf(id, instance);
    this.#tombstones.delete(run);
    this.#tombstones.set(run, { id, instance, cause, revision });
    if (this.#tombstones.size <= LIMITS.tombstonesMax) return;
    const [oldest] = this.#tombstones.keys();
    if (oldest !== undefined) this.#tombstones.delete(oldest);
  }
}

/** One run of a peer within the service; neither part can contain NUL. */
function runOf(id: string, instance: string): string {
  return `${id}\0${instance}`;
}
