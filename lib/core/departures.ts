import { runKey } from "./peer.ts";
import type { LeftCause } from "./peer.ts";

/** Departures remembered by one follower: about 1 MB. More at one time may come back for a moment. */
const DEPARTURES_MAX = 8192;

/** Why peers left, the latest of each instance: bounded, the oldest are forgotten first. */
export class Departures {
  readonly #causes = new Map<string, LeftCause>();

  note(
    service: string,
    gone: { readonly id: string; readonly instance: string },
    cause: LeftCause,
  ): void {
    const key = runKey({ service, id: gone.id, instance: gone.instance });
    this.#causes.delete(key);
    this.#causes.set(key, cause);
    if (this.#causes.size <= DEPARTURES_MAX) return;
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined) this.#causes.delete(oldest);
  }

  causeOf(
    service: string,
    gone: { readonly id: string; readonly instance: string },
  ): LeftCause | undefined {
    return this.#causes.get(runKey({ service, id: gone.id, instance: gone.instance }));
  }
}
