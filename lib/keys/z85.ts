import { RollcallError } from "../core/errors.ts";

/**
 * Z85, the text form of a key (ZeroMQ RFC 32): five characters for each four bytes. No character of
 * it is a quote, a backslash, a comma or a space.
 */
const ALPHABET =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const BASE = 85;
const GROUP_CHARACTERS = 5;
const GROUP_BYTES = 4;
const VALUES: ReadonlyMap<string, number> = new Map(
  Array.from(ALPHABET, (character, value) => [character, value]),
);

/** Bytes of a CURVE key, public or secret. */
export const KEY_BYTES = 32;
/** Characters of a key as text. */
export const KEY_LENGTH = (KEY_BYTES / GROUP_BYTES) * GROUP_CHARACTERS;

/** 32 bytes as 40 characters. */
export function encodeKey(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  let text = "";
  for (let at = 0; at < KEY_BYTES; at += GROUP_BYTES) {
    let value = bytes.readUInt32BE(at);
    let group = "";
    for (let digit = 0; digit < GROUP_CHARACTERS; digit += 1) {
      group = (ALPHABET[value % BASE] ?? "") + group;
      value = Math.floor(value / BASE);
    }
    text += group;
  }
  return text;
}

/** The bytes of a key, or undefined where the text is none. */
export function decodeKey(text: unknown): Buffer | undefined {
  if (typeof text !== "string" || text.length !== KEY_LENGTH) return undefined;
  const key = Buffer.alloc(KEY_BYTES);
  for (let group = 0; group * GROUP_BYTES < KEY_BYTES; group += 1) {
    const value = valueOf(text.slice(group * GROUP_CHARACTERS, (group + 1) * GROUP_CHARACTERS));
    // Five characters can spell more than four bytes hold.
    if (!(value <= 0xffff_ffff)) return undefined;
    key.writeUInt32BE(value, group * GROUP_BYTES);
  }
  return key;
}

/** The bytes of a key that was checked before; throws `ERR_OPTION` for a text that is none. */
export function bytesOf(key: string): Buffer {
  const bytes = decodeKey(key);
  if (bytes === undefined) throw new RollcallError("ERR_OPTION", "a key is no key");
  return bytes;
}

/** NaN where a character is not of the alphabet. */
function valueOf(group: string): number {
  let value = 0;
  for (const character of group) value = value * BASE + (VALUES.get(character) ?? Number.NaN);
  return value;
}
