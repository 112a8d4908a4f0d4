import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hexOf, isHex, writeHex } from "../../lib/wire/hex.ts";

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
