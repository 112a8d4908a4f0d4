import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Reader } from "../../lib/wire/reader.ts";
import { bytesOf, embedded, rawFrame } from "./frames.ts";

type Read = (reader: Reader) => unknown;

const number: Read = (reader) => reader.number();
const text: Read = (reader) => reader.text(40);

/** What is read of a whole frame, or undefined after a doubt. */
function readOf(read: Read, frame: Uint8Array): unknown {
  const reader = new Reader(embedded(frame));
  const value = read(reader);
  return reader.isDone ? value : undefined;
}

test("numbers that our writers make are read, whatever their width", () => {
  const some = fc.oneof(
    fc.constantFrom(0, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffffffff, 0x100000000),
    fc.maxSafeNat(),
    fc.double({ noNaN: true, min: 0.5 }),
  );
  fc.assert(fc.property(some, (value) => assert.equal(readOf(number, rawFrame(value)), value)));
});

test("text of ASCII is read, short or long", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (value) => {
      assert.equal(readOf(text, rawFrame(value)), value.includes("\0") ? undefined : value);
    }),
  );
});

const DOUBTS: readonly (readonly [name: string, read: Read, hex: string])[] = [
  ["a number of no bytes", number, ""],
  ["a number that is cut", number, "cd01"],
  ["a fraction that is cut", number, "cb3ff00000000000"],
  ["a negative number", number, "ff"],
  ["a number of 64 bits", number, "cf0000000000000001"],
  ["a fraction of 32 bits", number, "ca3f800000"],
  ["a text for a number", number, "a131"],
  ["a number with more behind it", number, "0100"],
  ["text that is cut", text, "a261"],
  ["text with a cut length", text, "da01"],
  ["text that is longer than it may be", text, `d929${"61".repeat(41)}`],
  ["text of 32 bits of length", text, "db0000000161"],
  ["text with NUL", text, "a100"],
  ["long text with NUL", text, `b4${"61".repeat(19)}00`],
  ["text beyond ASCII", text, "a2c3a4"],
  ["a number for text", text, "01"],
  ["bytes for text", text, "c40161"],
  ["an array that is a map", (reader) => reader.array(), "80"],
  ["an array of 32 bits of length", (reader) => reader.array(), "dd00000000"],
  ["a map that is an array", (reader) => reader.map(), "90"],
  ["a map of more than 15", (reader) => reader.map(), "de0000"],
  ["a flag that is nil", (reader) => reader.flag(), "c0"],
  ["15 random bytes", (reader) => reader.random(), `c40f${"00".repeat(15)}`],
  ["16 random bytes that are cut", (reader) => reader.random(), `c410${"00".repeat(15)}`],
  ["random bytes that are text", (reader) => reader.random(), `b0${"61".repeat(16)}`],
  ["bytes that are cut", (reader) => reader.bytes(4), "c40200"],
  ["more bytes than there may be", (reader) => reader.bytes(1), "c4020000"],
];

for (const [name, read, hex] of DOUBTS) {
  test(`${name}: a doubt`, () => assert.equal(readOf(read, bytesOf(hex)), undefined));
}

test("a nil is taken where there is one", () => {
  const reader = new Reader(bytesOf("c001"));
  assert.deepEqual([reader.nil(), reader.nil(), reader.number()], [true, false, 1]);
  assert.equal(reader.isDone, true);
});

test("bytes are a copy, also those of a Buffer", () => {
  const frame = Buffer.from("c4020102", "hex");
  const bytes = new Reader(frame).bytes(2);
  frame.fill(0);
  assert.deepEqual(bytes, Uint8Array.of(1, 2));
});

test("whatever the bytes, nothing is thrown and nothing read beyond them", () => {
  const calls = fc.constantFrom<Read>(
    number,
    text,
    (reader) => reader.nil(),
    (reader) => reader.flag(),
    (reader) => reader.array(),
    (reader) => reader.map(),
    (reader) => reader.random(),
    (reader) => reader.bytes(64),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), fc.array(calls), (frame, reads) => {
      // Behind the frame lie bytes that would be numbers.
      const larger = new Uint8Array(frame.length + 64).fill(7);
      larger.set(frame);
      const [alone, within] = [new Reader(frame), new Reader(larger.subarray(0, frame.length))];
      for (const read of reads) assert.deepEqual(read(within), read(alone));
      assert.equal(within.isDone, alone.isDone);
    }),
  );
});
