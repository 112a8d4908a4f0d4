import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import {
  amount,
  blob,
  checkText,
  flag,
  prose,
  random,
  text,
  whole,
  word,
} from "../../lib/wire/scalars.ts";
import type { Codec } from "../../lib/wire/codec.ts";
import { EPOCH } from "./samples.ts";

const MAX = LIMITS.wordBytesMax;
const BYTES = Uint8Array.from({ length: 16 }, (_, index) => index * 0x11);

interface Case {
  readonly name: string;
  readonly codec: Codec<never>;
  readonly good: readonly unknown[];
  readonly bad: readonly (readonly [value: unknown, code: string])[];
}

const CASES: readonly Case[] = [
  {
    name: "a whole number",
    codec: whole(),
    good: [0, 1, Number.MAX_SAFE_INTEGER],
    bad: [
      [-1, "ERR_WIRE"],
      [1.5, "ERR_WIRE"],
      [NaN, "ERR_WIRE"],
      [Infinity, "ERR_WIRE"],
      [2 ** 53, "ERR_WIRE"],
      ["1", "ERR_WIRE"],
      [1n, "ERR_WIRE"],
      [undefined, "ERR_WIRE"],
    ],
  },
  {
    name: "a whole number between bounds",
    codec: whole(1, 9),
    good: [1, 9],
    bad: [
      [0, "ERR_WIRE"],
      [10, "ERR_WIRE"],
    ],
  },
  {
    name: "an amount",
    codec: amount("weightMax"),
    good: [0, 0.5, LIMITS.weightMax],
    bad: [
      [-0.1, "ERR_WIRE"],
      [NaN, "ERR_WIRE"],
      [Infinity, "ERR_WIRE"],
      ["1", "ERR_WIRE"],
      [LIMITS.weightMax + 0.1, "ERR_LIMIT"],
    ],
  },
  {
    name: "a flag",
    codec: flag,
    good: [true, false],
    bad: [
      [0, "ERR_WIRE"],
      [null, "ERR_WIRE"],
    ],
  },
  {
    name: "a text",
    codec: text("wordBytesMax"),
    good: ["", "x".repeat(MAX), "ü".repeat(MAX / 2), "\uFEFFa"],
    bad: [
      ["x".repeat(MAX + 1), "ERR_LIMIT"],
      ["ü".repeat(MAX / 2 + 1), "ERR_LIMIT"],
      ["a\0", "ERR_WIRE"],
      ["\ud800", "ERR_WIRE"],
      [7, "ERR_WIRE"],
    ],
  },
  {
    name: "a text that is longer than a mark allows",
    codec: text("tagBytesMax"),
    good: [`\uFEFF${"a".repeat(61)}`, `a\uFEFF${"a".repeat(100)}`],
    bad: [[`\uFEFF${"a".repeat(62)}`, "ERR_WIRE"]],
  },
  { name: "a name", codec: text("wordBytesMax", 1), good: ["a"], bad: [["", "ERR_WIRE"]] },
  {
    name: "a word",
    codec: word(["a", "b"]),
    good: ["a", "b"],
    bad: [
      ["c", "ERR_WIRE"],
      ["toString", "ERR_WIRE"],
      [0, "ERR_WIRE"],
    ],
  },
  {
    name: "16 random bytes",
    codec: random,
    good: [EPOCH],
    bad: [
      [EPOCH.toUpperCase(), "ERR_WIRE"],
      [EPOCH.slice(1), "ERR_WIRE"],
      [`${EPOCH}00`, "ERR_WIRE"],
      [BYTES, "ERR_WIRE"],
    ],
  },
  {
    name: "bytes",
    codec: blob("wordBytesMax"),
    good: [new Uint8Array(), new Uint8Array(MAX)],
    bad: [
      [new Uint8Array(MAX + 1), "ERR_LIMIT"],
      ["00", "ERR_WIRE"],
      [[0], "ERR_WIRE"],
    ],
  },
];

for (const { name, codec, good, bad } of CASES) {
  test(`${name} is checked`, () => {
    for (const value of good) assert.equal(codec.check(value, "field"), undefined, String(value));
    for (const [value, code] of bad) {
      const flaw = codec.check(value, "field");
      assert.equal(flaw?.code, code, String(value));
      assert.match(flaw?.text ?? "", /^field /);
    }
  });
}

test("a flaw names the limit, the value and what is allowed", () => {
  assert.equal(
    checkText("x".repeat(65), "id", "wordBytesMax")?.text,
    "id is at least 65 bytes, more than wordBytesMax 64",
  );
  assert.equal(
    whole(0, 9).check("7", "port")?.text,
    'port is "7" but must be a whole number from 0 to 9',
  );
});

test("16 random bytes travel as bytes", () => {
  assert.deepEqual(random.write(EPOCH), BYTES);
  assert.equal(random.read(BYTES), EPOCH);
  for (const wire of [
    EPOCH,
    BYTES.subarray(1),
    Uint8Array.of(...BYTES, 1),
    [...BYTES],
    null,
    undefined,
  ]) {
    assert.equal(random.read(wire), undefined);
  }
});

test("bytes that were read are a copy", () => {
  const frame = Uint8Array.of(1, 2, 3);
  const read = blob("wordBytesMax").read(frame.subarray(1));
  frame.fill(0);
  assert.deepEqual(read, Uint8Array.of(2, 3));
});

test("a word of a later sender is read as the fallback, a value of another kind is not", () => {
  const status = word(["good", "unknown"], "unknown");
  assert.equal(status.read("splendid"), "unknown");
  assert.equal(status.read("good"), "good");
  assert.equal(status.read(7), 7);
  assert.equal(word(["good"]).read("splendid"), "splendid");
});

test("prose is mended by the writer, not refused", () => {
  const note = prose("wordBytesMax");
  assert.equal(note.check("\uFEFFa\0\ud800", "text"), undefined);
  assert.equal(note.write("\uFEFFa\0\ud800b"), "ab");
  assert.equal(note.write("ü".repeat(MAX)), "ü".repeat(MAX / 2));
  assert.equal(note.check(7, "text")?.code, "ERR_WIRE");
  assert.equal(note.read("x".repeat(MAX + 1)), undefined);
});
