/**
 * Newcomers are told at once where a service stands, but a crowd of them is answered together:
 * everybody who listens hears each greeting, so greetings are spaced by what the last ones cost.
 */
export class Greeter {
  readonly #waiting = new Set<string>();
  #freeMs = -Infinity;

  greet(service: string): void {
    this.#waiting.add(service);
  }

  /** The services to speak of now; `spacingMs` tells how long speaking of one takes. */
  due(nowMs: number, spacingMs: (service: string) => number): readonly string[] {
    if (this.#waiting.size === 0 || nowMs < this.#freeMs) return [];
    const services = [...this.#waiting];
    this.#waiting.clear();
    this.#freeMs = nowMs + services.reduce((sum, service) => sum + spacingMs(service), 0);
    return services;
  }

  nextMs(): number {
    return this.#waiting.size > 0 ? this.#freeMs : Infinity;
  }
}
