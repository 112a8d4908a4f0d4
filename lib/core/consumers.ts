import type { Sender } from "./io.ts";
import type { Watch } from "./messages.ts";
import { LIMITS } from "./limits.ts";
import { ALL, follows } from "./topics.ts";

const NOBODY: ReadonlyMap<string, number> = new Map();

interface Place {
  readonly watch: Watch;
  /** What it follows, as one text. */
  readonly follows: string;
  /** The key that it speaks with, where there are keys. */
  readonly key: string | undefined;
  readonly ordinal: number;
}

/** One who is no consumer any more, and what it followed. */
interface Absent {
  readonly services: readonly string[];
  readonly untilMs: number;
}

/** How long the subscription of one who said goodbye may be seen after that. */
const LEAVING_MS = 250;

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
  /** The time after which whoever lives has come back. */
  readonly returnMs: number;
  readonly #places = new Map<string, Place>();
  /** The connection of each instance. */
  readonly #routes = new Map<string, string>();
  readonly #ordinals = new Map<string, Ordinals>();
  /** By instance, the longest absent first. */
  readonly #absent = new Map<string, Absent>();
  /** Those who said goodbye a moment before, the first first. */
  #leaving: Absent[] = [];
  /** Consumers by what they name, the star included. */
  readonly #counts = new Map<string, number>();
  /** The names of those, and how many places each has. */
  readonly #voices = new Map<string, Map<string, number>>();

  constructor(returnMs: number) {
    this.returnMs = returnMs;
  }

  get size(): number {
    return this.#places.size;
  }

  has(route: string): boolean {
    return this.#places.has(route);
  }

  /**
   * The place that an instance has on another connection, with the number of its WATCH. One that another
   * key has is none: who says that it is this instance takes nothing by that.
   */
  elsewhere(
    instance: string,
    { route, key }: Sender,
  ): { readonly route: string; readonly sequence: number } | undefined {
    const before = this.#routes.get(instance);
    if (before === undefined || before === route) return undefined;
    const place = this.#places.get(before);
    if (place === undefined || place.key !== key) return undefined;
    return { route: before, sequence: place.watch.sequence };
  }

  /** The name by which whoever speaks on a connection is heard about a service, if it follows that. */
  voiceOf(route: string, service: string): string | undefined {
    const place = this.#places.get(route);
    if (place === undefined || !follows(place.watch.services, service)) return undefined;
    return voiceOf(place);
  }

  /** Different names of those who follow a service. */
  voicesOf(service: string): number {
    const few = this.#voices.get(service) ?? NOBODY;
    const all = this.#voices.get(ALL) ?? NOBODY;
    const [fewer, more] = few.size < all.size ? [few, all] : [all, few];
    let voices = more.size;
    for (const name of fewer.keys()) if (!more.has(name)) voices += 1;
    return voices;
  }

  /** A consumer speaks on another connection now; it keeps its place and its number. */
  move(before: string, route: string): void {
    const place = this.#places.get(before);
    if (place === undefined || before === route) return;
    this.delete(route);
    this.#places.delete(before);
    this.#places.set(route, place);
    this.#routes.set(place.watch.instance, route);
  }

  /** Adds a consumer, or changes what it follows; returns its number. */
  put(route: string, watch: Watch, key?: string): number {
    const followed = watch.services.toSorted().join("\0");
    this.#absent.delete(watch.instance);
    const known = this.#places.get(route);
    if (known?.follows === followed && known.watch.instance === watch.instance) {
      this.#places.set(route, { ...known, watch });
      return known.ordinal;
    }
    this.delete(route);
    const ordinals = this.#ordinals.get(followed) ?? new Ordinals();
    this.#ordinals.set(followed, ordinals);
    const ordinal = ordinals.take(watch.ordinal);
    this.#places.set(route, { watch, follows: followed, key, ordinal });
    this.#routes.set(watch.instance, route);
    this.#count({ watch, key }, 1);
    return ordinal;
  }

  delete(route: string): void {
    const place = this.#places.get(route);
    if (place === undefined) return;
    this.#places.delete(route);
    if (this.#routes.get(place.watch.instance) === route) this.#routes.delete(place.watch.instance);
    this.#absent.delete(place.watch.instance);
    this.#count(place, -1);
    const ordinals = this.#ordinals.get(place.follows);
    ordinals?.release(place.ordinal);
    if (ordinals?.size === 0) this.#ordinals.delete(place.follows);
  }

  /** Its connection closed. It may live, and hold its lists. */
  lost(route: string, nowMs: number): void {
    const watch = this.#places.get(route)?.watch;
    this.delete(route);
    if (watch === undefined) return;
    this.#expire(nowMs);
    const { instance, services } = watch;
    this.#absent.set(instance, { services, untilMs: nowMs + this.returnMs });
    const [first] = this.#absent.keys();
    if (this.#absent.size > LIMITS.absentMax && first !== undefined) this.#absent.delete(first);
  }

  /** Instances that followed a service, were lost, and may still come back. */
  absentOf(service: string, nowMs: number): readonly string[] {
    this.#expire(nowMs);
    // One may have come back on another connection before the end of the old one was noticed.
    const all = [...this.#absent].filter(
      ([instance, absent]) => !this.#routes.has(instance) && follows(absent.services, service),
    );
    return all.map(([instance]) => instance);
  }

  /** It said goodbye. Its subscription may end a moment after that is read. */
  left(route: string, nowMs: number): void {
    const services = this.#places.get(route)?.watch.services;
    this.delete(route);
    if (services === undefined) return;
    this.#leaving.push({ services, untilMs: nowMs + LEAVING_MS });
    if (this.#leaving.length > LIMITS.absentMax) this.#leaving.shift();
  }

  /** How many followed a service and said goodbye so shortly before that they may be subscribed. */
  leavingOf(service: string, nowMs: number): number {
    this.#leaving = this.#leaving.filter(({ untilMs }) => nowMs < untilMs);
    return this.#leaving.filter(({ services }) => follows(services, service)).length;
  }

  /** One of those who follow a service speaks on this connection. */
  isOf(service: string, route: string): boolean {
    return follows(this.#places.get(route)?.watch.services ?? [], service);
  }

  #expire(nowMs: number): void {
    for (const [instance, { untilMs }] of this.#absent) {
      if (nowMs < untilMs) return;
      this.#absent.delete(instance);
    }
  }

  /** How many follow a service. */
  countOf(service: string): number {
    return this.namedOf(service) + this.namedOf(ALL);
  }

  /** How many ask for this very name, be it the star. */
  namedOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  #count(place: Pick<Place, "watch" | "key">, by: 1 | -1): void {
    const { services } = place.watch;
    for (const service of new Set(services.includes(ALL) ? [ALL] : services)) {
      add(this.#counts, service, by);
      const voices = this.#voices.get(service) ?? new Map<string, number>();
      add(voices, voiceOf(place), by);
      if (voices.size === 0) this.#voices.delete(service);
      else this.#voices.set(service, voices);
    }
  }

  /** Who follows a service, by connection, with the instance that each says it is. */
  *of(service: string): Iterable<readonly [route: string, instance: string]> {
    for (const [route, { watch }] of this.#places) {
      if (follows(watch.services, service)) yield [route, watch.instance];
    }
  }
}

/** All connections of one key are one voice. */
function voiceOf({ watch, key }: Pick<Place, "watch" | "key">): string {
  return key ?? watch.instance;
}

function add(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
