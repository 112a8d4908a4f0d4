import { TICK_MS } from "./options.ts";
import type { RegistrarTuning } from "./options.ts";
import { lightestOf, strideOf } from "./stride.ts";

/** Slots in the wheel at most; beyond that a slot is longer than one clock step. */
const SLOTS_MAX = 1000;

/** One connection that is surveyed. */
interface Respondent {
  readonly slot: number;
  /** The latest round it was asked in. */
  asked: number;
  /** The latest round it answered. */
  answered: number;
  /** Questions in a row without an answer. */
  missed: number;
  /** The round of the latest of them. */
  lateRound: number;
  /** The round of a further question that is under way, so that the regular one is left out; or 0. */
  probe: number;
}

/** Everyone who was asked in one round and has until one absolute deadline. */
interface Window {
  /** Its deadline was moved once; a clock that is always late must not move it for ever. */
  wasPostponed: boolean;
  deadlineMs: number;
  readonly round: number;
  readonly routes: readonly string[];
}

/** How late somebody is. */
export interface Lateness {
  readonly round: number;
  /** Questions in a row without an answer. */
  readonly missed: number;
  /** A further question is under way. */
  readonly isProbed: boolean;
}

/** What the clock brought: whom to ask now, and who left too many questions unanswered. */
export interface RoundsDue {
  readonly round: number;
  readonly ask: readonly string[];
  readonly late: readonly string[];
  readonly silent: readonly string[];
}

/**
 * Whom to ask and when. A newcomer is asked at once and then has a phase slot in every survey
 * interval: the least loaded one, so that surveys are spread over the interval. A round is one
 * survey and its answers; those asked in the same clock step share it. A late one is asked again
 * every `probeIntervalMs`; after `missedMax` questions without an answer it is reported silent.
 */
export class Rounds {
  readonly #tuning: RegistrarTuning;
  readonly #respondents = new Map<string, Respondent>();
  readonly #slots: Set<string>[];
  readonly #slotMs: number;
  readonly #stride: number;
  readonly #originMs: number;
  /** Questions in a row that may stay unanswered; may change at any time. */
  missedMax: number;
  #ticked = 0;
  #round = 0;
  /** Questions without an answer before the latest one that came; 0 once told. */
  #caughtUp = 0;
  readonly #urgent = new Set<string>();
  #windows: Window[] = [];
  #probes: Window[] = [];

  constructor(tuning: RegistrarTuning, nowMs: number) {
    this.#tuning = tuning;
    this.missedMax = tuning.missedMax;
    this.#originMs = nowMs;
    const count = Math.min(SLOTS_MAX, Math.max(1, Math.floor(tuning.surveyIntervalMs / TICK_MS)));
    this.#slots = Array.from({ length: count }, () => new Set<string>());
    this.#slotMs = tuning.surveyIntervalMs / count;
    this.#stride = strideOf(count);
  }

  /** Connections under survey. */
  get size(): number {
    return this.#respondents.size;
  }

  /** The latest round. */
  get round(): number {
    return this.#round;
  }

