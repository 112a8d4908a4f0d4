import { destination, pino } from "pino";

/**
 * Where Rollcall reports; every pino logger fits. Every line is one event with its facts, and nothing
 * secret is among them.
 */
export interface Logger {
  debug(facts: object, event: string): void;
  info(facts: object, event: string): void;
  warn(facts: object, event: string): void;
  error(facts: object, event: string): void;
}

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Warnings and errors on stderr. Made when there is something to tell: it costs as much as a join. */
class StandardLog implements Logger {
  readonly level = "warn";
  #pino: Logger | undefined;

  debug(): void {}

  info(): void {}

  warn(facts: object, event: string): void {
    this.#open().warn(facts, event);
  }

  error(facts: object, event: string): void {
    this.#open().error(facts, event);
  }

  #open(): Logger {
    const { level } = this;
    this.#pino ??= pino({ name: "rollcall", level }, destination({ fd: 2, sync: true }));
    return this.#pino;
  }
}

const STANDARD = new StandardLog();

/** The logger a user gave, none for `false`, and by default warnings and errors on stderr. */
export function loggerFor(given: Logger | false | undefined): Logger {
  return given === false ? SILENT : (given ?? STANDARD);
}

/** One line of an event in this time at most; the next one tells how many were left out. */
const QUIET_MS = 10_000;

/** Logs events that hostile or broken clients could repeat without end, at a limited rate. */
export class LimitedLog {
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, { untilMs: number; left: number }>();

  constructor(logger: Logger, nowMs: () => number) {
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  warn(event: string, facts: object): void {
    this.#tell("warn", event, facts);
  }

  error(event: string, facts: object): void {
    this.#tell("error", event, facts);
  }

  #tell(level: "warn" | "error", event: string, facts: object): void {
    const now = this.#nowMs();
    const seen = this.#seen.get(event) ?? { untilMs: -Infinity, left: 0 };
    this.#seen.set(event, seen);
    if (now < seen.untilMs) {
      seen.left += 1;
      return;
    }
    this.#logger[level](seen.left > 0 ? { ...facts, leftOut: seen.left } : facts, event);
    seen.untilMs = now + QUIET_MS;
    seen.left = 0;
  }
}
