import { watch } from "../client/watch.ts";
import type { Watcher } from "../client/watch.ts";
import type { Settings } from "./options.ts";
import type { Target } from "./target.ts";

/** A share in a watcher; `release` gives it back, once. */
export interface Share {
  readonly watcher: Watcher;
  readonly release: () => void;
}

/** One watcher for all channels with the same target; it is closed when the last one lets go. */
export class Watchers {
  readonly #options: Settings["watch"];
  readonly #open = new Map<string, { readonly watcher: Watcher; channels: number }>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: Settings["watch"]) {
    this.#options = options;
  }

  /** Watchers that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** A share in the watcher of this target, which is opened if there is none. */
  take({ registrar, service }: Target): Share {
    const key = JSON.stringify([registrar, service]);
    const { roster: _, ...others } = this.#options;
    const options = registrar === undefined ? this.#options : { ...others, registrar };
    const entry = this.#open.get(key) ?? { watcher: watch({ ...options, service }), channels: 0 };
    this.#open.set(key, entry);
    entry.channels += 1;
    let isHeld = true;
    return {
      watcher: entry.watcher,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.channels -= 1;
        if (entry.channels === 0 && this.#open.get(key) === entry) this.#close(key, entry.watcher);
      },
    };
  }

  /** Closes all of them, and waits for those that are closing. */
  async close(): Promise<void> {
    for (const [key, { watcher }] of this.#open) this.#close(key, watcher);
    await Promise.all(this.#closing);
  }

  #close(key: string, watcher: Watcher): void {
    this.#open.delete(key);
    const closing = watcher.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
