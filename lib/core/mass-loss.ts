import type { RegistrarTuning } from "./options.ts";
import type { Member } from "./registry.ts";

/** At least so many, and so much of all, by closed connections: then it is more likely the network. */
export const CLOSED_MIN = 10;
const CLOSED_SHARE = 0.9;

/** Who is there, and how many of them leave questions unanswered. */
export interface Census {
  /** Members that are listed. */
  readonly members: number;
  /** Members listed as alive that are connected. */
  readonly alive: number;
  /** Of those, the ones with an unanswered question. */
  readonly late: number;
}

/**
 * When very many are lost at one time, it is more likely the network between us and them than all
 * of them: their removal is held. Shares alone mislead with few peers and counts alone with many,
 * so both must be exceeded. Silence counts who is late now, and so sees a mass loss before its
 * first victim; closed connections count what the window brought, and the first ones come back.
 * It lets go by itself when enough are there again, or at the ceiling.
 */
export class MassLoss {
  readonly #tuning: RegistrarTuning;
  /** Whose connections closed within the window and who is not back, oldest first. */
  readonly #recent = new Map<Member, number>();
  readonly #held = new Set<Member>();
  #sinceMs: number | null = null;
  /** The ceiling was reached: nothing is held until it is quiet once. */
  #isSpent = false;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  get isHolding(): boolean {
    return this.#sinceMs !== null;
  }

  /** Whose connections closed and whose removal is held. */
  get size(): number {
    return this.#held.size;
  }

  /** Somebody left all questions unanswered. True where that is not to be judged now. */
  silent(census: () => Census, nowMs: number): boolean {
    if (this.#isSpent) return false;
    if (this.isHolding) return true;
    if (!this.#isMassSilence(census())) return false;
    this.#sinceMs = nowMs;
    return true;
  }

  /**
   * A connection closed, of so many members. `restored` are those who were judged a moment ago,
   * before it was known how many there are.
   */
  closed(
    member: Member,
    members: number,
    nowMs: number,
  ): { readonly isHeld: boolean; readonly restored: readonly Member[] } {
    if (this.#isSpent) return { isHeld: false, restored: [] };
    if (this.isHolding) {
      this.#held.add(member);
      return { isHeld: true, restored: [] };
    }
    const fromMs = nowMs - this.#tuning.massLossWindowMs;
    for (const [lost, atMs] of this.#recent) {
      if (atMs > fromMs) break;
      this.#recent.delete(lost);
    }
    this.#recent.set(member, nowMs);
    if (!isMassClosing(this.#recent.size, members)) return { isHeld: false, restored: [] };
    this.#sinceMs = nowMs;
    for (const lost of this.#recent.keys()) this.#held.add(lost);
    const restored = [...this.#recent.keys()].filter((lost) => lost !== member);
    this.#recent.clear();
    return { isHeld: true, restored };
  }

  holds(member: Member): boolean {
    return this.#held.has(member);
  }

  /** Somebody is there again, or gone for a reason of its own. */
  forget(member: Member): void {
    this.#recent.delete(member);
    this.#held.delete(member);
  }

  /**
   * Lets go when the loss is no mass loss any more, or at the ceiling. Returns those whose closed
   * connections are to be judged now; undefined while nothing ends.
   */
  release(census: Census, nowMs: number): readonly Member[] | undefined {
    const isMass = this.#isMassSilence(census) || isMassClosing(this.#held.size, census.members);
    if (this.#isSpent && !isMass) this.#isSpent = false;
    if (this.#sinceMs === null) return undefined;
    const isOver = nowMs >= this.#sinceMs + this.#tuning.holdMaxMs;
    if (isMass && !isOver) return undefined;
    this.#isSpent = isMass;
    this.#sinceMs = null;
    const held = [...this.#held];
    this.#held.clear();
    return held;
  }

  /** True while `release` has something to look at, every now and then. */
  get isActive(): boolean {
    return this.isHolding || this.#isSpent;
  }

  #isMassSilence({ alive, late }: Census): boolean {
    const { massLossPercent, massLossCount } = this.#tuning;
    return late > massLossCount && late * 100 > alive * massLossPercent;
  }
}

function isMassClosing(lost: number, members: number): boolean {
  return lost >= CLOSED_MIN && lost >= members * CLOSED_SHARE;
}
