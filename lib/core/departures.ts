import { runKey } from "./peer.ts";
import type { LeftCause } from "./peer.ts";

/** Departures remembered, at least and at most: a third of a megabyte, and five. */
const LEAST = 2048;
const MOST = 32_768;

/** So many departures are remembered where there were so many peers. */
export function rememberedOf(peers: number): number {
  return Math.min(MOST, Math.max(LEAST, peers));
}

/**
 * Why peers left, the latest of each instance: bounded, the oldest are forgotten first. As many as
 * there were peers, because all of them may leave at once, and whoever is forgotten while another
 * registrar still lists it comes back for a moment.
 */
export class Departures {
  readonly #causes = new Map<string, LeftCause>();
  /** The most that each list ever held, all lists together; one that is opened again counts anew. */
  #peers = 0;

  note(
    service: string,
    gone: { readonly id: string; readonly instance: string },
    cause: LeftCause,
  ): void {
    const key = runKey({ service, id: gone.id, instance: gone.instance });
    this.#causes.delete(key);
    this.#causes.set(key, cause);
    if (this.#causes.size <= rememberedOf(this.#peers)) return;
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined) this.#causes.delete(oldest);
  }

  /** A list holds so many more than it ever did. */
  makeRoom(more: number): void {
    this.#peers += more;
  }

  causeOf(
    service: string,
    gone: { readonly id: string; readonly instance: string },
  ): LeftCause | undefined {
    return this.#causes.get(runKey({ service, id: gone.id, instance: gone.instance }));
  }
}
