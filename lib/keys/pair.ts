import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { RollcallError } from "../core/errors.ts";
import { decodeKey, encodeKey, KEY_BYTES } from "./z85.ts";

/**
 * A CURVE key pair in Z85, 40 characters each, as `zmq_curve_keypair` makes it. Who holds the secret
 * key is who the public key names: it belongs in a file of mode 0600, and in no log.
 */
export interface KeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

// CURVE keys are X25519 keys. OpenSSL reads them in DER, which is a fixed head and the 32 bytes.
const PUBLIC_HEAD = Buffer.from("302a300506032b656e032100", "hex");
const SECRET_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");

/** A new key pair from the system's random numbers. */
export function makeKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return {
    publicKey: encodeKey(publicKey.export({ format: "der", type: "spki" }).subarray(-KEY_BYTES)),
    secretKey: encodeKey(privateKey.export({ format: "der", type: "pkcs8" }).subarray(-KEY_BYTES)),
  };
}

/** A public key for `node:crypto`; any 32 bytes are one. */
export function publicKeyObject(key: Uint8Array): KeyObject {
  const bytes = Buffer.concat([PUBLIC_HEAD, key]);
  return createPublicKey({ key: bytes, format: "der", type: "spki" });
}

/** A secret key for `node:crypto`; any 32 bytes are one. */
export function secretKeyObject(key: Uint8Array): KeyObject {
  const bytes = Buffer.concat([SECRET_HEAD, key]);
  return createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
}

/**
 * A pair whose halves belong together. Errors never show a half, because people swap them.
 *
 * @throws RollcallError with `code`, naming `name`
 */
export function checkedPair(
  value: unknown,
  name: string,
  code: "ERR_OPTION" | "ERR_CONFIG" = "ERR_OPTION",
): KeyPair {
  const { publicKey, secretKey } = isObject(value) ? value : {};
  const halves = { publicKey: decodeKey(publicKey), secretKey: decodeKey(secretKey) };
  for (const [half, bytes] of Object.entries(halves)) {
    if (bytes === undefined) {
      throw new RollcallError(code, `${name}: ${half} is not a key of 40 characters in Z85`);
    }
  }
  if (encodeKey(publicOf(halves.secretKey ?? new Uint8Array())) !== publicKey) {
    throw new RollcallError(code, `${name}: publicKey is not the one that belongs to secretKey`);
  }
  return { publicKey: String(publicKey), secretKey: String(secretKey) };
}

function publicOf(secret: Uint8Array): Uint8Array {
  const key = createPublicKey(secretKeyObject(secret));
  return key.export({ format: "der", type: "spki" }).subarray(-KEY_BYTES);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
