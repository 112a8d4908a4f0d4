import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hexOf, isHex, isRandom, randomOf, writeHex, writeRandom } from "../../lib/wire/hex.ts";

test("bytes survive being spelled and read", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(5), (bytes, start) => {
      const hex = hexOf(bytes, 0, bytes.length);
      assert.equal(hex, Buffer.from(bytes).toString("hex"));
      assert.ok(isHex(hex, bytes.length));
      const target = new Uint8Array(start + bytes.length);
      assert.ok(writeHex(hex, target, start));
      assert.deepEqual(target.subarray(start), bytes);
    }),
  );
});

const REFUSED = ["0", "0g", "AB", "/0", ":0", "`0", "é0", "0\0"];

for (const text of REFUSED) {
  test(`${JSON.stringify(text)} is not hexadecimal`, () => {
    assert.equal(writeHex(text, new Uint8Array(4), 0), false);
    assert.equal(isHex(text, 1), false);
  });
}

test("a length that is off by one is noticed", () => {
  assert.equal(isHex("00".repeat(15), 16), false);
  assert.equal(isHex("00".repeat(17), 16), false);
});

test("random values are read and written alike, remembered or not, and from anywhere", () => {
  const values = fc.constantFrom(0, 1, 2, 3).map((n) => new Uint8Array(16).fill(n, n));
  const one = fc.oneof(values, fc.uint8Array({ minLength: 16, maxLength: 16 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(one, fc.nat(5)), { minLength: 1 }), (drawn) => {
      for (const [bytes, start] of drawn) {
        const frame = new Uint8Array(start + 17);
        frame.set(bytes, start);
        const text = randomOf(frame, start);
        assert.equal(text, Buffer.from(bytes).toString("hex"));
        frame.fill(9);
        assert.equal(randomOf(bytes, 0), text, "nobody else's bytes are kept");
        assert.ok(isRandom(text) && !isRandom(text.slice(2)) && !isRandom(`${text}00`));
        writeRandom(text, frame, 1);
        assert.deepEqual(frame.subarray(1, 17), bytes);
      }
    }),
  );
});
