import type { RegistrarTuning } from "./options.ts";
import { hasFallenSilent, isReportedOnly } from "./registry.ts";
import type { Member, Registry } from "./registry.ts";
import type { Rounds } from "./rounds.ts";

/** At least so many, and so much of all, by closed connections: then it is more likely the network. */
export const CLOSED_MIN = 10;
const CLOSED_SHARE = 0.9;

/** How many leave questions unanswered, of how many. */
export interface Census {
  /** Members listed as alive, connected or not. */
  readonly listed: number;
  /** Those of them that are connected, and those judged. */
  readonly alive: number;
  /** Of those, the ones with an unanswered question, and all judged. */
  readonly late: number;
  /** Who was judged for its silence within the window, and is connected. */
  readonly judged: readonly Member[];
}

/** How many are lost in one way, of how many. */
export interface Loss {
  readonly lost: number;
  readonly of: number;
}

/** Whether somebody is not to be judged now, and who was judged a moment ago and is not any more. */
export interface Ruling {
  readonly isHeld: boolean;
  readonly restored: readonly Member[];
}

/** What to do about those who were held: ask them again, or judge them, and whose connections closed. */
export type Release =
  | { readonly kind: "call" }
  | { readonly kind: "end"; readonly closed: readonly Member[] };

/** Members, and what they answered. */
interface Surveyed {
  readonly registry: Registry;
  readonly rounds: Rounds;
}

const HELD: Ruling = { isHeld: true, restored: [] };
const JUDGED: Ruling = { isHeld: false, restored: [] };

/**
 * When very many are lost at one time, it is more likely the network between us and them than all
 * of them: their removal is held. Shares alone mislead with few peers and counts alone with many,
 * so both must be exceeded. How many they are is known only when some have been judged: those of
 * the same window come back. It lets go by itself when enough are there again, or at the ceiling.
 */
