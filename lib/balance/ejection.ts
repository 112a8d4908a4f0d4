import type { BalancerSettings } from "./options.ts";
import type { Seat } from "./seat.ts";

type Numbers = NonNullable<BalancerSettings["ejection"]>;

/**
 * Leaves out peers that fail again and again. A peer comes back after a time that doubles with each
 * ejection in a row; its first failure then ejects it again. Success for as long as `baseMs` after
 * its return ends the row. Never more than a share of all peers is left out, and never all.
 */
export class Ejection {
  readonly #numbers: Numbers | null;
  readonly #tell: BalancerSettings["onUnreachable"];
  #nextReturnMs = Infinity;

  constructor({ ejection, onUnreachable }: Pick<BalancerSettings, "ejection" | "onUnreachable">) {
    this.#numbers = ejection;
    this.#tell = onUnreachable;
  }

  /** When the first of those that are left out comes back. */
  get nextReturnMs(): number {
    return this.#nextReturnMs;
  }

  /** Work went well. */
  succeeded(seat: Seat, nowMs: number): void {
    // Work from before its ejection says nothing about now.
    if (this.#numbers === null || isEjected(seat)) return;
    seat.failures = 0;
    seat.refusals = 0;
    if (seat.ejections > 0 && nowMs - seat.returnedMs >= this.#numbers.baseMs) seat.ejections = 0;
  }

  /** Work failed. True where the peer is ejected for it; `seats` are all. */
  failed(seat: Seat, wasRefused: boolean, { seats, nowMs }: Situation): boolean {
    const numbers = this.#numbers;
    if (numbers === null || isEjected(seat) || !seat.isListed) return false;
    seat.failures += 1;
    seat.refusals = wasRefused ? seat.refusals + 1 : 0;
    if (seat.failures < numbers.failures) return false;
    if (seats.filter(isEjected).length >= this.#roomOf(seats.length)) return false;
    const lastsMs = Math.min(numbers.maxMs, numbers.baseMs * 2 ** seat.ejections);
    seat.ejections += 1;
    seat.ejectedUntilMs = nowMs + lastsMs;
    this.#nextReturnMs = Math.min(this.#nextReturnMs, seat.ejectedUntilMs);
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

  #admit(seat: Seat, nowMs: number): void {
    seat.ejectedUntilMs = 0;
    seat.returnedMs = nowMs;
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
