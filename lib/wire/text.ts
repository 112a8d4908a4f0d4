/** The text contains U+0000, which ends the topics of the roster socket. */
export const HAS_NUL = -1;
/** The text contains half of a surrogate pair, which UTF-8 cannot express. */
export const HAS_LONE_SURROGATE = -2;

/** U+FEFF, the byte order mark. */
export const MARK = "\uFEFF";
/**
 * The longest text that may begin with the mark, in bytes. From longer ones msgpackr takes it away
 * where its native part is missing, so that the same bytes would be two different names.
 */
export const MARKED_BYTES_MAX = 64;

/**
 * The bytes that `text` takes in UTF-8, or `HAS_NUL`, or `HAS_LONE_SURROGATE`. Counts without
 * encoding, because every text is measured on every write.
 */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0) return HAS_NUL;
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    else if (isPair(unit, text.charCodeAt(index + 1))) {
      bytes += 4;
      index += 1;
    } else return HAS_LONE_SURROGATE;
  }
  return bytes;
}

/** The longest beginning of `text` that can travel in `max` bytes, without marks and halves. */
export function mended(text: string, max: number): string {
  let whole = "";
  let bytes = 0;
  for (const character of text) {
    const size = character === MARK ? 0 : utf8Length(character);
    if (bytes + size > max) break;
    if (size > 0) whole += character;
    bytes += Math.max(0, size);
  }
  return whole;
}

/** One value for a log or an error: short, on one line, and never a throw. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}

function isPair(high: number, low: number): boolean {
  return high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
}
