import { RollcallError } from "../core/errors.ts";

/** Bounds of one wait. */
export interface WaitOptions {
  /** Ends the wait with `ERR_ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** Bounds of one wait, time included. */
export interface Bounds extends WaitOptions {
  /** Ends the wait with `ERR_TIMEOUT` after this long; 0 and undefined wait without end. */
  readonly timeoutMs?: number | undefined;
}

/** Throws `ERR_ABORTED` where the signal has been raised already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal);
}

/** Closes by a signal; the listener is gone once `close` was called by whomever. */
export function closeOnAbort(
  signal: AbortSignal | undefined,
  handle: { close(): Promise<void> },
): () => void {
  if (signal === undefined) return () => {};
  const onAbort = (): void => void handle.close();
  signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}

/** The error of an aborted wait, with the reason of the signal as its cause. */
export function aborted(signal: AbortSignal): RollcallError {
  return new RollcallError("ERR_ABORTED", undefined, { cause: signal.reason });
}

/**
 * A promise that can be settled from outside, once, and that a signal or a time can end. Listener
 * and timer are gone when it settles: a signal may live as long as the process.
 */
export class Deferred<T> {
  readonly promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #release: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Bounds = {}) {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever does not look at the outcome must not crash the process by it.
    this.promise.catch(() => {});
    const { signal, timeoutMs = 0 } = options;
    if (timeoutMs > 0) {
      this.#timer = setTimeout(() => this.reject(new RollcallError("ERR_TIMEOUT")), timeoutMs);
    }
    if (signal === undefined) return;
    const onAbort = (): void => this.reject(aborted(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    this.#release = () => signal.removeEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  }

  resolve(value: T): void {
    this.#settle();
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#release?.();
    clearTimeout(this.#timer);
  }
}

/** Waits for a promise that others wait for too; the bounds end this wait alone. */
export async function bounded<T>(shared: Promise<T>, bounds: Bounds): Promise<T> {
  const deferred = new Deferred<T>(bounds);
  shared.then(
    (value) => deferred.resolve(value),
    (error: unknown) => deferred.reject(error),
  );
  return deferred.promise;
}
