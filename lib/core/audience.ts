import { ALL } from "./topics.ts";

/** How many subscribe to what; those of all services count for each. */
export class Audience {
  readonly #counts = new Map<string, number>();

  /** Subscribers of one service, those of all services included. */
  of(service: string): number {
    return (this.#counts.get(service) ?? 0) + (this.#counts.get(ALL) ?? 0);
  }

  /** True while somebody subscribes to this very name. */
  isNamed(service: string): boolean {
    return this.#counts.has(service);
  }

  add(service: string): void {
    this.#counts.set(service, (this.#counts.get(service) ?? 0) + 1);
  }

  /** One subscriber less; of a name that has none, nothing. */
  remove(service: string): void {
    const left = (this.#counts.get(service) ?? 0) - 1;
    if (left > 0) this.#counts.set(service, left);
    else this.#counts.delete(service);
  }
}
