import { LIMITS } from "../core/limits.ts";
import { exceeded, malformed, type Codec, type Flaw } from "./codec.ts";
import type { Wire } from "./pack.ts";
import type { Reader } from "./reader.ts";
import type { LimitName } from "./scalars.ts";
import { show } from "./text.ts";
import type { Writer } from "./writer.ts";

/** The fields of a record, in the order in which they travel. */
export type Fields<T> = { readonly [K in keyof T]-?: Codec<Exclude<T[K], undefined>> };

/** A record that opens with a number, which tells it from others in its place. */
export interface Variant<T> extends Codec<T> {
  readonly number: number;
  /** As `take`, where the number has been read, of an array of `count` elements with it. */
  takeRest(reader: Reader, count: number): unknown;
}

/** One variant for each kind of a union. */
export type Variants<T extends { readonly kind: string }> = {
  readonly [K in T["kind"]]: Variant<Extract<T, { readonly kind: K }>>;
};

/** `null` travels as nil. */
export function nullable<T>(inner: Codec<T>): Codec<T | null> {
  return {
    check: (value, at) => (value === null ? undefined : inner.check(value, at)),
    write: (value) => (value === null ? null : inner.write(value)),
    read: (wire) => (wire === null ? null : inner.read(wire)),
    put: (value, writer) => (value === null ? writer.nil() : inner.put(value, writer)),
    take: (reader) => (reader.nil() ? null : inner.take(reader)),
  };
}

/** A field that may be absent: nil on the wire. */
export function optional<T>(inner: Codec<T>): Codec<T> {
  return { ...inner, optional: true };
}

/** Values of one kind, at most `LIMITS[limit]`; without a limit the size of the frame limits them. */
export function list<T>(inner: Codec<T>, limit?: LimitName): Codec<readonly T[]> {
  const max = limit === undefined ? Infinity : LIMITS[limit];
  return {
    check(value, at) {
      if (!Array.isArray(value)) return malformed(`${at} is ${show(value)} but must be a list`);
      if (limit !== undefined && value.length > LIMITS[limit]) {
        return exceeded(`${at} has ${value.length} elements`, limit, LIMITS[limit]);
      }
      for (const [index, item] of value.entries()) {
        // The name of the element is made only where it is needed.
        if (inner.check(item, at) !== undefined) return inner.check(item, `${at}[${index}]`);
      }
      return undefined;
    },
    write: (values) => values.map((value) => inner.write(value)),
    read: (wire) => (Array.isArray(wire) ? wire.map((item) => inner.read(item)) : undefined),
    put(value, writer) {
      if (!Array.isArray(value) || value.length > max) return writer.doubt();
      writer.array(value.length);
      for (let index = 0; index < value.length && !writer.isDoubtful; index += 1) {
        inner.put(value[index], writer);
      }
    },
    take(reader) {
      const count = reader.array();
      if (count > max) reader.doubt();
      const items: unknown[] = [];
      while (items.length < count && !reader.isDoubtful) items.push(inner.take(reader));
      return items;
    },
  };
}

/**
 * A record as a positional array. A reader ignores elements after those it knows, so that later
 * minor versions can append fields. `name` opens the names of its fields in errors.
 */
export function record<T extends object>(name: string, fields: Fields<T>): Codec<T> {
  const rows = rowsOf(name, fields);
  return {
    check: (value, at) => checkRows(rows, value, at),
    write: (value) => writeRows(rows, value, []),
    read: (wire) => readRows(rows, wire, {}),
    put(value, writer) {
      writer.array(rows.length);
      putRows(rows, value, writer);
    },
    take(reader) {
      if (reader.array() !== rows.length) reader.doubt();
      return takeRows(rows, reader, {});
    },
  };
}