export class MassLoss {
  readonly #tuning: RegistrarTuning;
  /** Whose connections closed within the window and who is not back, oldest first. */
  readonly #recent = new Map<Member, number>();
  readonly #held = new Set<Member>();
  #holding: { readonly by: "silence" | "closing"; readonly sinceMs: number } | null = null;
  /** The ceiling was reached: nothing is held until it is quiet once. */
  #isSpent = false;
  /** When those still silent were asked for the last time; null before. */
  #calledMs: number | null = null;
  #wasPostponed = false;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  get isHolding(): boolean {
    return this.#holding !== null;
  }

  /** Those silent at one time are judged within one survey interval, each in its turn. */
  get silenceWindowMs(): number {
    return Math.max(this.#tuning.massLossWindowMs, this.#tuning.surveyIntervalMs);
  }

  /** Somebody left all questions unanswered. */
  silent(census: () => Census, nowMs: number): Ruling {
    if (this.#isSpent) return JUDGED;
    if (this.isHolding) return HELD;
    const now = census();
    if (!this.#isMassSilence(now)) return JUDGED;
    this.#holding = { by: "silence", sinceMs: nowMs };
    return { isHeld: true, restored: now.judged };
  }

  /**
   * A connection closed. `listed` are alive now: this one, and not those judged a moment ago, who
   * count as well, because they were alive when it began.
   */
  closed(member: Member, listed: number, nowMs: number): Ruling {
    if (this.#isSpent) return JUDGED;
    if (this.isHolding) {
      this.#held.add(member);
      return HELD;
    }
    const fromMs = nowMs - this.#tuning.massLossWindowMs;
    for (const [lost, atMs] of this.#recent) {
      if (atMs > fromMs) break;
      this.#recent.delete(lost);
    }
    this.#recent.delete(member);
    const alive = listed + this.#recent.size;
    this.#recent.set(member, nowMs);
    if (!isMassClosing(this.#recent.size, alive)) return JUDGED;
    this.#holding = { by: "closing", sinceMs: nowMs };
    const restored = [...this.#recent.keys()].filter((lost) => lost !== member);
    for (const lost of this.#recent.keys()) this.#held.add(lost);
    this.#recent.clear();
    return { isHeld: true, restored };
  }

  holds(member: Member): boolean {
    return this.#held.has(member);
  }

  /** Our own clock was late: the answers to the call may lie unread. Once for each call. */
  postpone(byMs: number): void {
    if (this.#calledMs === null || this.#wasPostponed) return;
    this.#calledMs += byMs;
    this.#wasPostponed = true;
  }

  /** Somebody is there again, or gone for a reason of its own. */
  forget(member: Member): void {
    this.#recent.delete(member);
    this.#held.delete(member);
  }

  /**
   * Lets go when the loss is no mass loss any more, or at the ceiling; undefined while nothing ends.
   * Some may be back and not have been asked since: all are called once more, and have the time to
   * answer, before those who did not are judged.
   */
  release(census: Census, nowMs: number): Release | undefined {
    const isMass = this.#isMassSilence(census) || isMassClosing(this.#held.size, census.listed);
    if (this.#isSpent && !isMass) this.#isSpent = false;
    if (this.#holding === null) return undefined;
    const { holdMaxMs, answerWindowMs } = this.#tuning;
    if (isMass && nowMs < this.#holding.sinceMs + holdMaxMs - answerWindowMs) {
      this.#calledMs = null;
      return undefined;
    }
    if (this.#calledMs === null) {
      this.#calledMs = nowMs;
      this.#wasPostponed = false;
      return { kind: "call" };
    }
    if (nowMs <= this.#calledMs + answerWindowMs) return undefined;
    this.#isSpent = isMass;
    this.#holding = null;
    this.#calledMs = null;
    const closed = [...this.#held];
    this.#held.clear();
    return { kind: "end", closed };
  }

  /** True while `release` has something to look at, every now and then. */
  get isActive(): boolean {
    return this.isHolding || this.#isSpent;
  }

  /** How many have closed their connections and are held. */
  closings(listed: number): Loss {
    return { lost: this.#held.size, of: listed };
  }

  /** Who hears nothing gives up its connection in the end, and is as silent as before. */
  silence({ alive, late }: Census): Loss {
    const given = this.#holding?.by === "silence" ? this.#held.size : 0;
    return { lost: late + given, of: alive + given };
  }

  #isMassSilence(census: Census): boolean {
    const { massLossPercent, massLossCount } = this.#tuning;
    const { lost, of } = this.silence(census);
    return lost > massLossCount && lost * 100 > of * massLossPercent;
  }
}

/**
 * Not suspect for it, though they left too many questions unanswered: they were spared or held. Who is
 * suspect by reports alone would be alive again with the last of them.
 */
export function unjudged({ registry, rounds }: Surveyed): readonly Member[] {
  return [...registry.all()].filter((member) => {
    const { route, entry } = member;
    const isSuspect = entry.standing === "suspect" && !isReportedOnly(member);
    return route !== null && !isSuspect && rounds.isSilent(route);
  });
}

/** Asks them once more before they are judged: they may be back. Returns how many they are. */
export function callUnjudged(of: Surveyed): number {
  const called = unjudged(of);
  for (const { route } of called) if (route !== null) of.rounds.askNow(route);
  return called.length;
}

/** Counts who is silent. Whoever was judged for it after `sinceMs` still counts. */
export function takeCensus(of: Surveyed, sinceMs: number): Census {
  const { registry, rounds } = of;
  const judged: Member[] = [];
  let alive = 0;
  let late = 0;
  for (const member of registry.all()) {
    const { route, entry, suspectSinceMs } = member;
    if (route === null) continue;
    if (entry.standing === "alive") {
      alive += 1;
      if (rounds.isLate(route)) late += 1;
    } else if (hasFallenSilent(member) && suspectSinceMs > sinceMs) judged.push(member);
  }
  const { length } = judged;
  return { listed: registry.alive, alive: alive + length, late: late + length, judged };
}

function isMassClosing(lost: number, of: number): boolean {
  return lost >= CLOSED_MIN && lost >= of * CLOSED_SHARE;
}
