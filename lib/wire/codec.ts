import { RollcallError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { accepted, pack, rejected, unpack, type Decoded, type Wire } from "./pack.ts";
import { Reader } from "./reader.ts";
import { show } from "./text.ts";
import { Writer } from "./writer.ts";

/**
 * Why a value cannot travel: `ERR_LIMIT` where it exceeds a named limit, else `ERR_WIRE`. `text`
 * names the field and shows the value, on one line.
 */
export interface Flaw {
  readonly code: "ERR_LIMIT" | "ERR_WIRE";
  readonly text: string;
}

/**
 * How one kind of value travels. `write` trusts its argument, so `check` comes first. `read` never
 * throws and never judges: it turns what was unpacked into the shape of a value, or into
 * `undefined` where it has another shape, and then the writer's own `check` decides. So both sides
 * refuse the same.
 *
 * `put` and `take` do all of it in one pass for what is usual, and leave what is not, or what may not
 * travel, to the other three by a doubt: they never refuse, and never say why.
 */
export interface Codec<T> {
  /** `at` names the value in the text of the flaw, such as `card.weight`. */
  check(value: unknown, at: string): Flaw | undefined;
  write(value: T): Wire;
  read(wire: unknown): unknown;
  put(value: unknown, writer: Writer): void;
  take(reader: Reader): unknown;
  /** True where `undefined` travels as nil, and nil is read as an absent field. */
  readonly optional?: boolean;
}

/** The value is not of the kind that the field takes. */
export function malformed(text: string): Flaw {
  return { code: "ERR_WIRE", text };
}

/** The value is of the right kind, but more than the limit `name` allows. */
export function exceeded(text: string, name: string, max: number): Flaw {
  return { code: "ERR_LIMIT", text: `${text}, more than ${name} ${max}` };
}

/** Throws `ERR_LIMIT` or `ERR_WIRE` where `codec` refuses `value`. */
export function assertValid<T>(codec: Codec<T>, value: T, at: string): void {
  const flaw = codec.check(value, at);
  if (flaw !== undefined) throw new RollcallError(flaw.code, flaw.text);
}

/** The frame itself, where it is not too long; else throws `ERR_LIMIT`. */
export function assertFrame(frame: Uint8Array, at: string): Uint8Array {
  if (frame.length <= LIMITS.frameBytesMax) return frame;
  const flaw = exceeded(`${at} is ${frame.length} bytes`, "frameBytesMax", LIMITS.frameBytesMax);
  throw new RollcallError(flaw.code, flaw.text);
}

/** One value as a frame. Throws `ERR_LIMIT` or `ERR_WIRE` with the field, the value and the limit. */
export function encode<T>(codec: Codec<T>, value: T, at: string): Uint8Array {
  return encodeAtOnce(codec, value) ?? encodeThoroughly(codec, value, at);
}

/** One value from a frame of any bytes. Never throws. */
export function decode<T>(codec: Codec<T>, frame: Uint8Array, at: string): Decoded<T> {
  return decodeAtOnce(codec, frame) ?? decodeThoroughly(codec, frame, at);
}

/** The frame of a value that is usual; the same bytes, where it is not undefined. */
export function encodeAtOnce<T>(codec: Codec<T>, value: T): Uint8Array | undefined {
  const writer = new Writer();
  codec.put(value, writer);
  return writer.frame();
}

/** The value of a frame that is usual; the same value, where it is not undefined. */
export function decodeAtOnce<T>(codec: Codec<T>, frame: Uint8Array): Decoded<T> | undefined {
  if (frame.length > LIMITS.frameBytesMax) return undefined;
  const reader = new Reader(frame);
  const value = codec.take(reader);
  // Whatever was taken without a doubt is what the check would let pass.
  return reader.isDone ? accepted(value as T) : undefined;
}

/** As `encode`, of anything that may travel. */
export function encodeThoroughly<T>(codec: Codec<T>, value: T, at: string): Uint8Array {
  assertValid(codec, value, at);
  return assertFrame(pack(codec.write(value)), at);
}

/** As `decode`, of any bytes, and tells why not. */
export function decodeThoroughly<T>(codec: Codec<T>, frame: Uint8Array, at: string): Decoded<T> {
  const unpacked = unpack(frame);
  if (!unpacked.ok) return unpacked;
  const value = codec.read(unpacked.value);
  if (value === undefined) return rejected(`${at} ${describe(unpacked.value)}`);
  const flaw = codec.check(value, at);
  // The check has just established what the cast claims.
  return flaw === undefined ? accepted(value as T) : rejected(flaw.text);
}

function describe(wire: unknown): string {
  if (!Array.isArray(wire)) return `is ${show(wire)} but must be a list`;
  const items: readonly unknown[] = wire;
  return `of ${items.length} elements opens with ${show(items[0])}: no known kind, or too few elements`;
}
