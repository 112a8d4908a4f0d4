import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "../../lib/core/limits.ts";
import { scan } from "../../lib/wire/scan.ts";
import { bytesOf, rawFrame } from "./frames.ts";
import { character } from "./arbitraries.ts";

/** Frames and why they are refused; undefined is for those that pass. */
const TABLE: readonly (readonly [name: string, hex: string, reason: RegExp | undefined])[] = [
  ["an empty frame", "", /ends within/],
  ["a small number", "7f", undefined],
  ["a negative number", "e0", undefined],
  ["nil", "c0", undefined],
  ["a byte nobody uses", "c1", /0xc1/],
  ["two values", "0102", /bytes follow/],
  [
    "every width of number",
    "99 cc01 cd0001 ce00000001 cf0000000000000001 d0ff d1ffff d2ffffffff d3ffffffffffffffff ca00000000",
    undefined,
  ],
  ["a double", "cb3ff0000000000000", undefined],
  ["a short double", "cb3ff00000000000", /ends within/],
  ["a short integer", "cf00000000000000", /ends within/],
  ["every width of bytes", "93 c40100 c5000100 c60000000100", undefined],
  ["bytes with a large declared length", "c6ffffffff00", /ends within/],
  ["bytes without a length", "c500", /ends within/],
  ["every width of text", "94 a161 d90161 da000161 db0000000161", undefined],
  ["text with a large declared length", "dbffffffff61", /ends within/],
  ["text without a length", "da00", /ends within/],
  ["short text", "a261", /ends within/],
  ["every width of list", "93 90 dc0000 dd00000000", undefined],
  ["every width of map", "93 80 de0000 df00000000", undefined],
  ["a list of four thousand million elements", "ddffffffff", /more elements/],
  ["a map of four thousand million entries", "dfffffffff", /more elements/],
  ["a list of one element too many", "9301 02", /more elements/],
  ["a map of an entry and a half", "8201 02 03", /more elements/],
  ["elements that are there but too short", "92a261 61", /ends within/],
  ["a list without a length", "dc00", /ends within/],
  ["fixext 1, a record of msgpackr", "d4724091a161", /extension/],
  ["fixext 2", "d5720000", /extension/],
  ["fixext 4, a timestamp", "d6ff00000000", /extension/],
  ["fixext 8, a timestamp", "d7ff0000000000000000", /extension/],
  ["fixext 16", `d870${"00".repeat(16)}`, /extension/],
  ["ext 8, a typed array of msgpackr", "c70274 00", /extension/],
  ["ext 16", "c8000174", /extension/],
  ["ext 32, as long as the memory", "c9ffffffff74", /extension/],
  ["an extension within", "9201d40000", /extension/],
  ["an extension as a key", "81d40000c0", /extension/],
  ["a lone continuation byte", "a180", /UTF-8/],
  ["a surrogate", "a3eda080", /UTF-8/],
  ["an overlong slash", "a2c0af", /UTF-8/],
  ["an overlong zero", "a3e08080", /UTF-8/],
  ["a character after the last one", "a4f4908080", /UTF-8/],
  ["a first byte after the last one", "a4f5808080", /UTF-8/],
  ["a cut character", "a2e282", /UTF-8/],
  ["a mark before a short text", "a4efbbbf61", undefined],
  ["a mark before a text of 64 bytes", `d940efbbbf${"61".repeat(61)}`, undefined],
  ["a mark before a longer text", `d941efbbbf${"61".repeat(62)}`, /byte order mark/],
  ["as deep as allowed", `${"91".repeat(LIMITS.depthMax)}c0`, undefined],
  ["one deeper", `${"91".repeat(LIMITS.depthMax + 1)}c0`, /depthMax/],
  ["one deeper, empty", `${"91".repeat(LIMITS.depthMax)}90`, /depthMax/],
  ["one deeper, in maps", `${"8100".repeat(LIMITS.depthMax)}80`, /depthMax/],
  ["deep enough to break a stack", "91".repeat(50_000), /depthMax/],
];

for (const [name, hex, reason] of TABLE) {
  test(`${name} is ${reason === undefined ? "passed" : "refused"}`, () => {
    const found = scan(bytesOf(hex));
    if (reason === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "passed", reason);
  });
}

test("a frame may be as long as frameBytesMax and no longer", () => {
  const text = new Uint8Array(LIMITS.frameBytesMax).fill(0x61);
  text.set([0xdb, 0x00, 0x0f, 0xff, 0xfb]);
  assert.equal(scan(text), undefined);
  assert.match(scan(new Uint8Array(LIMITS.frameBytesMax + 1)) ?? "passed", /frameBytesMax/);
});

test("text passes exactly where a strict decoder of UTF-8 takes it", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.array(
      fc.constantFrom(0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf),
      { maxLength: 6 },
    ),
  );
  fc.assert(
    fc.property(bytes, (text) => {
      const frame = Uint8Array.from([0xd9, text.length, ...text]);
      let isUtf8 = true;
      try {
        strict.decode(Uint8Array.from(text));
      } catch {
        isUtf8 = false;
      }
      assert.equal(scan(frame) === undefined, isUtf8);
    }),
    { numRuns: 500 },
  );
});

test("whatever msgpackr writes without extensions passes, and nothing that is cut off", () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", maxDepth: LIMITS.depthMax - 1 },
      tie("leaf"),
      tie("list"),
      tie("map"),
    ),
    leaf: fc.oneof(
      fc.string({ unit: character, maxLength: 70 }),
      fc.double(),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
    ),
    list: fc.array(tie("tree"), { maxLength: 20 }),
    map: fc.array(fc.tuple(fc.string(), tie("tree"))).map((entries) => new Map(entries)),
  }));
  fc.assert(
    fc.property(tree, fc.nat(), (value, cut) => {
      const frame = rawFrame(value);
      assert.equal(scan(frame), undefined);
      assert.notEqual(scan(frame.subarray(0, cut % frame.length)), undefined);
    }),
  );
});
