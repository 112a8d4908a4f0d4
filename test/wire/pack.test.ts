import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pack, unpack } from "../../lib/wire/pack.ts";
import { assertRejected, bytesOf, embedded, rawFrame, valueOf } from "./frames.ts";
import { character } from "./arbitraries.ts";

test("a frame shares no memory with the encoder's pool", () => {
  const [first, second] = [pack(["first"]), pack(["second"])];
  assert.equal(first.buffer.byteLength, first.length);
  assert.notEqual(first.buffer, second.buffer);
  assert.equal(Object.getPrototypeOf(first), Uint8Array.prototype);
});

test("a frame is left as it came", () => {
  const frame = pack(["a", 1, null]);
  const before = Object.keys(frame);
  valueOf(unpack(frame));
  assert.deepEqual(Object.keys(frame), before);
});

test("any bytes are unpacked or refused, and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const unpacked = unpack(bytes);
      if (unpacked.ok) valueOf(unpack(rawFrame(unpacked.value)));
    }),
    { numRuns: 500 },
  );
});

test("a frame within a larger buffer is read to its own end", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: character, maxLength: 300 })), (texts) => {
      assert.deepEqual(valueOf(unpack(embedded(pack(texts)))), texts);
    }),
  );
});

test("records and extensions of msgpackr are out of reach", () => {
  // A definition of the record {a}, then its use: msgpackr would make an object of them.
  assertRejected(unpack(bytesOf("92 d4724091a16101 4002")), /extension/);
  assert.deepEqual(valueOf(unpack(bytesOf("9240 7f"))), [0x40, 0x7f]);
});

test("a number of 64 bits is read as a number", () => {
  assert.equal(valueOf(unpack(bytesOf("cf0000000100000000"))), 0x100000000);
  assert.equal(valueOf(unpack(bytesOf("d3ffffffffffffffff"))), -1);
});

test("a map is read as a map, so that no key is special", () => {
  const value = valueOf(unpack(bytesOf("81 a9 5f5f70726f746f5f5f a178")));
  assert.deepEqual(value, new Map([["__proto__", "x"]]));
});
