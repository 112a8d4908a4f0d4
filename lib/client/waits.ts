import { RollcallError } from "../core/errors.ts";
import type { ClientEffect } from "../core/io.ts";
import { Deferred } from "../host/wait.ts";
import type { Bounds } from "../host/wait.ts";

interface Wait<T> {
  readonly deferred: Deferred<T>;
  readonly isDone: (effect: ClientEffect) => T | undefined;
}

/** Promises that are settled by what the machine does. */
export class Waits {
  readonly #open = new Set<Wait<unknown>>();

  /**
   * Resolves with the first value that `isDone` makes of an effect. Rejects with `ERR_ABORTED` by
   * the signal, with `ERR_TIMEOUT` when its time is up, with `ERR_CLOSED` when the handle closes, and with the code of a final refusal,
   * after which no registrar will say anything any more.
   */
  async until<T>(isDone: (effect: ClientEffect) => T | undefined, options?: Bounds): Promise<T> {
    const wait = { deferred: new Deferred<T>(options), isDone };
    this.#open.add(wait as Wait<unknown>);
    try {
      return await wait.deferred.promise;
    } finally {
      this.#open.delete(wait as Wait<unknown>);
    }
  }

  settle(effect: ClientEffect): void {
    if (this.#open.size === 0) return;
    for (const { deferred, isDone } of this.#open) {
      const value = isDone(effect);
      if (value !== undefined) deferred.resolve(value);
      else if (effect.kind === "refused" && effect.final) {
        deferred.reject(new RollcallError(effect.code, effect.text));
      }
    }
  }

  close(): void {
    for (const { deferred } of this.#open) deferred.reject(new RollcallError("ERR_CLOSED"));
  }
}
