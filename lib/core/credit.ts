import { LIMITS } from "./limits.ts";
import type { Rounds } from "./rounds.ts";

/** What was given to one connection and not seen to be read. */
interface Unread {
  letters: number;
  /** The latest round when something was given last. */
  round: number;
}

/**
 * How much each connection may still be given. Pipes are in order: whoever answers a question has read
 * what went out before it. Until then what was given counts as held in our memory, because it may be.
 */
export class Credit {
  readonly #rounds: Rounds;
  readonly #unread = new Map<string, Unread>();

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  /** False where `unreadBytesMax` and more may be unread. */
  has(route: string): boolean {
    return (this.#unread.get(route)?.letters ?? 0) < LIMITS.unreadBytesMax;
  }

  /** So much was given; a connection that has used up its credit is asked at once. */
  spend(route: string, letters: number): void {
    const { round } = this.#rounds;
    const unread = this.#unread.get(route) ?? { letters: 0, round };
    unread.letters += letters;
    unread.round = round;
    this.#unread.set(route, unread);
    if (!this.has(route)) this.#rounds.askNow(route);
  }

  /** Takes an answer; true where its connection had no credit and has it again. */
  answered(route: string, round: number): boolean {
    const unread = this.#unread.get(route);
    if (unread === undefined || round <= unread.round) return false;
    if (!this.#rounds.wasAsked(route, round)) return false;
    const isBack = !this.has(route);
    this.#unread.delete(route);
    return isBack;
  }

  /** The connection is no more. One that is merely surveyed no longer has read nothing by that. */
  closed(route: string): void {
    this.#unread.delete(route);
  }
}
