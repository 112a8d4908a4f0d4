interface Sighting {
  count: number;
  readonly done: Promise<number>;
  readonly end: (atMs: number) => void;
}

/** When the last of some watchers saw something. What was told is forgotten, and may come again. */
export class Sightings {
  readonly #watchers: number;
  readonly #seen = new Map<string, Sighting>();

  constructor(watchers: number) {
    this.#watchers = watchers;
  }

  /** One more watcher saw it. */
  note(what: string, atMs: number): void {
    const sighting = this.#of(what);
    sighting.count += 1;
    if (sighting.count === this.#watchers) sighting.end(atMs);
  }

  /** Resolves with the moment at which the last watcher saw it. */
  async last(what: string): Promise<number> {
    const atMs = await this.#of(what).done;
    this.#seen.delete(what);
    return atMs;
  }

  /** Resolves with the moment at which the last watcher had seen all of them. */
  async all(whats: readonly string[]): Promise<number> {
    const moments = await Promise.all(whats.map((what) => this.last(what)));
    return Math.max(...moments);
  }

  #of(what: string): Sighting {
    const known = this.#seen.get(what);
    if (known !== undefined) return known;
    let end: (atMs: number) => void = () => {};
    const done = new Promise<number>((resolve) => {
      end = resolve;
    });
    const sighting = { count: 0, done, end };
    this.#seen.set(what, sighting);
    return sighting;
  }
}
