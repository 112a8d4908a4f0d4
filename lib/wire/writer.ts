import { RANDOM_BYTES, writeRandom } from "./hex.ts";

/** Longer messages are rare, and their cost lies elsewhere. */
const BYTES_MAX = 16_384;
const scratch = new Uint8Array(BYTES_MAX);
const view = new DataView(scratch.buffer);

/**
 * Writes one MessagePack value in one pass, in the smallest forms. Whatever is unusual, such as text
 * beyond ASCII or a message of more than 16 KiB, is a doubt: what was written is worthless, and the
 * general encoder alone judges. One at a time: all share one buffer.
 */
export class Writer {
  #at = 0;
  #isDoubtful = false;

  /** The frame, in memory of its own; undefined after a doubt. */
  frame(): Uint8Array | undefined {
    return this.#isDoubtful ? undefined : scratch.slice(0, this.#at);
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  doubt(): void {
    this.#isDoubtful = true;
  }

  nil(): void {
    this.#byte(0xc0);
  }

  array(count: number): void {
    if (count < 0x10) this.#byte(0x90 + count);
    else if (count < 0x10000) this.#unsigned(0xdc, 2, count);
    else this.doubt();
  }

  map(count: number): void {
    if (count < 0x10) this.#byte(0x80 + count);
    else this.doubt();
  }

  flag(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2);
  }

  number(value: number): void {
    if (value >>> 0 !== value) this.#double(value);
    else if (value < 0x80) this.#byte(value);
    else if (value < 0x100) this.#unsigned(0xcc, 1, value);
    else if (value < 0x10000) this.#unsigned(0xcd, 2, value);
    else this.#unsigned(0xce, 4, value);
  }

  /** Text in ASCII without NUL, of at most `max` bytes. */
  text(value: string, max: number): void {
    const { length } = value;
    if (length > max || length >= 0x10000) return this.doubt();
    if (length < 0x20) this.#byte(0xa0 + length);
    else if (length < 0x100) this.#unsigned(0xd9, 1, length);
    else this.#unsigned(0xda, 2, length);
    if (!this.#hasRoom(length)) return;
    const start = this.#at;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code === 0 || code > 0x7f) return this.doubt();
      scratch[start + index] = code;
    }
    this.#at = start + length;
  }

  /** 16 random bytes, given as hexadecimal digits that were checked. */
  random(value: string): void {
    this.#unsigned(0xc4, 1, RANDOM_BYTES);
    if (!this.#hasRoom(RANDOM_BYTES)) return;
    writeRandom(value, scratch, this.#at);
    this.#at += RANDOM_BYTES;
  }

  bytes(value: Uint8Array): void {
    if (value.length > 0xff) return this.doubt();
    this.#unsigned(0xc4, 1, value.length);
    if (!this.#hasRoom(value.length)) return;
    scratch.set(value, this.#at);
    this.#at += value.length;
  }

  #double(value: number): void {
    if (!this.#hasRoom(9)) return;
    scratch[this.#at] = 0xcb;
    view.setFloat64(this.#at + 1, value);
    this.#at += 9;
  }

  #unsigned(token: number, width: number, value: number): void {
    if (!this.#hasRoom(1 + width)) return;
    scratch[this.#at] = token;
    let rest = value;
    for (let at = this.#at + width; at > this.#at; at -= 1) {
      scratch[at] = rest & 0xff;
      rest >>>= 8;
    }
    this.#at += 1 + width;
  }

  #byte(value: number): void {
    if (!this.#hasRoom(1)) return;
    scratch[this.#at] = value;
    this.#at += 1;
  }

  #hasRoom(bytes: number): boolean {
    if (!this.#isDoubtful && this.#at + bytes <= BYTES_MAX) return true;
    this.doubt();
    return false;
  }
}
