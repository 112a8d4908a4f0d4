import { createHmac, diffieHellman, timingSafeEqual } from "node:crypto";
import type { Join, Watch } from "../core/messages.ts";
import { publicKeyObject, secretKeyObject } from "./pair.ts";
import type { KeyPair } from "./pair.ts";
import { bytesOf, encodeKey, KEY_BYTES } from "./z85.ts";

/*
 * A proof shows that the sender of a JOIN or WATCH holds a key: ZeroMQ checks keys when it connects,
 * but does not tell by which key a message came. `wire/PROTOCOL.md` has the bytes.
 */

const LABEL = Buffer.from("rollcall proof 1");
const KIND = { join: 17, watch: 18 } as const;
const MAC_BYTES = 32;
/** The sender's public key and the code over the message. */
export const PROOF_BYTES = KEY_BYTES + MAC_BYTES;

/** What a registrar tells in its WELCOME and a proof is made for. */
export interface Challenge {
  /** 32 hexadecimal digits. */
  readonly nonce: string;
  /** The registrar's public key, 32 bytes. */
  readonly registrar: Uint8Array;
}

/** A message that is proved. */
export type Provable = Join | Watch;

/**
 * What only the two holders of these keys can compute: X25519. Undefined for a public key that is
 * no point of use, which OpenSSL refuses.
 */
export function sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Buffer | undefined {
  try {
    return diffieHellman({
      privateKey: secretKeyObject(secretKey),
      publicKey: publicKeyObject(publicKey),
    });
  } catch {
    return undefined;
  }
}

/** The proof that the holder of `client`, which shares `shared` with the registrar, sends this. */
export function proofOf(
  message: Provable,
  challenge: Challenge,
  { client, shared }: { readonly client: Uint8Array; readonly shared: Uint8Array },
): Buffer {
  const mac = createHmac("sha256", shared).update(provedBytes(message, challenge, client));
  return Buffer.concat([client, mac.digest()]);
}

/** The public key that a proof claims, in Z85; undefined where the proof is none. */
export function claimedKey(proof: Uint8Array | null): string | undefined {
  return proof?.length === PROOF_BYTES ? encodeKey(proof.subarray(0, KEY_BYTES)) : undefined;
}

/** True where the message carries the proof that its claimed key asks for. */
export function isProved(message: Provable, challenge: Challenge, shared: Uint8Array): boolean {
  const { proof } = message;
  if (proof?.length !== PROOF_BYTES) return false;
  const client = proof.subarray(0, KEY_BYTES);
  return timingSafeEqual(proof, proofOf(message, challenge, { client, shared }));
}

/** What the code is made over: every field has a known length, or says its own. */
export function provedBytes(
  message: Provable,
  { nonce, registrar }: Challenge,
  client: Uint8Array,
): Buffer {
  const texts =
    message.kind === "join"
      ? [message.service, message.id, message.instance]
      : [message.instance, ...message.services];
  return Buffer.concat([
    LABEL,
    Buffer.from(message.epoch, "hex"),
    Buffer.from(nonce, "hex"),
    Buffer.of(KIND[message.kind]),
    registrar,
    client,
    ...texts.flatMap(withLength),
  ]);
}

/** Names are at most 255 bytes, and two bytes leave room. */
function withLength(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return [length, bytes];
}

/** Proves what one client says to one registrar. */
export class Prover {
  readonly #registrar: Buffer;
  readonly #client: Buffer;
  readonly #shared: Buffer;

  /** Both are known to be keys. */
  constructor(own: KeyPair, registrarKey: string) {
    this.#registrar = bytesOf(registrarKey);
    this.#client = bytesOf(own.publicKey);
    const secret = bytesOf(own.secretKey);
    // A registrar key that is no point of use fails at the handshake as well.
    this.#shared = sharedSecret(secret, this.#registrar) ?? Buffer.alloc(KEY_BYTES);
  }

  proof(message: Provable, nonce: string): Buffer {
    const challenge = { nonce, registrar: this.#registrar };
    return proofOf(message, challenge, { client: this.#client, shared: this.#shared });
  }
}
