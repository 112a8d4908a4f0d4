import { RollcallError } from "../index.ts";
import type { ClientKeys, RegistrarKeys } from "../index.ts";
import type { Options } from "./settings/options.ts";

/** The keys of a registrar as they were given. */
export function registrarKeys(options: Options): RegistrarKeys | undefined {
  const own = options.text("key");
  const allow = options.text("allow");
  if (own === undefined && allow === undefined) return undefined;
  if (own !== undefined && allow !== undefined) return { own, allow };
  throw new RollcallError("ERR_OPTION", "key and allow are needed together");
}

/** The keys of a member or watcher as they were given. */
export function clientKeys(options: Options): ClientKeys | undefined {
  const own = options.text("key");
  const registrar = options.text("registrarKey")?.split(",");
  if (own === undefined && registrar === undefined) return undefined;
  if (own === undefined || registrar === undefined) {
    throw new RollcallError("ERR_OPTION", "key and registrarKey are needed together");
  }
  // One key is that of every registrar.
  const [first = ""] = registrar;
  return { own, registrar: registrar.length === 1 ? first : registrar };
}
