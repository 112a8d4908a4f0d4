import { RollcallError } from "../core/errors.ts";
import { Allow } from "./allow.ts";
import { readKeyFile } from "./files.ts";
import { checkedPair } from "./pair.ts";
import type { KeyPair } from "./pair.ts";
import type { AllowRules } from "./rules.ts";
import { decodeKey } from "./z85.ts";

/** Keys of a registrar: with them both sockets are encrypted, and only listed keys get in. */
export interface RegistrarKeys {
  /** Its key pair, or the path of its key file. */
  readonly own: KeyPair | string;
  /** Who gets in, or the path of a JSON file of that form, which is read again when it changes. */
  readonly allow: AllowRules | string;
}

/** Keys of a member or watcher. */
export interface ClientKeys {
  /** Its key pair, or the path of its key file. */
  readonly own: KeyPair | string;
  /** The public key of the registrar; with several that have different ones, in their order. */
  readonly registrar: string | readonly string[];
}

/** Keys of a registrar, read and checked. */
export interface SettledRegistrarKeys {
  readonly own: KeyPair;
  readonly allow: Allow;
}

/** Keys of a client, read and checked: the registrars' by their places among the endpoints. */
export interface SettledClientKeys {
  readonly own: KeyPair;
  readonly registrars: readonly string[];
}

/** Throws `ERR_OPTION`, and `ERR_CONFIG` where a file cannot be used. */
export function settleRegistrarKeys(given: unknown): SettledRegistrarKeys | null {
  if (given === undefined) return null;
  const { own, allow } = partsOf(given, ["own", "allow"]);
  if (typeof allow !== "string" && (typeof allow !== "object" || allow === null)) {
    throw new RollcallError("ERR_OPTION", "keys.allow is neither rules nor the path of a file");
  }
  return { own: ownOf(own), allow: new Allow(allow) };
}

/** `endpoints` is how many registrars are given. Throws like `settleRegistrarKeys`. */
export function settleClientKeys(given: unknown, endpoints: number): SettledClientKeys | null {
  if (given === undefined) return null;
  const { own, registrar } = partsOf(given, ["own", "registrar"]);
  const keys: readonly unknown[] = Array.isArray(registrar)
    ? registrar
    : Array.from({ length: endpoints }, () => registrar as unknown);
  if (keys.length !== endpoints) {
    throw new RollcallError(
      "ERR_OPTION",
      `keys.registrar has ${keys.length} keys for ${endpoints} registrars`,
    );
  }
  if (keys.some((key) => decodeKey(key) === undefined)) {
    throw new RollcallError("ERR_OPTION", "keys.registrar is not a key of 40 characters in Z85");
  }
  return { own: ownOf(own), registrars: keys.map(String) };
}

/** A key is not shown, and not looked for as a file either: it may be the secret one. */
function ownOf(own: unknown): KeyPair {
  if (typeof own !== "string") return checkedPair(own, "keys.own");
  if (decodeKey(own) === undefined) return readKeyFile(own);
  throw new RollcallError("ERR_OPTION", "keys.own is one key, but takes a pair or a file");
}

function partsOf(given: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new RollcallError("ERR_OPTION", `keys is no object of ${known.join(" and ")}`);
  }
  const stranger = Object.keys(given).find((part) => !known.includes(part));
  if (stranger === undefined) return { ...given };
  throw new RollcallError("ERR_OPTION", `keys has no part ${JSON.stringify(stranger)}`);
}
