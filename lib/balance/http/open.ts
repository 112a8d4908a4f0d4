import { RollcallError } from "../../core/errors.ts";
import type { RollcallDispatcher } from "./dispatcher.ts";
import { numbersOf } from "./options.ts";
import type { DispatcherOptions } from "./options.ts";

/**
 * Opens an undici dispatcher for the services of a registrar: with it, `fetch("http://orders.rollcall/")`
 * goes to a live peer of the service `orders`; other URLs go where they lead. One watch connection
 * carries all services; if it is a survey connection, it also tells the registrars of peers that were
 * ejected because no connection to them can be made, and of those that can be reached again. Rejects with `ERR_OPTION`, and with `ERR_NEEDS_PACKAGE` where undici, an
 * optional package, is not installed. Resolves before the first list: requests wait for it `waitMs`.
 */
export async function openDispatcher(options: DispatcherOptions = {}): Promise<RollcallDispatcher> {
  numbersOf(options);
  const Opened = await load();
  return new Opened(options);
}

/** Loaded here, so that balancers work without undici. */
async function load(): Promise<typeof RollcallDispatcher> {
  try {
    return (await import("./dispatcher.ts")).RollcallDispatcher;
  } catch (cause) {
    if (!(cause instanceof Error) || !cause.message.includes("'undici'")) throw cause;
    const text = "openDispatcher needs undici 7: npm install undici@7";
    throw new RollcallError("ERR_NEEDS_PACKAGE", text, { cause });
  }
}
