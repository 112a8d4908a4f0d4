import { Readable } from "node:stream";
import type { Dispatcher } from "undici";

/** A request's body, and whether it can be sent from the beginning (again). */
export interface Cargo {
  readonly body: Dispatcher.DispatchOptions["body"];
  readonly isWhole: () => boolean;
  /** It can be sent any number of times, read or not. */
  readonly isKept: boolean;
}

/** Undici's forms and those of Node are different classes of one name. */
const KEPT: ReadonlySet<string> = new Set(["[object FormData]", "[object Blob]", "[object File]"]);
const ALWAYS = (): boolean => true;

/**
 * Text, bytes, forms and blobs can be sent any number of times. A stream or an iterator can while
 * nobody has begun to read it: after a refused connection, not after a broken one.
 */
export function cargoOf(body: Dispatcher.DispatchOptions["body"]): Cargo {
  if (typeof body !== "object" || body === null || isBytes(body)) return kept(body);
  if (isStream(body)) {
    const isWhole = (): boolean => !Readable.isDisturbed(body) && !body.destroyed;
    return { body, isWhole, isKept: false };
  }
  // Forms can be iterated, but are read anew each time.
  return KEPT.has(Object.prototype.toString.call(body)) ? kept(body) : iterated(body);
}

function kept(body: Dispatcher.DispatchOptions["body"]): Cargo {
  return { body, isWhole: ALWAYS, isKept: true };
}

/** `fetch` hands over an iterator whatever its body was. */
function iterated(body: unknown): Cargo {
  let isBegun = false;
  const source = body as AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  const watched = {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      isBegun = true;
      yield* source;
    },
  };
  return { body: watched as unknown as Readable, isWhole: () => !isBegun, isKept: false };
}

function isBytes(body: object): boolean {
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer;
}

function isStream(body: object): body is Readable {
  return "pipe" in body && typeof body.pipe === "function" && "on" in body;
}
