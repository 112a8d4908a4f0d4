import { Packr } from "msgpackr";
import { scan } from "./scan.ts";
import { show } from "./text.ts";

/** What MessagePack carries for us: no extensions, and maps of text only. */
export type Wire =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Wire[]
  | ReadonlyMap<string, string>;

/** What became of bytes from the network: a value, or on one line why there is none. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** The options keep to plain MessagePack, with the smallest form of everything. */
const packr = new Packr({
  useRecords: false,
  moreTypes: false,
  structuredClone: false,
  bundleStrings: false,
  variableMapSize: true,
  // As an object, a map would lose its key "__proto__" to another name.
  mapsAsObjects: false,
  int64AsType: "number",
});

/**
 * One frame. A copy of its own: what msgpackr returns is a view that keeps a pool of 8 KiB alive,
 * or one of several times a large frame.
 */
export function pack(wire: Wire): Uint8Array {
  return new Uint8Array(packr.pack(wire));
}

/** The value in one frame of any bytes. Never throws. */
export function unpack(frame: Uint8Array): Decoded<unknown> {
  const reason = scan(frame);
  if (reason !== undefined) return rejected(reason);
  // A view of our own, because msgpackr leaves a property `dataView` on what it is given.
  const view = new Uint8Array(frame.buffer, frame.byteOffset, frame.length);
  try {
    const value: unknown = packr.unpack(view);
    return accepted(value);
  } catch (error) {
    return rejected(`msgpackr: ${show(error instanceof Error ? error.message : error)}`);
  }
}

/** A value was read. */
export function accepted<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

/** No value was read; `reason` is one line for a log. */
export function rejected(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
