import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Writer } from "../../lib/wire/writer.ts";
import { bytesOf, rawFrame } from "./frames.ts";

function frameOf(write: (writer: Writer) => void): Uint8Array | undefined {
  const writer = new Writer();
  write(writer);
  return writer.frame();
}

test("numbers have the bytes of the general encoder", () => {
  const some = fc.oneof(
    fc.constantFrom(0, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffffffff, 0x100000000),
    fc.maxSafeNat(),
    fc.double({ noNaN: true, min: 0, max: 1e6 }),
  );
  fc.assert(
    fc.property(some, (value) => {
      assert.deepEqual(
        frameOf((writer) => writer.number(value)),
        rawFrame(value),
      );
    }),
  );
});

test("text of ASCII has the bytes of the general encoder, whatever its length", () => {
  for (const length of [0, 1, 31, 32, 255, 256, 5000]) {
    const value = "x".repeat(length);
    assert.deepEqual(
      frameOf((writer) => writer.text(value, 5000)),
      rawFrame(value),
    );
  }
});

test("arrays, maps, flags and bytes have the bytes of the general encoder", () => {
  for (const count of [0, 15, 16, 1000]) {
    const array = Array.from({ length: count }, () => true);
    const frame = frameOf((writer) => {
      writer.array(count);
      for (const item of array) writer.flag(item);
    });
    assert.deepEqual(frame, rawFrame(array));
  }
  const frame = frameOf((writer) => {
    writer.map(1);
    writer.text("a", 1);
    writer.nil();
  });
  assert.deepEqual(frame, rawFrame(new Map([["a", null]])));
  const bytes = Uint8Array.from({ length: 255 }, (_, at) => at);
  assert.deepEqual(
    frameOf((writer) => writer.bytes(bytes)),
    rawFrame(bytes),
  );
  assert.deepEqual(
    frameOf((writer) => writer.random("00112233445566778899aabbccddeeff")),
    bytesOf("c410 00112233445566778899aabbccddeeff"),
  );
});

const DOUBTS: readonly (readonly [name: string, write: (writer: Writer) => void])[] = [
  ["text beyond ASCII", (writer) => writer.text("ä", 8)],
  ["text with NUL", (writer) => writer.text("a\0", 8)],
  ["text that is longer than it may be", (writer) => writer.text("abc", 2)],
  ["text of 64 KiB", (writer) => writer.text("x".repeat(0x10000), Infinity)],
  ["a map of more than 15", (writer) => writer.map(16)],
  ["an array of 65,536", (writer) => writer.array(0x10000)],
  ["more than 255 bytes", (writer) => writer.bytes(new Uint8Array(256))],
];

for (const [name, write] of DOUBTS) {
  test(`${name}: a doubt`, () => assert.equal(frameOf(write), undefined));
}

test("16 KiB fit, whatever comes last, and nothing more", () => {
  const fill = (writer: Writer, bytes: number): void => {
    for (let left = bytes; left > 0; left -= 1) writer.nil();
  };
  const lasts: readonly (readonly [bytes: number, write: (writer: Writer) => void])[] = [
    [1, (writer) => writer.nil()],
    [3, (writer) => writer.number(0x100)],
    [9, (writer) => writer.number(0.5)],
    [4, (writer) => writer.text("abc", 3)],
    [18, (writer) => writer.random("0".repeat(32))],
    [5, (writer) => writer.bytes(new Uint8Array(3))],
  ];
  for (const [bytes, write] of lasts) {
    const fits = frameOf((writer) => {
      fill(writer, 16_384 - bytes);
      write(writer);
    });
    assert.equal(fits?.length, 16_384);
    const exceeds = frameOf((writer) => {
      fill(writer, 16_385 - bytes);
      write(writer);
    });
    assert.equal(exceeds, undefined);
  }
});

test("a frame stays as it is when the next one is written", () => {
  const first = frameOf((writer) => writer.text("first", 8));
  frameOf((writer) => writer.text("other", 8));
  assert.deepEqual(first, rawFrame("first"));
});
