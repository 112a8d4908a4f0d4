import type { Peer } from "../core/peer.ts";

/** When departures are too many to be believed. */
export interface HoldRule {
  readonly maxRemovedShare: number;
  readonly minRemoved: number;
}

/**
 * How a peer went: with an `explicit` cause; `deselected` while it lives; or by a `loss`, which may
 * be a mistake.
 */
export type Leaving = "explicit" | "deselected" | "loss";

/** What became of one input. */
export interface Ruling {
  /** True where losses were let through, which count until the window has passed. */
  readonly hasLet: boolean;
  /** True where holding began. */
  readonly hasBegun: boolean;
}

/**
 * Whether so many losses of so many peers are too many. `before` is how many there would be without
 * the losses: those usable now and those lost within the window. Both limits must be passed, so
 * that one crash of two or three goes through.
 */
export function isTooMany(lost: number, before: number, rule: HoldRule): boolean {
  return lost > rule.minRemoved && lost / before > rule.maxRemovedShare;
}

/**
 * The guard of one service. Knows who is shown, whom of them it holds against the word of the
 * source, and which losses it let through within the window. Time is the caller's: it marks each
 * input with a number and says later that the window of that number, or the patience with a
 * holding that began with it, is over.
 */
export class Holding {
  readonly #rule: HoldRule;
  /** Usable ones as seen last, by id, those held included. */
  #shown: ReadonlyMap<string, Peer> = new Map();
  #held: ReadonlyMap<string, Peer> = new Map();
  /** Losses that were let through, by id, with the mark of the input. */
  readonly #lost = new Map<string, number>();
  /** The mark of the input with which holding began. */
  #since: number | null = null;

  constructor(rule: HoldRule) {
    this.#rule = rule;
  }

  /** Shown though the source says they are gone, by id; as they were when usable last. */
  get held(): ReadonlyMap<string, Peer> {
    return this.#held;
  }

  /** True where nothing is remembered. */
  get isIdle(): boolean {
    return this.#shown.size === 0 && this.#lost.size === 0;
  }

  /** Judges a list of usable peers. */
  judge(usable: readonly Peer[], mark: number, leavingOf: (peer: Peer) => Leaving): Ruling {
    const now = new Map(usable.map((peer) => [peer.id, peer]));
    for (const id of now.keys()) this.#lost.delete(id);
    const losses: Peer[] = [];
    const deselected: Peer[] = [];
    for (const peer of this.#shown.values()) {
      if (now.has(peer.id)) continue;
      const leaving = leavingOf(peer);
      if (leaving === "loss") losses.push(peer);
      else if (leaving === "deselected") deselected.push(peer);
    }
    const kept = this.#kept(now.size, losses, deselected);
    const hasLet = losses.length > 0 && kept.length === 0;
    if (hasLet) for (const { id } of losses) this.#lost.set(id, mark);
    const hasBegun = this.#since === null && kept.length > 0;
    if (kept.length === 0) this.#since = null;
    else this.#since ??= mark;
    this.#held = new Map(kept.map((peer) => [peer.id, peer]));
    this.#shown = new Map([...now, ...this.#held]);
    return { hasLet, hasBegun };
  }

  /** The window of an input has passed: its losses do not count any more. */
  forget(mark: number): void {
    for (const [id, since] of this.#lost) if (since === mark) this.#lost.delete(id);
  }

  /**
   * Patience with the holding that began with this input is over: whoever is held goes. What was
   * lost before does not count any more, or the next crash would begin a new holding.
   */
  giveUp(mark: number): void {
    if (this.#since !== mark) return;
    this.#since = null;
    this.#lost.clear();
    this.#shown = new Map([...this.#shown].filter(([id]) => !this.#held.has(id)));
    this.#held = new Map();
  }

  #kept(left: number, losses: readonly Peer[], deselected: readonly Peer[]): readonly Peer[] {
    // Nobody would be left: even those who were merely deselected are better than nobody.
    if (left === 0) return [...losses, ...deselected];
    const lost = losses.length + this.#lost.size;
    const isHeld = losses.length > 0 && isTooMany(lost, left + lost, this.#rule);
    return isHeld ? losses : [];
  }
}
