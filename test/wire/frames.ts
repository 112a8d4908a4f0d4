import assert from "node:assert/strict";
import { Packr } from "msgpackr";
import type { Decoded } from "../../lib/wire/pack.ts";

/*
 * Frames as somebody else would make them: an encoder of its own without any check, so that what
 * the writer would refuse can be put before the reader.
 */

const packr = new Packr({ useRecords: false, variableMapSize: true, mapsAsObjects: false });

/** Any value as a frame, unchecked. */
export function rawFrame(value: unknown): Uint8Array {
  return new Uint8Array(packr.pack(value));
}

/** The positional array in a valid frame, to be changed and packed again. */
export function elementsOf(frame: Uint8Array): unknown[] {
  const value: unknown = packr.unpack(new Uint8Array(frame));
  assert.ok(Array.isArray(value));
  return value;
}

/** The bytes that `text` spells in hexadecimal digits and white space. */
export function bytesOf(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, "");
  assert.match(digits, /^(?:[0-9a-f]{2})*$/);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A topic as a frame. */
export function topicFrame(topic: string): Uint8Array {
  return new TextEncoder().encode(topic);
}

/** The value that was read. */
export function valueOf<T>(decoded: Decoded<T>): T {
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  return decoded.value;
}

/** Fails unless nothing was read, for that reason. */
export function assertRejected(decoded: Decoded<unknown>, reason: RegExp): void {
  assert.ok(!decoded.ok, "it was read");
  assert.match(decoded.reason, reason);
  assert.doesNotMatch(decoded.reason, /\n/);
}

/** The same bytes inside a larger buffer, as transports hand them out. */
export function embedded(frame: Uint8Array): Uint8Array {
  const larger = new Uint8Array(frame.length + 16).fill(0xc1);
  larger.set(frame, 7);
  return larger.subarray(7, 7 + frame.length);
}