/** A record whose array opens with `number` and whose object has the field `kind`. */
export function variant<T extends { readonly kind: string }>(
  kind: T["kind"],
  number: number,
  fields: Fields<Omit<T, "kind">>,
): Variant<T> {
  const rows = rowsOf(kind, fields);
  const takeRest = (reader: Reader, count: number): unknown => {
    if (count !== rows.length + 1) reader.doubt();
    return takeRows(rows, reader, { kind });
  };
  return {
    number,
    check: (value, at) => checkRows(rows, value, at),
    write: (value) => writeRows(rows, value, [number]),
    read: (wire) =>
      Array.isArray(wire) && wire[0] === number ? readRows(rows, wire, { kind }) : undefined,
    put(value, writer) {
      writer.array(rows.length + 1);
      writer.number(number);
      putRows(rows, value, writer);
    },
    take(reader) {
      const count = reader.array();
      if (reader.number() !== number) reader.doubt();
      return takeRest(reader, count);
    },
    takeRest,
  };
}

/** One of several variants: told apart by `kind` in the program and by number on the wire. */
export function union<T extends { readonly kind: string }>(variants: Variants<T>): Codec<T> {
  const byKind = new Map<unknown, Variant<T>>(Object.entries<Variant<T>>(variants));
  const byNumber = new Map<unknown, Variant<T>>(
    [...byKind.values()].map((row) => [row.number, row]),
  );
  return {
    check(value, at) {
      const found = isObject(value) ? byKind.get(value["kind"]) : undefined;
      return found === undefined ? malformed(`${at} is of no known kind`) : found.check(value, at);
    },
    write: (value) => byKind.get(value.kind)?.write(value) ?? null,
    read: (wire) => (Array.isArray(wire) ? byNumber.get(wire[0])?.read(wire) : undefined),
    put(value, writer) {
      const found = isObject(value) ? byKind.get(value["kind"]) : undefined;
      if (found === undefined) writer.doubt();
      else found.put(value, writer);
    },
    take(reader) {
      const count = reader.array();
      const found = byNumber.get(reader.number());
      if (found === undefined) reader.doubt();
      return found?.takeRest(reader, count);
    },
  };
}

interface Row {
  readonly key: string;
  readonly at: string;
  readonly codec: Codec<unknown>;
}

function rowsOf<T>(name: string, fields: Fields<T>): readonly Row[] {
  return Object.entries<Codec<unknown>>(fields).map(([key, codec]) => ({
    key,
    at: `${name}.${key}`,
    codec,
  }));
}

function checkRows(rows: readonly Row[], value: unknown, at: string): Flaw | undefined {
  if (!isObject(value)) return malformed(`${at} is missing or malformed`);
  for (const { key, at: field, codec } of rows) {
    const inner = value[key];
    if (inner === undefined && codec.optional === true) continue;
    const flaw = codec.check(inner, field);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function writeRows(rows: readonly Row[], value: unknown, wire: Wire[]): readonly Wire[] {
  if (!isObject(value)) return wire;
  for (const { key, codec } of rows) {
    const inner = value[key];
    wire.push(inner === undefined ? null : codec.write(inner));
  }
  return wire;
}

function readRows(rows: readonly Row[], wire: unknown, target: Record<string, unknown>): unknown {
  let at = "kind" in target ? 1 : 0;
  if (!Array.isArray(wire) || wire.length < at + rows.length) return undefined;
  for (const { key, codec } of rows) {
    const inner: unknown = wire[at];
    at += 1;
    if (inner !== null || codec.optional !== true) target[key] = codec.read(inner);
  }
  return target;
}

function putRows(rows: readonly Row[], value: unknown, writer: Writer): void {
  if (!isObject(value)) return writer.doubt();
  for (const { key, codec } of rows) {
    const inner = value[key];
    if (inner === undefined && codec.optional === true) writer.nil();
    else codec.put(inner, writer);
    if (writer.isDoubtful) return;
  }
}

function takeRows(rows: readonly Row[], reader: Reader, target: Record<string, unknown>): unknown {
  for (const { key, codec } of rows) {
    if (codec.optional === true && reader.nil()) continue;
    target[key] = codec.take(reader);
    if (reader.isDoubtful) return undefined;
  }
  return target;
}

/** True for anything with fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
