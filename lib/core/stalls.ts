import type { Member } from "./registry.ts";

/** Members whose event loops stood still a moment ago, and until when that is shown. */
export class Stalls {
  readonly #forMs: number;
  /** In the order in which they end. */
  readonly #untilMs = new Map<Member, number>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  note(member: Member, nowMs: number): void {
    this.#untilMs.delete(member);
    this.#untilMs.set(member, nowMs + this.#forMs);
  }

  forget(member: Member): void {
    this.#untilMs.delete(member);
  }

  /** Those for whom it is long ago now. */
  due(nowMs: number): readonly Member[] {
    const over: Member[] = [];
    for (const [member, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) break;
      over.push(member);
    }
    for (const member of over) this.#untilMs.delete(member);
    return over;
  }

  nextMs(): number {
    for (const untilMs of this.#untilMs.values()) return untilMs;
    return Infinity;
  }
}
