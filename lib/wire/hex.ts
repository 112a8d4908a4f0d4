const DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** `length` bytes of `bytes` from `start` on, as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array, start: number, length: number): string {
  let text = "";
  for (let index = start; index < start + length; index += 1)
    text += DIGITS[bytes[index] ?? 0] ?? "";
  return text;
}

/**
 * Writes the bytes that `hex` spells into `target` from `start` on. False, with part of them
 * written, where a character is not a lower-case hexadecimal digit or a digit is left over.
 */
export function writeHex(hex: string, target: Uint8Array, start: number): boolean {
  if (hex.length % 2 !== 0) return false;
  for (let index = 0; index < hex.length; index += 2) {
    const high = digit(hex.charCodeAt(index));
    const low = digit(hex.charCodeAt(index + 1));
    if (high < 0 || low < 0) return false;
    target[start + index / 2] = high * 16 + low;
  }
  return true;
}

/** True for exactly `bytes` bytes in lower-case hexadecimal digits. */
export function isHex(text: string, bytes: number): boolean {
  if (text.length !== bytes * 2) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (digit(text.charCodeAt(index)) < 0) return false;
  }
  return true;
}

// Upper case is refused: hexadecimal ids are compared as text.
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** Bytes of an epoch, a nonce or a token. */
export const RANDOM_BYTES = 16;

/** The random value read last: nearly always it is the epoch of the one registrar there is. */
let latestText = "0".repeat(2 * RANDOM_BYTES);
const latestBytes = new Uint8Array(RANDOM_BYTES);

/** 16 bytes of `bytes` from `start` on as 32 lower-case hexadecimal digits. */
export function randomOf(bytes: Uint8Array, start: number): string {
  for (let index = 0; index < RANDOM_BYTES; index += 1) {
    if (bytes[start + index] === latestBytes[index]) continue;
    latestBytes.set(bytes.subarray(start, start + RANDOM_BYTES));
    latestText = hexOf(bytes, start, RANDOM_BYTES);
    break;
  }
  return latestText;
}

/** True for 32 lower-case hexadecimal digits. */
export function isRandom(text: string): boolean {
  return text === latestText || isHex(text, RANDOM_BYTES);
}

/** Writes 32 lower-case hexadecimal digits as 16 bytes into `target` from `start` on. */
export function writeRandom(text: string, target: Uint8Array, start: number): void {
  if (text === latestText) target.set(latestBytes, start);
  else writeHex(text, target, start);
}
