import { LIMITS } from "../core/limits.ts";
import { MARKED_BYTES_MAX } from "./text.ts";

/**
 * Why `frame` is not one MessagePack value that may be unpacked, or undefined. Runs before the
 * unpacker so that hostile bytes reach neither its extensions and records nor its allocations, and
 * so that text means the same with every unpacker: invalid UTF-8 is refused, not replaced.
 * Never throws, allocates nothing, and takes time linear in the bytes.
 */
export function scan(frame: Uint8Array): string | undefined {
  if (frame.length > LIMITS.frameBytesMax) return "the frame is longer than frameBytesMax";
  const end = valueEnd(frame, 0, 0);
  if (end < 0) return REASONS[-end];
  return end < frame.length ? "bytes follow the value" : undefined;
}

// Failures are negative positions: a position is all that the functions below hand around.
const TRUNCATED = -1;
const EXTENSION = -2;
const TOO_DEEP = -3;
const NEVER_USED = -4;
const TOO_MANY = -5;
const NOT_UTF8 = -6;
const LONG_WITH_MARK = -7;
const REASONS: readonly string[] = [
  "",
  "the frame ends within a value",
  "extension types are not part of this protocol",
  "the value is nested deeper than depthMax",
  "the byte 0xc1 is not MessagePack",
  "a list or map declares more elements than there are bytes",
  "a text is not UTF-8",
  "a text of more than 64 bytes begins with a byte order mark",
];

function valueEnd(frame: Uint8Array, at: number, depth: number): number {
  const token = frame[at];
  if (token === undefined) return TRUNCATED;
  if (token < 0x80 || token >= 0xe0) return at + 1;
  if (token < 0xa0 || token >= 0xdc) return containerEnd(frame, at, depth);
  if (token < 0xc0) return textEnd(frame, at + 1, token - 0xa0);
  if (token < 0xc4) return token === 0xc1 ? NEVER_USED : at + 1;
  if (token < 0xc7) return longBytesEnd(frame, at, 1 << (token - 0xc4));
  if (token < 0xca) return EXTENSION;
  if (token < 0xcc) return bytesEnd(frame, at + 1, token === 0xca ? 4 : 8);
  if (token < 0xd4) return bytesEnd(frame, at + 1, 1 << ((token - 0xcc) % 4));
  return token < 0xd9 ? EXTENSION : longTextEnd(frame, at, 1 << (token - 0xd9));
}

function containerEnd(frame: Uint8Array, at: number, depth: number): number {
  if (depth >= LIMITS.depthMax) return TOO_DEEP;
  const items = itemsAt(frame, at);
  if (items < 0) return items;
  const token = frame[at] ?? 0;
  let end = at + (token < 0xa0 ? 1 : token % 2 === 0 ? 3 : 5);
  // Checked first, so that a loop over billions of declared elements does not even begin.
  if (items > frame.length - end) return TOO_MANY;
  for (let item = 0; item < items && end >= 0; item += 1) end = valueEnd(frame, end, depth + 1);
  return end;
}

/** How many values a list or map declares; a map holds two for each entry. */
function itemsAt(frame: Uint8Array, at: number): number {
  const token = frame[at] ?? 0;
  if (token < 0x90) return (token - 0x80) * 2;
  if (token < 0xa0) return token - 0x90;
  const count = unsigned(frame, at + 1, token % 2 === 0 ? 2 : 4);
  return count > 0 && token >= 0xde ? count * 2 : count;
}

function longBytesEnd(frame: Uint8Array, at: number, width: number): number {
  const length = unsigned(frame, at + 1, width);
  return length < 0 ? length : bytesEnd(frame, at + 1 + width, length);
}

function longTextEnd(frame: Uint8Array, at: number, width: number): number {
  const length = unsigned(frame, at + 1, width);
  return length < 0 ? length : textEnd(frame, at + 1 + width, length);
}

function unsigned(frame: Uint8Array, at: number, width: number): number {
  if (at + width > frame.length) return TRUNCATED;
  let value = 0;
  for (let index = at; index < at + width; index += 1) value = value * 256 + (frame[index] ?? 0);
  return value;
}

function bytesEnd(frame: Uint8Array, at: number, length: number): number {
  return length > frame.length - at ? TRUNCATED : at + length;
}

function textEnd(frame: Uint8Array, at: number, length: number): number {
  if (length > frame.length - at) return TRUNCATED;
  if (length > MARKED_BYTES_MAX && hasMark(frame, at)) return LONG_WITH_MARK;
  const end = at + length;
  let next = at;
  while (next < end) {
    if ((frame[next] ?? 0) < 0x80) next += 1;
    else next = characterEnd(frame, next, end);
    if (next < 0) return NOT_UTF8;
  }
  return end;
}

function hasMark(frame: Uint8Array, at: number): boolean {
  return frame[at] === 0xef && frame[at + 1] === 0xbb && frame[at + 2] === 0xbf;
}

/** The end of one character of several bytes: shortest form, no surrogates, at most U+10FFFF. */
function characterEnd(frame: Uint8Array, at: number, end: number): number {
  const first = frame[at] ?? 0;
  if (first < 0xc2 || first > 0xf4) return NOT_UTF8;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return NOT_UTF8;
  const second = frame[at + 1] ?? 0;
  if (second < lowestSecond(first) || second > highestSecond(first)) return NOT_UTF8;
  for (let index = at + 2; index < at + length; index += 1) {
    if (((frame[index] ?? 0) & 0xc0) !== 0x80) return NOT_UTF8;
  }
  return at + length;
}

function lowestSecond(first: number): number {
  if (first === 0xe0) return 0xa0;
  return first === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(first: number): number {
  if (first === 0xed) return 0x9f;
  return first === 0xf4 ? 0x8f : 0xbf;
}
