/** Steps in which a newcomer is given its virtual nodes. Each moves a tenth of its keys. */
const RAMP_STEPS = 10;

/** Departures remembered, so that whoever only was away for a moment is not given its keys slowly. */
export const DEPARTED_MAX = 1024;

/**
 * Which share of its virtual nodes each newcomer has. An instance that returns has all of them: what
 * it held is still in its memory.
 */
export class Ramp {
  readonly #rampMs: number;
  readonly #startedMs = new Map<string, number>();
  readonly #present = new Map<string, string>();
  readonly #departed = new Map<string, string>();

  constructor(rampMs: number) {
    this.#rampMs = rampMs;
  }

  /**
   * The first list; of those that joined shortly before, how long ago. Where all of them did, there
   * is nobody they are new to.
   */
  begin(
    instances: ReadonlyMap<string, string>,
    agesMs: ReadonlyMap<string, number>,
    nowMs: number,
  ): void {
    for (const [name, instance] of instances) this.#present.set(name, instance);
    if (agesMs.size === instances.size) return;
    for (const [name, ageMs] of agesMs) this.#startedMs.set(name, nowMs - ageMs);
  }

  /** The list is now that of these names and their instances. */
  follow(instances: ReadonlyMap<string, string>, nowMs: number): void {
    if (this.#rampMs === 0) return;
    const isFirst = this.#present.size === 0;
    for (const [name, instance] of this.#present) {
      if (!instances.has(name)) this.#leave(name, instance);
    }
    for (const [name, instance] of instances) {
      const isNew = !this.#present.has(name) && this.#departed.get(name) !== instance;
      if (isNew && !isFirst) this.#startedMs.set(name, nowMs);
      this.#departed.delete(name);
      this.#present.set(name, instance);
    }
  }

  /** The share of this name, above 0 and up to 1. */
  shareOf(name: string, nowMs: number): number {
    const startedMs = this.#startedMs.get(name);
    if (startedMs === undefined) return 1;
    const steps = 1 + Math.floor(((nowMs - startedMs) / this.#rampMs) * RAMP_STEPS);
    if (steps < RAMP_STEPS) return steps / RAMP_STEPS;
    this.#startedMs.delete(name);
    return 1;
  }

  /** When some share grows next; Infinity where all are whole. */
  nextStepMs(nowMs: number): number {
    const stepMs = this.#rampMs / RAMP_STEPS;
    const due = [...this.#startedMs.values()].map((startedMs) => {
      return startedMs + (1 + Math.floor((nowMs - startedMs) / stepMs)) * stepMs;
    });
    return Math.min(Infinity, ...due);
  }

  #leave(name: string, instance: string): void {
    this.#present.delete(name);
    // Whoever had not even been given all its keys begins anew.
    if (!this.#startedMs.delete(name)) this.#departed.set(name, instance);
    for (const oldest of this.#departed.keys()) {
      if (this.#departed.size <= DEPARTED_MAX) break;
      this.#departed.delete(oldest);
    }
  }
}
