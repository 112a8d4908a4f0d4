import { LIMITS } from "./limits.ts";
import { keyOf } from "./peer.ts";
import type { PeerEvent } from "./record-event.ts";

/** One event and when it was. */
export interface HistoryNote {
  /** Machine time. */
  readonly atMs: number;
  readonly event: PeerEvent;
  /** The revision that published it; null while none has, and for what changes no list. */
  revision: number | null;
}

/** What is remembered under one name: the latest events, oldest first. */
export interface Ring {
  readonly service: string;
  readonly id: string;
  /** Counts the rings from 1; a name that was forgotten gets a new one. */
  readonly ordinal: number;
  readonly notes: readonly HistoryNote[];
  /** Earlier events that were forgotten. */
  readonly dropped: number;
}

interface Kept extends Ring {
  readonly notes: HistoryNote[];
  dropped: number;
  bytes: number;
}

/** How much is remembered; see `LIMITS` for the defaults. */
export interface HistoryLimits {
  readonly historyMax: number;
  readonly departedMax: number;
  readonly turnedAwayMax: number;
  readonly historyBytesMax: number;
}

/** A note, its object and its numbers, nearly. */
const NOTE_BYTES = 128;

/** Events that a revision publishes. */
const LISTED: ReadonlySet<PeerEvent["kind"]> = new Set([
  "joined",
  "updated",
  "suspect",
  "alive",
  "stalled",
  "gone",
]);

/**
 * What happened to each peer: a bounded ring per name. Those who are listed are never forgotten; of
 * the others, departed or never let in, the longest untouched are, and all are bounded in bytes.
 */
export class History {
  readonly #limits: HistoryLimits;
  /** In the order of their ordinals. */
  readonly #rings = new Map<string, Kept>();
  /** Of whom is not listed, the longest untouched first. */
  readonly #departed = new Map<string, Kept>();
  readonly #turnedAway = new Map<string, Kept>();
  #ordinal = 0;
  #bytes = 0;

  constructor(limits: HistoryLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Bytes of all that is remembered, nearly. */
  get bytes(): number {
    return this.#bytes;
  }

  note(service: string, id: string, note: Omit<HistoryNote, "revision">): void {
    const key = keyOf(service, id);
    const ring = this.#ring(key, service, id);
    const bytes = NOTE_BYTES + textBytes(note.event);
    ring.notes.push({ ...note, revision: null });
    this.#grow(ring, bytes);
    if (ring.notes.length > this.#limits.historyMax) this.#dropFirst(ring);
    this.#shelve(key, ring, note.event.kind);
    this.#shrink(ring);
  }

  of(service: string, id: string): Ring | undefined {
    return this.#rings.get(keyOf(service, id));
  }

  /** Rings with a higher ordinal, in their order. */
  *after(ordinal: number): Iterable<Ring> {
    for (const ring of this.#rings.values()) if (ring.ordinal > ordinal) yield ring;
  }

  /** A revision shows what has changed of this name since the one before. */
  published(service: string, id: string, revision: number): void {
    const notes = this.#rings.get(keyOf(service, id))?.notes ?? [];
    for (let at = notes.length - 1; at >= 0; at -= 1) {
      const note = notes[at];
      if (note === undefined || note.revision !== null) return;
      if (LISTED.has(note.event.kind)) note.revision = revision;
    }
  }

  #ring(key: string, service: string, id: string): Kept {
    const known = this.#rings.get(key);
    if (known !== undefined) return known;
    this.#ordinal += 1;
    const ring: Kept = { service, id, ordinal: this.#ordinal, notes: [], dropped: 0, bytes: 0 };
    this.#grow(ring, NOTE_BYTES + 2 * key.length);
    this.#rings.set(key, ring);
    return ring;
  }

  /** Puts it where it will be forgotten in its turn, or out of there. */
  #shelve(key: string, ring: Kept, kind: PeerEvent["kind"]): void {
    const isTurnedAway = this.#turnedAway.delete(key);
    const isDeparted = this.#departed.delete(key);
    if (kind === "joined") return;
    const isFirst = ring.notes.length === 1 && ring.dropped === 0;
    if (isTurnedAway || (isFirst && kind === "refused")) this.#turnedAway.set(key, ring);
    else if (isDeparted || isFirst || kind === "gone") this.#departed.set(key, ring);
    if (this.#turnedAway.size > this.#limits.turnedAwayMax) this.#forgetOldest(this.#turnedAway);
    if (this.#departed.size > this.#limits.departedMax) this.#forgetOldest(this.#departed);
  }

  /** Beyond the bytes allowed the absent are forgotten, and then what this one has seen first. */
  #shrink(latest: Kept): void {
    while (this.#bytes > this.#limits.historyBytesMax) {
      if (this.#forgetOldest(this.#turnedAway) || this.#forgetOldest(this.#departed)) continue;
      if (latest.notes.length < 2) return;
      this.#dropFirst(latest);
    }
  }

  #forgetOldest(shelf: Map<string, Kept>): boolean {
    for (const [key, ring] of shelf) {
      shelf.delete(key);
      this.#rings.delete(key);
      this.#bytes -= ring.bytes;
      return true;
    }
    return false;
  }

  #dropFirst(ring: Kept): void {
    const first = ring.notes.shift();
    if (first === undefined) return;
    ring.dropped += 1;
    this.#grow(ring, -(NOTE_BYTES + textBytes(first.event)));
  }

  #grow(ring: Kept, byBytes: number): void {
    ring.bytes += byBytes;
    this.#bytes += byBytes;
  }
}

/** Texts of an event as JavaScript keeps them: two bytes a letter at most. */
function textBytes(event: PeerEvent): number {
  let letters = 0;
  for (const value of Object.values(event) as readonly unknown[]) {
    if (typeof value === "string") letters += value.length;
    else if (Array.isArray(value)) letters += value.join(" ").length;
  }
  return 2 * letters;
}
