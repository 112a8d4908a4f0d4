import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fit, jsonLine, pad, visible, visibleJson, widthOf } from "../../lib/cli/render/text.ts";
import { age, clock, duration } from "../../lib/cli/render/time.ts";

/** What a terminal would act upon. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const SHOWN: readonly (readonly [given: string, shown: string])[] = [
  ["plain text, ünïcode and 日本語", "plain text, ünïcode and 日本語"],
  ["\u001b[31mred", "\\x1b[31mred"],
  ["\u009b31m", "\\x9b31m"],
  ["a\r\nb\tc\u0007\u007f", "a\\x0d\\x0ab\\x09c\\x07\\x7f"],
  ["\u202eabc\u2066", "\\u{202e}abc\\u{2066}"],
  ["zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"],
  ["\u2028", "\\u{2028}"],
  ["\ud800", "\\u{d800}"],
  ["🎉", "🎉"],
];

test("what could control a terminal is shown instead", () => {
  for (const [given, shown] of SHOWN) assert.equal(visible(given), shown);
});

test("no text leaves anything to act upon", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !ACTIVE.test(visible(text))));
});

test("a JSON line means the same as before, is one line, and is safe to show", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(fc.dictionary(text, text), (value) => {
      const line = jsonLine(value);
      assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify(value)));
      assert.doesNotMatch(line, ACTIVE);
      assert.doesNotMatch(visibleJson(JSON.stringify(value)), ACTIVE);
    }),
  );
});

const WIDTHS: readonly (readonly [text: string, width: number])[] = [
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["日本", 4],
  ["データ", 6],
  ["한국", 4],
  ["ＡＢ", 4],
  ["🎉", 2],
  ["…", 1],
];

test("width counts the columns of a terminal", () => {
  for (const [text, width] of WIDTHS) assert.equal(widthOf(text), width, text);
});

test("text is cut to a width with an ellipsis, never within a character", () => {
  assert.equal(fit("abcdef", 6), "abcdef");
  assert.equal(fit("abcdef", 4), "abc…");
  assert.equal(fit("日本語", 4), "日…");
  assert.equal(fit("e\u0301e\u0301e\u0301", 2), "e\u0301…");
  assert.equal(fit("abc", 1), "…");
  assert.equal(fit("abc", 0), "");
});

test("whatever is fitted and padded has exactly its width", () => {
  const text = fc.string({ unit: "grapheme" }).map(visible);
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 30 }), (given, width) => {
      assert.equal(widthOf(pad(fit(given, width), width)), width);
      assert.equal(widthOf(pad(fit(given, width), width, "right")), width);
    }),
  );
});

test("times are shown in units that fit them", () => {
  const shown = [0.34, 9.99, 10, 999, 1000, 59_900, 60_000, 3_600_000, 172_800_000].map(duration);
  const expected = "0.3 ms|10.0 ms|10 ms|999 ms|1.0 s|59.9 s|1 min|1 h|2 d";
  assert.equal(shown.join("|"), expected);
  const ages = [-5000, 0, 59_999, 60_000, 3_599_999, 3_600_000, 172_800_000].map(age);
  assert.deepEqual(ages, ["0s", "0s", "59s", "1m", "59m", "1h", "2d"]);
  assert.match(clock(1234), /^\d\d:\d\d:01\.234$/);
});
