/** Something that goes wrong, or only changes. Processes and registrars are named by their places. */
export type Fault =
  | { readonly kind: "kill"; readonly process: number; readonly awayMs: number }
  | { readonly kind: "freeze"; readonly process: number; readonly forMs: number }
  | {
      readonly kind: "cycle";
      readonly process: number;
      readonly count: number;
      readonly awayMs: number;
    }
  | { readonly kind: "restart"; readonly registrar: number; readonly awayMs: number }
  | { readonly kind: "pause"; readonly registrar: number; readonly forMs: number };

/** Who is there to be troubled. */
export interface Cast {
  readonly processes: number;
  readonly registrars: number;
}

/** A pause that changes nothing, two that do, and one after which the frozen are gone. */
const FREEZES_MS = [400, 1500, 4000, 18_000];
const PAUSES_MS = [300, 1500, 5000];
const CYCLES_MAX = 5;
const AWAY_MAX_MS = 4000;
const CALM_MIN_MS = 500;
const CALM_MAX_MS = 6000;

/**
 * Faults drawn by chance, the same for the same source of numbers. The first member process is never
 * killed, nor is the first of several registrars, so that there is one of each whose memory can be
 * followed all the time.
 */
export class Plan {
  readonly #random: () => number;
  readonly #cast: Cast;

  constructor(random: () => number, cast: Cast) {
    this.#random = random;
    this.#cast = cast;
  }

  /** How long nothing new happens. */
  calmMs(): number {
    return CALM_MIN_MS + this.#random() * (CALM_MAX_MS - CALM_MIN_MS);
  }

  next(): Fault {
    const { processes, registrars } = this.#cast;
    const luck = this.#random();
    const awayMs = Math.round(this.#random() * AWAY_MAX_MS);
    if (luck < 0.45) {
      const count = 1 + this.#below(CYCLES_MAX);
      return { kind: "cycle", process: this.#below(processes), count, awayMs };
    }
    if (luck < 0.65 && processes > 1) {
      return { kind: "kill", process: 1 + this.#below(processes - 1), awayMs };
    }
    if (luck < 0.85) {
      return { kind: "freeze", process: this.#below(processes), forMs: this.#one(FREEZES_MS) };
    }
    if (luck < 0.93) {
      const registrar = registrars === 1 ? 0 : 1 + this.#below(registrars - 1);
      return { kind: "restart", registrar, awayMs };
    }
    return { kind: "pause", registrar: this.#below(registrars), forMs: this.#one(PAUSES_MS) };
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #one(of: readonly number[]): number {
    return of[this.#below(of.length)] ?? 0;
  }
}
