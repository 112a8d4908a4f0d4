import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import {
  assertFrame,
  assertValid,
  decode,
  encode,
  exceeded,
  malformed,
} from "../../lib/wire/codec.ts";
import type { Codec } from "../../lib/wire/codec.ts";
import { assertRejected, rawFrame, valueOf } from "./frames.ts";

/** A codec that takes nothing but "yes", and lets its writer be as long as a test wants. */
function yes(written: string): Codec<string> {
  return {
    check: (value, at) => (value === "yes" ? undefined : malformed(`${at} is not yes`)),
    write: () => written,
    read: (wire) => (typeof wire === "string" ? wire : undefined),
    put: (_, writer) => writer.doubt(),
    take: (reader) => reader.doubt(),
  };
}

test("the writer's check is the reader's check", () => {
  assert.deepEqual(encode(yes("yes"), "yes", "word"), rawFrame("yes"));
  assert.equal(valueOf(decode(yes(""), rawFrame("yes"), "word")), "yes");
  assert.throws(() => encode(yes("no"), "no", "word"), {
    code: "ERR_WIRE",
    message: /word is not yes/,
  });
  assertRejected(decode(yes(""), rawFrame("no"), "word"), /^word is not yes$/);
});

test("a frame of another shape is described", () => {
  assertRejected(decode(yes(""), rawFrame(7), "word"), /word is 7 but must be a list/);
  assertRejected(decode(yes(""), rawFrame([99, 1]), "word"), /word of 2 elements opens with 99/);
  assertRejected(decode(yes(""), new Uint8Array(), "word"), /ends within/);
});

test("a frame may be as long as frameBytesMax and no longer", () => {
  const head = 5;
  assert.equal(
    encode(yes("x".repeat(LIMITS.frameBytesMax - head)), "yes", "word").length,
    LIMITS.frameBytesMax,
  );
  assert.throws(() => encode(yes("x".repeat(LIMITS.frameBytesMax)), "yes", "word"), {
    code: "ERR_LIMIT",
    message: /word is 1048581 bytes, more than frameBytesMax 1048576/,
  });
  const longest = new Uint8Array(LIMITS.frameBytesMax);
  assert.equal(assertFrame(longest, "word"), longest);
  assert.throws(() => assertFrame(new Uint8Array(longest.length + 1), "word"), {
    code: "ERR_LIMIT",
  });
});

test("a flaw is thrown under its code", () => {
  const over: Codec<string> = {
    ...yes(""),
    check: (_, at) => exceeded(`${at} is 3`, "wordsMax", 2),
  };
  assert.throws(() => assertValid(over, "yes", "word"), {
    code: "ERR_LIMIT",
    message: /word is 3, more than wordsMax 2/,
  });
});
