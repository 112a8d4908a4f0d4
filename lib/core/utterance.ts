import type { Authority } from "./messages.ts";
import type { Speaker } from "./notices.ts";

/**
 * How far the lists can be trusted, as consumers are told. That they can be is said only when all is
 * published that was judged until then: else a list that still has the dead would vouch for them.
 */
export class Utterance implements Speaker {
  readonly epoch: string;
  #authority: Authority;
  /** Services with something to publish before `live` is said; null where nothing waits. */
  #awaited: Set<string> | null = null;

  constructor({ epoch, authority }: Speaker) {
    this.epoch = epoch;
    this.#authority = authority;
  }

  /** What is said now. */
  get authority(): Authority {
    return this.#authority;
  }

  /** True where it is said from now on, false where `unsettled` services come first. */
  say(authority: Authority, unsettled: Iterable<string>): boolean {
    this.#awaited = null;
    const awaited = new Set(unsettled);
    if (authority === "live" && authority !== this.#authority && awaited.size > 0) {
      this.#awaited = awaited;
      return false;
    }
    this.#authority = authority;
    return true;
  }

  /** All that was known of this service is published. True where that was the last one waited for. */
  settled(service: string): boolean {
    if (this.#awaited === null || !this.#awaited.delete(service)) return false;
    if (this.#awaited.size > 0) return false;
    this.#awaited = null;
    this.#authority = "live";
    return true;
  }
}
