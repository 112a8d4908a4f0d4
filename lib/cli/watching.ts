import { BehaviorSubject } from "rxjs";
import { CLIENT_OPTIONS, DEFAULT_REGISTRAR, RollcallError, watch } from "../index.ts";
import type { ConnectionState, Watcher, WatchOptions } from "../index.ts";
import type { Context } from "./command.ts";
import { clientKeys } from "./keys.ts";
import { TIMEOUT_MS } from "./settings/tables.ts";
import type { Options } from "./settings/options.ts";

/** A connection that is not there after this long is worth a word. */
const SLOW_MS = 2000;

/** The options of a watcher as they were given. */
export function watchOptions(options: Options, service: string | readonly string[]): WatchOptions {
  let registrar = options.list("registrar");
  let roster = options.list("roster");
  // Whichever was given more deliberately wins. A file or an environment may serve a registrar as
  // well, whose roster is where it binds; both as flags is an error of the library.
  if (options.outranks("roster", "registrar")) registrar = undefined;
  else if (options.outranks("registrar", "roster") || !options.isFlag("roster")) {
    if (registrar !== undefined) roster = undefined;
  }
  const { joinTimeoutMs: _, ...table } = CLIENT_OPTIONS;
  const keys = clientKeys(options);
  return { ...options.numbers(table), preset: options.preset, registrar, roster, service, keys };
}

/**
 * Runs `use` with a watcher and a signal that ends it after `timeoutMs`. Rejects with
 * `ERR_UNREACHABLE` where no registrar answered in that time, with `ERR_TIMEOUT` where one did.
 */
export async function withWatcher<T>(
  context: Context,
  services: string | readonly string[],
  use: (watcher: Watcher, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { options, log, stop } = context;
  const timeoutMs = options.number("timeoutMs") ?? TIMEOUT_MS;
  // Before the timer, which keeps the process alive: options may be refused.
  const watcher = watch({ ...watchOptions(options, services), logger: log });
  const connection = new BehaviorSubject<ConnectionState>({ kind: "connecting" });
  watcher.connection$.subscribe(connection);
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), timeoutMs);
  try {
    return await use(watcher, AbortSignal.any([timer.signal, stop.signal]));
  } catch (error) {
    if (!timer.signal.aborted || stop.signal.aborted) throw error;
    if (connection.value.kind === "live")
      throw new RollcallError("ERR_TIMEOUT", `timeoutMs ${timeoutMs}`);
    throw new RollcallError("ERR_UNREACHABLE", `${whereText(options)} in ${timeoutMs} ms`);
  } finally {
    clearTimeout(timeout);
    await watcher.close();
  }
}

/** Logs that nothing has come of it yet, unless the function returned is called soon enough. */
export function warnWhenSlow({ options, log }: Context, event: string): () => void {
  const timer = setTimeout(() => log.warn({ registrar: whereText(options) }, event), SLOW_MS);
  return () => clearTimeout(timer);
}

/** Where the registrar was looked for. */
function whereText(options: Options): string {
  const { registrar, roster } = watchOptions(options, "*");
  const given = [registrar ?? [], roster ?? []].flat();
  return given.length === 0 ? DEFAULT_REGISTRAR : given.join(", ");
}
