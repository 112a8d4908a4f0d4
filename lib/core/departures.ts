import { runKey } from "./peer.ts";
import type { Entry, LeftCause } from "./peer.ts";

/** Departures remembered, at least and at most: a third of a megabyte, and five. */
const LEAST = 2048;
const MOST = 32_768;

/** So many departures are remembered where there were so many peers. */
export function rememberedOf(peers: number): number {
  return Math.min(MOST, Math.max(LEAST, peers));
}

interface Departed {
  readonly cause: LeftCause;
  /** Since when it was not alive. */
  readonly sinceMs: number;
}

interface Run {
  readonly id: string;
  readonly instance: string;
}

/**
 * Why and when peers left, the latest of each instance: bounded, the oldest are forgotten first. As many as
 * there were peers, because all of them may leave at once, and whoever is forgotten while another
 * registrar still lists it comes back for a moment.
 */
export class Departures {
  /** The time of what is told now. */
  nowMs = 0;
  readonly #causes = new Map<string, Departed>();
  /** Since when those are suspect who are. */
  readonly #suspects = new Map<string, number>();
  /** The most that each list ever held, all lists together; one that is opened again counts anew. */
  #peers = 0;

  note(service: string, gone: Run, cause: LeftCause): void {
    const key = runKey({ service, id: gone.id, instance: gone.instance });
    const sinceMs = this.#suspects.get(key) ?? this.nowMs;
    this.#suspects.delete(key);
    this.#causes.delete(key);
    this.#causes.set(key, { cause, sinceMs });
    if (this.#causes.size <= rememberedOf(this.#peers)) return;
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined) this.#causes.delete(oldest);
  }

  /** A list holds so many more than it ever did. */
  makeRoom(more: number): void {
    this.#peers += more;
  }

  /** How a run that is held stands now. */
  stands(service: string, { id, instance, standing }: Entry): void {
    if (standing === "alive" && this.#suspects.size === 0) return;
    const key = runKey({ service, id, instance });
    if (standing === "alive") this.#suspects.delete(key);
    else if (!this.#suspects.has(key)) this.#suspects.set(key, this.nowMs);
  }

  causeOf(service: string, { id, instance }: Run): LeftCause | undefined {
    return this.#causes.get(runKey({ service, id, instance }))?.cause;
  }

  /** Since when a run that is not alive is suspect, or gone; undefined for one that never was. */
  sinceMs(service: string, { id, instance }: Run): number | undefined {
    const key = runKey({ service, id, instance });
    return this.#suspects.get(key) ?? this.#causes.get(key)?.sinceMs;
  }
}
