import { Pace } from "./pace.ts";

/**
 * Newcomers are told at once where a service stands, but a crowd of them is answered together:
 * everybody who listens hears each greeting, so greetings are spaced by what the last ones cost.
 */
export class Greeter {
  readonly #waiting = new Set<string>();
  readonly #pace: Pace;

  /** `leastMs` is the shortest time between two greetings. */
  constructor(leastMs: number) {
    this.#pace = new Pace({ leastMs, share: 1 });
  }

  greet(service: string): void {
    this.#waiting.add(service);
  }

  /** The services to speak of now, a few of them; `costMs` tells how long speaking of one takes. */
  due(nowMs: number, costMs: (service: string) => number): readonly string[] {
    const services: string[] = [];
    for (const service of this.#waiting) {
      if (!this.#pace.isFree(nowMs)) break;
      this.#waiting.delete(service);
      services.push(service);
      this.#pace.spend(nowMs, costMs(service));
    }
    if (services.length > 0) this.#pace.rest(nowMs);
    return services;
  }

  nextMs(): number {
    return this.#waiting.size > 0 ? this.#pace.nextMs() : Infinity;
  }
}
