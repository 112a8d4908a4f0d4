import { RANDOM_BYTES, randomOf } from "./hex.ts";

const decoder = new TextDecoder();
/** Up to here putting characters together costs less than a call of the decoder. */
const SHORT = 12;

/**
 * Walks once over the bytes of one MessagePack value that has the forms our own writers give it.
 * Whatever is unusual, such as text beyond ASCII or a longer array of a later version, is a doubt:
 * what was read until then is worthless, and the general decoder alone judges. Never throws, and
 * never reads beyond the frame.
 */
export class Reader {
  readonly #frame: Uint8Array;
  #at = 0;
  #isDoubtful = false;

  constructor(frame: Uint8Array) {
    this.#frame = frame;
  }

  /** True where everything was as expected and nothing is left. */
  get isDone(): boolean {
    return !this.#isDoubtful && this.#at === this.#frame.length;
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Takes a nil, where one is next. */
  nil(): boolean {
    if (this.#frame[this.#at] !== 0xc0) return false;
    this.#at += 1;
    return true;
  }

  /** How many elements the array has that opens here. */
  array(): number {
    const token = this.#next();
    if (token >= 0x90 && token < 0xa0) return token - 0x90;
    if (token === 0xdc) return this.#unsigned(2);
    this.doubt();
    return 0;
  }

  /** How many entries the map has that opens here. */
  map(): number {
    const token = this.#next();
    if (token >= 0x80 && token < 0x90) return token - 0x80;
    this.doubt();
    return 0;
  }

  flag(): boolean {
    const token = this.#next();
    if (token !== 0xc2 && token !== 0xc3) this.doubt();
    return token === 0xc3;
  }

  number(): number {
    const token = this.#next();
    if (token < 0x80) return token;
    if (token === 0xcc) return this.#unsigned(1);
    if (token === 0xcd) return this.#unsigned(2);
    if (token === 0xce) return this.#unsigned(4);
    if (token === 0xcb) return this.#double();
    this.doubt();
    return 0;
  }

  /** Text in ASCII without NUL, of at most `max` bytes. */
  text(max: number): string {
    const token = this.#next();
    let length = token - 0xa0;
    if (token === 0xd9) length = this.#unsigned(1);
    else if (token === 0xda) length = this.#unsigned(2);
    else if (token < 0xa0 || token > 0xbf) length = -1;
    const start = this.#at;
    const end = start + length;
    if (length < 0 || length > max || end > this.#frame.length) {
      this.doubt();
      return "";
    }
    this.#at = end;
    return this.#ascii(start, end);
  }

  /** 16 random bytes as hexadecimal digits. */
  random(): string {
    const start = this.#binary(RANDOM_BYTES);
    return this.#isDoubtful ? "" : randomOf(this.#frame, start);
  }

  /** A copy of at most `max` bytes. */
  bytes(max: number): Uint8Array {
    const start = this.#binary(-1, max);
    // Not `slice`, which of a Buffer copies nothing.
    return this.#isDoubtful
      ? new Uint8Array()
      : new Uint8Array(this.#frame.subarray(start, this.#at));
  }

  /** Where the bytes begin of a bin of `size`, or of any size up to `max`. */
  #binary(size: number, max = size): number {
    const length = this.#next() === 0xc4 ? this.#unsigned(1) : -1;
    const start = this.#at;
    this.#at += Math.max(0, length);
    const fits = length >= 0 && length <= max && this.#at <= this.#frame.length;
    if (!fits || (size >= 0 && length !== size)) this.doubt();
    return start;
  }

  #ascii(start: number, end: number): string {
    const frame = this.#frame;
    const isShort = end - start <= SHORT;
    let text = "";
    for (let at = start; at < end; at += 1) {
      const byte = frame[at] ?? 0;
      if (byte === 0 || byte > 0x7f) {
        this.doubt();
        return "";
      }
      if (isShort) text += String.fromCharCode(byte);
    }
    return isShort ? text : decoder.decode(frame.subarray(start, end));
  }

  #double(): number {
    const { buffer, byteOffset, length } = this.#frame;
    const start = this.#at;
    this.#at += 8;
    if (this.#at <= length) return new DataView(buffer, byteOffset, length).getFloat64(start);
    this.doubt();
    return 0;
  }

  #unsigned(width: number): number {
    let value = 0;
    for (let left = width; left > 0; left -= 1) value = value * 256 + this.#next();
    return value;
  }

  #next(): number {
    const byte = this.#frame[this.#at];
    this.#at += 1;
    if (byte !== undefined) return byte;
    this.doubt();
    return 0;
  }
}
