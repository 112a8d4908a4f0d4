import { constants } from "node:os";

/** Signals that end a command. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Why a command has to end. */
export type StopCause = StopSignal | "EPIPE";

/**
 * When to end: at the first signal the command closes what it opened, at the second the process
 * exits at once. A reader of stdout that went away (`| head`) counts as the first.
 */
export class Stop {
  readonly #controller = new AbortController();
  readonly #listeners = new Map<StopSignal, () => void>();
  readonly #onOutputError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
    this.#raise("EPIPE");
  };
  /** Who has stopped reading the log does not want the command to end. */
  readonly #onLogError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
  };
  readonly #others = new Map<StopSignal, () => void>();
  #cause: StopCause | null = null;
  #handler: ((signal: StopSignal) => void) | null = null;

  /** Aborted when the command has to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): StopCause | null {
    return this.#cause;
  }

  listen(): void {
    for (const signal of STOP_SIGNALS) {
      const listener = (): void => this.#received(signal);
      this.#listeners.set(signal, listener);
      process.on(signal, listener);
    }
    process.stdout.on("error", this.#onOutputError);
    process.stderr.on("error", this.#onLogError);
  }

  /** While there is a handler, signals are its business; null takes them back. */
  handOver(handler: ((signal: StopSignal) => void) | null): void {
    this.#handler = handler;
  }

  /** From now on the signal does this, and ends nothing. */
  instead(signal: StopSignal, act: () => void): void {
    this.#others.set(signal, act);
  }

  /** Lets the process end by itself; errors of its outputs stay caught until then. */
  release(): void {
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
    this.#listeners.clear();
  }

  #raise(cause: StopCause): void {
    if (this.#cause !== null) return;
    this.#cause = cause;
    this.#controller.abort(cause);
  }

  #received(signal: StopSignal): void {
    const other = this.#others.get(signal);
    if (other !== undefined) other();
    else if (this.#handler !== null) this.#handler(signal);
    else if (this.#cause !== null && this.#cause !== "EPIPE") process.exit(exitCodeOf(signal));
    else this.#raise(signal);
  }
}

/** The exit code by which shells tell that a process ended by this signal. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
