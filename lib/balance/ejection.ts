import type { EjectionNumbers } from "./ejection-options.ts";
import type { BalancerSettings } from "./options.ts";
import type { Seat } from "./seat.ts";
import { outliersOf } from "./success-rate.ts";

/** A peer is judged by its rate of success in the second interval after its return at the latest. */
const INTERVALS_UNTIL_JUDGED = 2;

/**
 * Leaves out peers that fail again and again, and those that succeed less often than the others. A
 * peer comes back after a time that doubles with each ejection in a row; its first failure then
 * ejects it again. Success for as long as `baseMs` after its return, or until it was judged by its
 * rate, ends the row. Never more than a share of all peers is left out, and never all.
 */
export class Ejection {
  readonly #numbers: EjectionNumbers | null;
  readonly #tell: BalancerSettings["onUnreachable"];
  #nextReturnMs = Infinity;
  /** When the rates are judged; Infinity where they are not. */
  #intervalEndMs: number;

  constructor({ ejection, onUnreachable }: Pick<BalancerSettings, "ejection" | "onUnreachable">) {
    this.#numbers = ejection;
    this.#tell = onUnreachable;
    this.#intervalEndMs = (ejection?.successRate ?? null) === null ? Infinity : 0;
  }

  /** When the first of those that are left out comes back. */
  get nextReturnMs(): number {
    return this.#nextReturnMs;
  }

  /** Counts one piece of work; true where an interval has ended and `judge` is due. */
  count(seat: Seat, isFailure: boolean, nowMs: number): boolean {
    seat.finished += 1;
    if (isFailure) seat.lost += 1;
    return nowMs >= this.#intervalEndMs;
  }

  /** Begins a new interval. True where peers are ejected for their rates in the one that ended. */
  judge(situation: Situation): boolean {
    const rates = this.#numbers?.successRate ?? null;
    if (this.#numbers === null || rates === null) return false;
    const { seats, nowMs } = situation;
    // What is older than one interval says nothing about now.
    const isOld = nowMs >= this.#intervalEndMs + rates.intervalMs;
    const rowMs = Math.max(this.#numbers.baseMs, INTERVALS_UNTIL_JUDGED * rates.intervalMs);
    const here = isOld ? [] : seats.filter((seat) => !isEjected(seat));
    const out = outliersOf(here, rates).filter((seat) => this.#eject(seat, rowMs, situation));
    this.#intervalEndMs = nowMs + rates.intervalMs;
    for (const seat of seats) seat.finished = seat.lost = 0;
    return out.length > 0;
  }

  /** Work went well. */
  succeeded(seat: Seat, nowMs: number): void {
    // Work from before its ejection says nothing about now.
    if (this.#numbers === null || isEjected(seat)) return;
    seat.failures = 0;
    seat.refusals = 0;
    if (seat.ejections > 0 && nowMs - seat.returnedMs >= seat.rowMs) seat.ejections = 0;
  }

  /** Work failed. True where the peer is ejected for it; `seats` are all. */
  failed(seat: Seat, wasRefused: boolean, situation: Situation): boolean {
    const numbers = this.#numbers;
    if (numbers === null || isEjected(seat) || !seat.isListed) return false;
    seat.failures += 1;
    seat.refusals = wasRefused ? seat.refusals + 1 : 0;
    if (seat.failures < numbers.failures) return false;
    if (!this.#eject(seat, numbers.baseMs, situation)) return false;
    this.#report(seat, seat.refusals >= Math.min(seat.failures, numbers.failures));
    return true;
  }

  /** Lets those back whose time is over, and the first of them where too many are out. */
  review({ seats, nowMs }: Situation): void {
    const out = seats.filter(isEjected).toSorted((a, b) => a.ejectedUntilMs - b.ejectedUntilMs);
    const tooMany = out.length - this.#roomOf(seats.length);
    for (const [at, seat] of out.entries()) {
      if (at < tooMany || seat.ejectedUntilMs <= nowMs) this.#admit(seat, nowMs);
    }
    this.#nextReturnMs = Math.min(
      Infinity,
      ...out.filter(isEjected).map((seat) => seat.ejectedUntilMs),
    );
  }

  /** False where too many are out already. */
  #eject(seat: Seat, rowMs: number, { seats, nowMs }: Situation): boolean {
    const { baseMs = 0, maxMs = 0 } = this.#numbers ?? {};
    if (seats.filter(isEjected).length >= this.#roomOf(seats.length)) return false;
    const lastsMs = Math.min(maxMs, baseMs * 2 ** seat.ejections);
    seat.rowMs = seat.ejections === 0 ? rowMs : Math.max(seat.rowMs, rowMs);
    seat.ejections += 1;
    seat.ejectedUntilMs = nowMs + lastsMs;
    this.#nextReturnMs = Math.min(this.#nextReturnMs, seat.ejectedUntilMs);
    return true;
  }

  #admit(seat: Seat, nowMs: number): void {
    seat.ejectedUntilMs = 0;
    seat.returnedMs = nowMs;
    seat.finished = seat.lost = 0;
    // On probation: one more failure is enough.
    seat.failures = (this.#numbers?.failures ?? 1) - 1;
    seat.refusals = seat.failures;
    this.#report(seat, false);
  }

  #report(seat: Seat, isUnreachable: boolean): void {
    if (seat.isReported === isUnreachable) return;
    seat.isReported = isUnreachable;
    this.#tell(seat.peer, isUnreachable);
  }

  /** How many of so many may be out. */
  #roomOf(count: number): number {
    return Math.min(count - 1, Math.floor(count * (this.#numbers?.maxShare ?? 0)));
  }
}

/** Everybody, and the time. */
export interface Situation {
  readonly seats: readonly Seat[];
  readonly nowMs: number;
}

/** True for a peer that is left out now. */
export function isEjected(seat: Seat): boolean {
  return seat.ejectedUntilMs > 0;
}