  /** True where the latest question was not answered in time. */
  isLate(route: string): boolean {
    return (this.#respondents.get(route)?.missed ?? 0) > 0;
  }

  /** True where it was reported silent, or would have been on a path that loses nothing. */
  isSilent(route: string): boolean {
    return (this.#respondents.get(route)?.missed ?? 0) >= this.#tuning.missedMax;
  }

  /** The latest question that was not answered in time, and how many in a row. */
  lateness(route: string): Lateness | undefined {
    const respondent = this.#respondents.get(route);
    if (respondent === undefined || respondent.missed === 0) return undefined;
    const { lateRound: round, missed, probe } = respondent;
    return { round, missed, isProbed: probe > 0 };
  }

  /** So many questions had no answer before the one that was taken last; 0 where none, or once told. */
  takeCaughtUp(): number {
    const missed = this.#caughtUp;
    if (missed > 0) this.#caughtUp = 0;
    return missed;
  }

  /** Puts a connection under survey; it is asked at once. */
  add(route: string): void {
    if (this.#respondents.has(route)) return;
    const slot = lightestOf(this.#slots, this.#ticked, this.#stride);
    this.#slots[slot]?.add(route);
    // Rounds before this one may have asked the same connection in an earlier role.
    const answered = this.#round;
    this.#respondents.set(route, { slot, asked: 0, answered, missed: 0, lateRound: 0, probe: 0 });
    this.#urgent.add(route);
  }

  remove(route: string): void {
    const respondent = this.#respondents.get(route);
    if (respondent === undefined) return;
    this.#respondents.delete(route);
    this.#slots[respondent.slot]?.delete(route);
    this.#urgent.delete(route);
  }

  /** Asks outside the slot. The question goes out in the round after the present one. */
  askNow(route: string): void {
    if (this.#respondents.has(route)) this.#urgent.add(route);
  }

  /** False where that round never was asked of this connection. */
  wasAsked(route: string, round: number): boolean {
    return round >= 1 && round <= (this.#respondents.get(route)?.asked ?? 0);
  }

  /**
   * Takes an answer. A late one counts for its own round: it proves life up to then, and questions
   * asked after it stay open. False where that round never was asked.
   */
  answered(route: string, round: number): boolean {
    const respondent = this.#respondents.get(route);
    if (respondent === undefined || !this.wasAsked(route, round)) return false;
    if (round <= respondent.answered) return true;
    respondent.answered = round;
    if (respondent.missed > 0) {
      this.#caughtUp = respondent.missed;
      respondent.missed = 0;
    }
    if (round >= respondent.probe) respondent.probe = 0;
    return true;
  }

  /**
   * Moves every deadline, each one once: the time we did not look is nobody's fault but ours, but
   * a loop that is late at every turn must not put off its judgement for ever.
   */
  postpone(byMs: number): void {
    for (const queue of [this.#windows, this.#probes]) {
      for (const window of queue) {
        if (!window.wasPostponed) window.deadlineMs += byMs;
        window.wasPostponed = true;
      }
      queue.sort((a, b) => a.deadlineMs - b.deadlineMs);
    }
  }

  /** Forgets what is under way, after a stall: answers may have been lost with connections. */
  forgive(): void {
    this.#windows = [];
    this.#probes = [];
    for (const respondent of this.#respondents.values()) {
      respondent.missed = 0;
      respondent.probe = 0;
    }
  }

  /** The next moment at which `due` has something to say. */
  nextMs(): number {
    if (this.#urgent.size > 0) return this.#originMs;
    const slot = this.#respondents.size > 0 ? this.#nextSlotMs() : Infinity;
    const window = this.#windows[0]?.deadlineMs ?? Infinity;
    return Math.min(slot, window, this.#probes[0]?.deadlineMs ?? Infinity);
  }

  /** Advances to `nowMs`. A late or extra call does no harm. */
  due(nowMs: number): RoundsDue {
    const late: string[] = [];
    const silent: string[] = [];
    const again: string[] = [];
    for (const queue of [this.#windows, this.#probes]) {
      for (const [route, respondent, round] of this.#expired(queue, nowMs)) {
        late.push(route);
        respondent.lateRound = round;
        (this.#missed(respondent) ? silent : again).push(route);
      }
    }
    const regular = this.#slotted(nowMs);
    if (regular.length === 0 && again.length === 0) {
      return { round: this.#round, ask: [], late, silent };
    }
    this.#round += 1;
    this.#ask(this.#windows, regular, nowMs + this.#tuning.answerWindowMs);
    this.#ask(this.#probes, again, nowMs + this.#tuning.probeIntervalMs);
    return { round: this.#round, ask: [...regular, ...again], late, silent };
  }

  /**
   * Those whose time is up, one by one. While a further question is under way it alone counts:
   * rounds overlap where the answer window is longer than the interval, and somebody who is late
   * must not be blamed for each of them.
   */
  *#expired(queue: Window[], nowMs: number): IterableIterator<[string, Respondent, number]> {
    let passed = 0;
    for (const { deadlineMs, round, routes } of queue) {
      if (deadlineMs > nowMs) break;
      passed += 1;
      for (const route of routes) {
        const respondent = this.#respondents.get(route);
        if (respondent === undefined || respondent.answered >= round) continue;
        const counts = respondent.probe === (queue === this.#probes ? round : 0);
        if (counts) yield [route, respondent, round];
      }
    }
    queue.splice(0, passed);
  }

  /** Counts a question without an answer. True if it was one too many; else one more follows. */
  #missed(respondent: Respondent): boolean {
    respondent.missed += 1;
    const isSilent = respondent.missed >= this.missedMax;
    respondent.probe = isSilent ? 0 : this.#round + 1;
    return isSilent;
  }

  /** Newcomers and those whose slots have come since the last call; nobody twice. */
  #slotted(nowMs: number): string[] {
    const routes = new Set<string>();
    for (const route of this.#urgent) {
      // Somebody who is late is asked anyway in this very round.
      if (this.#respondents.get(route)?.probe !== this.#round + 1) routes.add(route);
    }
    this.#urgent.clear();
    const tick = this.#tickAt(nowMs);
    const from = Math.max(this.#ticked, tick - this.#slots.length);
    for (let t = from + 1; t <= tick; t += 1) {
      for (const route of this.#slots[t % this.#slots.length] ?? []) {
        if (this.#respondents.get(route)?.probe === 0) routes.add(route);
      }
    }
    this.#ticked = Math.max(this.#ticked, tick);
    return [...routes];
  }

  #ask(queue: Window[], routes: readonly string[], deadlineMs: number): void {
    if (routes.length === 0) return;
    for (const route of routes) {
      const respondent = this.#respondents.get(route);
      if (respondent !== undefined) respondent.asked = this.#round;
    }
    const last = queue.at(-1)?.deadlineMs ?? -Infinity;
    queue.push({ deadlineMs, wasPostponed: false, round: this.#round, routes });
    if (deadlineMs < last) queue.sort((a, b) => a.deadlineMs - b.deadlineMs);
  }

  /** The latest tick whose time has come, by the same arithmetic that tells the time of a tick. */
  #tickAt(nowMs: number): number {
    const tick = Math.floor((nowMs - this.#originMs) / this.#slotMs);
    return this.#timeOf(tick + 1) <= nowMs ? tick + 1 : tick;
  }

  #timeOf(tick: number): number {
    return this.#originMs + tick * this.#slotMs;
  }

  #nextSlotMs(): number {
    for (let ahead = 1; ahead <= this.#slots.length; ahead += 1) {
      const tick = this.#ticked + ahead;
      const slot = this.#slots[tick % this.#slots.length];
      if (slot !== undefined && slot.size > 0) return this.#timeOf(tick);
    }
    return Infinity;
  }
}
