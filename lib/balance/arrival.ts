import { RollcallError } from "../core/errors.ts";
import { bounded, Deferred } from "../host/wait.ts";
import type { WaitOptions } from "../host/wait.ts";
import { numberOf, TIME_MAX_MS } from "./number.ts";

/** Bounds of a wait for a peer. */
export interface AvailableOptions extends WaitOptions {
  /** Ends the wait with `ERR_NO_PEER` after this long. Default: waits without end. */
  readonly deadlineMs?: number | undefined;
}

/** Lets callers wait until there is somebody, again and again. */
export class Arrival {
  #next = new Deferred<void>();
  #isHere = false;
  #isClosed = false;

  /** Whether there is somebody now. */
  set isHere(isHere: boolean) {
    if (this.#isClosed || isHere === this.#isHere) return;
    this.#isHere = isHere;
    if (isHere) this.#next.resolve();
    else this.#next = new Deferred<void>();
  }

  /** Rejects with `ERR_NO_PEER`, `ERR_ABORTED` or `ERR_CLOSED`. */
  async wait({ deadlineMs, signal }: AvailableOptions): Promise<void> {
    if (this.#isClosed) throw new RollcallError("ERR_CLOSED");
    if (this.#isHere) return;
    if (deadlineMs === undefined) return bounded(this.#next.promise, { signal });
    numberOf("deadlineMs", deadlineMs, [0, TIME_MAX_MS]);
    await this.#within(deadlineMs, signal);
  }

  /** Ends every wait. */
  close(): void {
    this.#isClosed = true;
    this.#next.reject(new RollcallError("ERR_CLOSED"));
  }

  async #within(deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    const nobody = new RollcallError("ERR_NO_PEER", `none came within ${deadlineMs} ms`);
    if (deadlineMs === 0) throw nobody;
    const wait = new Deferred<void>({ signal, timeoutMs: deadlineMs });
    this.#next.promise.then(
      () => wait.resolve(),
      (error: unknown) => wait.reject(error),
    );
    try {
      await wait.promise;
    } catch (error) {
      throw error instanceof RollcallError && error.code === "ERR_TIMEOUT" ? nobody : error;
    }
  }
}
