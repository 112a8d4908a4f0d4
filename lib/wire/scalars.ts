import { LIMITS } from "../core/limits.ts";
import { exceeded, malformed, type Codec, type Flaw } from "./codec.ts";
import { isRandom, RANDOM_BYTES, randomOf, writeRandom } from "./hex.ts";
import {
  HAS_LONE_SURROGATE,
  HAS_NUL,
  MARK,
  MARKED_BYTES_MAX,
  mended,
  show,
  utf8Length,
} from "./text.ts";

/** The longest interval a registrar may tell: one day in milliseconds. */
export const INTERVAL_MS_MAX = 86_400_000;

/** A limit of `LIMITS` by its name, so that an error can name it. */
export type LimitName = keyof typeof LIMITS;

/** A whole number from `min` to `max`; the default is every one that a double holds exactly. */
export function whole(min = 0, max = Number.MAX_SAFE_INTEGER): Codec<number> {
  const isWhole = (value: unknown): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
  return {
    put: (value, writer) => (isWhole(value) ? writer.number(value) : writer.doubt()),
    take(reader) {
      const value = reader.number();
      if (!isWhole(value)) reader.doubt();
      return value;
    },
    check: (value, at) =>
      isWhole(value)
        ? undefined
        : malformed(`${at} is ${show(value)} but must be a whole number from ${min} to ${max}`),
    write: (value) => value,
    read: (wire) => wire,
  };
}

/** A finite number from 0 to a limit. */
export function amount(limit: LimitName): Codec<number> {
  const max = LIMITS[limit];
  const isAmount = (value: unknown): value is number =>
    typeof value === "number" && value >= 0 && value <= max;
  return {
    put: (value, writer) => (isAmount(value) ? writer.number(value) : writer.doubt()),
    take(reader) {
      const value = reader.number();
      if (!isAmount(value)) reader.doubt();
      return value;
    },
    check(value, at) {
      if (typeof value !== "number" || !(value >= 0) || value === Infinity) {
        return malformed(`${at} is ${show(value)} but must be a number from 0 to ${max}`);
      }
      return value > max ? exceeded(`${at} is ${value}`, limit, max) : undefined;
    },
    write: (value) => value,
    read: (wire) => wire,
  };
}

/** True or false. */
export const flag: Codec<boolean> = {
  put: (value, writer) => (typeof value === "boolean" ? writer.flag(value) : writer.doubt()),
  take: (reader) => reader.flag(),
  check: (value, at) =>
    typeof value === "boolean"
      ? undefined
      : malformed(`${at} is ${show(value)} but must be true or false`),
  write: (value) => value,
  read: (wire) => wire,
};

/** Any text that UTF-8 can express, without NUL, of `min` to `LIMITS[limit]` bytes. */
export function text(limit: LimitName, min: 0 | 1 = 0): Codec<string> {
  const max = LIMITS[limit];
  return {
    put(value, writer) {
      if (typeof value !== "string" || value.length < min) writer.doubt();
      else writer.text(value, max);
    },
    take(reader) {
      const value = reader.text(max);
      if (value.length < min) reader.doubt();
      return value;
    },
    check: (value, at) =>
      checkText(value, at, limit) ??
      (value === "" && min === 1 ? malformed(`${at} is empty`) : undefined),
    write: (value) => value,
    read: (wire) => wire,
  };
}

/**
 * Text for people, such as why something was refused. Nobody compares it, so the writer mends what
 * cannot travel instead of throwing: such texts are put together from names of any content.
 */
export function prose(limit: LimitName): Codec<string> {
  const strict = text(limit);
  return {
    put: (value, writer) => strict.put(value, writer),
    take: (reader) => strict.take(reader),
    check: (value, at) => (typeof value === "string" ? undefined : strict.check(value, at)),
    write: (value) => mended(value, LIMITS[limit]),
    read: (wire) => (strict.check(wire, "") === undefined ? wire : undefined),
  };
}

/** One of `words`. A word that a newer sender may add is read as `fallback`, where there is one. */
export function word<T extends string>(words: readonly T[], fallback?: T): Codec<T> {
  const known: ReadonlySet<unknown> = new Set(words);
  const max = Math.max(...words.map(({ length }) => length));
  return {
    put(value, writer) {
      if (typeof value === "string" && known.has(value)) writer.text(value, max);
      else writer.doubt();
    },
    take(reader) {
      const value = reader.text(max);
      if (!known.has(value)) reader.doubt();
      return value;
    },
    check: (value, at) =>
      known.has(value)
        ? undefined
        : malformed(`${at} is ${show(value)} but must be one of ${words.join(", ")}`),
    write: (value) => value,
    read: (wire) => (typeof wire === "string" && !known.has(wire) ? (fallback ?? wire) : wire),
  };
}

/** 16 random bytes: hexadecimal digits in the program, a bin of 16 bytes on the wire. */
export const random: Codec<string> = {
  put(value, writer) {
    if (typeof value === "string" && isRandom(value)) writer.random(value);
    else writer.doubt();
  },
  take: (reader) => reader.random(),
  check: (value, at) =>
    typeof value === "string" && isRandom(value)
      ? undefined
      : malformed(`${at} is not ${RANDOM_BYTES} bytes in lower-case hexadecimal digits`),
  write(value) {
    const bytes = new Uint8Array(RANDOM_BYTES);
    writeRandom(value, bytes, 0);
    return bytes;
  },
  read: (wire) =>
    wire instanceof Uint8Array && wire.length === RANDOM_BYTES ? randomOf(wire, 0) : undefined,
};

/** Bytes of any content, at most `LIMITS[limit]` of them. */
export function blob(limit: LimitName): Codec<Uint8Array> {
  return {
    put(value, writer) {
      if (value instanceof Uint8Array && value.length <= LIMITS[limit]) writer.bytes(value);
      else writer.doubt();
    },
    take: (reader) => reader.bytes(LIMITS[limit]),
    check(value, at) {
      if (!(value instanceof Uint8Array)) {
        return malformed(`${at} is ${show(value)} but must be bytes`);
      }
      return value.length > LIMITS[limit]
        ? exceeded(`${at} is ${value.length} bytes`, limit, LIMITS[limit])
        : undefined;
    },
    write: (value) => value,
    // A copy: the unpacker hands out views of the frame, which belongs to the transport.
    read: (wire) => (wire instanceof Uint8Array ? new Uint8Array(wire) : undefined),
  };
}

/** Why `value` is not text of at most `LIMITS[limit]` bytes, or undefined. */
export function checkText(value: unknown, at: string, limit: LimitName): Flaw | undefined {
  if (typeof value !== "string") return malformed(`${at} is ${show(value)} but must be text`);
  const max = LIMITS[limit];
  // A unit is at least a byte, so a text that is too long in units need not be counted.
  const bytes = value.length > max ? value.length : utf8Length(value);
  if (bytes > max) return exceeded(`${at} is at least ${bytes} bytes`, limit, max);
  if (bytes === HAS_NUL) return malformed(`${at} ${show(value)} contains NUL`);
  if (bytes === HAS_LONE_SURROGATE) {
    return malformed(`${at} ${show(value)} contains half of a surrogate pair`);
  }
  return bytes > MARKED_BYTES_MAX && value.startsWith(MARK)
    ? malformed(`${at} begins with a byte order mark and is longer than ${MARKED_BYTES_MAX} bytes`)
    : undefined;
}
