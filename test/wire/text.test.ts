import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HAS_LONE_SURROGATE, HAS_NUL, mended, show, utf8Length } from "../../lib/wire/text.ts";

const utf8 = new TextEncoder();
/** Any units at all, halves of pairs included. */
const anyUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfeff, 0)))
  .map((units) => String.fromCharCode(...units));

test("a text is as long as its encoding, or cannot be encoded", () => {
  fc.assert(
    fc.property(anyUnits, (text) => {
      const length = utf8Length(text);
      if (!/\p{Surrogate}|\0/u.test(text)) {
        assert.equal(length, utf8.encode(text).length);
      } else {
        assert.ok(length === HAS_NUL || length === HAS_LONE_SURROGATE);
      }
    }),
  );
});

const LENGTHS: readonly (readonly [text: string, length: number])[] = [
  ["", 0],
  ["a", 1],
  ["\u007f\u0080", 3],
  ["\u07ff\u0800", 5],
  ["\ud7ff\ue000\uffff", 9],
  ["\u{10000}\u{10ffff}", 8],
  ["a\0b", HAS_NUL],
  ["\ud800", HAS_LONE_SURROGATE],
  ["a\udc00", HAS_LONE_SURROGATE],
  ["\ud800\ud800\udc00", HAS_LONE_SURROGATE],
];

for (const [text, length] of LENGTHS) {
  test(`the length of ${JSON.stringify(text)} is ${length}`, () =>
    assert.equal(utf8Length(text), length));
}

test("a mended text travels, fits, and is unchanged where nothing had to be mended", () => {
  fc.assert(
    fc.property(anyUnits, fc.nat(40), (text, max) => {
      const whole = mended(text, max);
      const length = utf8Length(whole);
      assert.ok(length >= 0 && length <= max);
      const isSound = utf8Length(text) >= 0 && utf8Length(text) <= max && !text.includes("\uFEFF");
      if (isSound) assert.equal(whole, text);
    }),
  );
});

test("a shown value is short and on one line", () => {
  assert.equal(show("a\nb"), '"a\\nb"');
  assert.equal(show("x".repeat(1000)).length, 43);
  assert.equal(show([1]), "a list");
  assert.equal(show({ a: 1 }), "an object");
  assert.equal(show(null), "null");
  assert.equal(show(Symbol("a")), "Symbol(a)");
  assert.equal(
    show(() => 1),
    "a function",
  );
  assert.equal(show(1.5), "1.5");
});
