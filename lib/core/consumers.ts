import type { Watch } from "./messages.ts";
import { ALL } from "./topics.ts";

interface Place {
  readonly watch: Watch;
  readonly key: string;
  readonly ordinal: number;
}

/** The numbers of those who follow the same services: each new one gets the smallest free. */
class Ordinals {
  readonly #used = new Set<number>();
  /** Everything below is used. */
  #free = 0;

  get size(): number {
    return this.#used.size;
  }

  take(wish: number | null): number {
    const isGranted = wish !== null && !this.#used.has(wish);
    const ordinal = isGranted ? wish : this.#free;
    this.#used.add(ordinal);
    while (this.#used.has(this.#free)) this.#free += 1;
    return ordinal;
  }

  release(ordinal: number): void {
    if (this.#used.delete(ordinal)) this.#free = Math.min(this.#free, ordinal);
  }
}

/**
 * The named consumers by connection. Each has a number among those who follow the same services,
 * so that they can share the peers out among themselves without a word. One who comes back from
 * an outage asks for the number it had.
 */
export class Consumers {
  readonly #places = new Map<string, Place>();
  readonly #ordinals = new Map<string, Ordinals>();
  /** Consumers by what they name, the star included. */
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#places.size;
  }

  has(route: string): boolean {
    return this.#places.has(route);
  }

  /** Adds a consumer, or changes what it follows; returns its number. */
  put(route: string, watch: Watch): number {
    const key = watch.services.toSorted().join("\0");
    const known = this.#places.get(route);
    if (known?.key === key) return known.ordinal;
    this.delete(route);
    const ordinals = this.#ordinals.get(key) ?? new Ordinals();
    this.#ordinals.set(key, ordinals);
    const ordinal = ordinals.take(watch.ordinal);
    this.#places.set(route, { watch, key, ordinal });
    this.#count(watch, 1);
    return ordinal;
  }

  delete(route: string): void {
    const place = this.#places.get(route);
    if (place === undefined) return;
    this.#places.delete(route);
    this.#count(place.watch, -1);
    const ordinals = this.#ordinals.get(place.key);
    ordinals?.release(place.ordinal);
    if (ordinals?.size === 0) this.#ordinals.delete(place.key);
  }

  /** How many follow a service. */
  countOf(service: string): number {
    return (this.#counts.get(service) ?? 0) + (this.#counts.get(ALL) ?? 0);
  }

  #count({ services }: Watch, by: 1 | -1): void {
    for (const service of new Set(services.includes(ALL) ? [ALL] : services)) {
      const count = (this.#counts.get(service) ?? 0) + by;
      if (count === 0) this.#counts.delete(service);
      else this.#counts.set(service, count);
    }
  }

  /** Who follows a service, by connection, with the instance that each says it is. */
  *of(service: string): Iterable<readonly [route: string, instance: string]> {
    for (const [route, { watch }] of this.#places) {
      if (watch.services.includes(service) || watch.services.includes(ALL)) {
        yield [route, watch.instance];
      }
    }
  }
}
