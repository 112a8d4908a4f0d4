import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf } from "../../lib/ring/hash.ts";
import { CACHED_KEY_LENGTH_MAX, KeyMemory } from "../../lib/ring/key-memory.ts";
import { keysOf } from "./reference.ts";

test("a key lies in the same place, remembered or not", () => {
  const keys = [...keysOf(50), "é", "", "x".repeat(CACHED_KEY_LENGTH_MAX + 1)];
  for (const max of [0, 1, 7, 1000]) {
    const hashes = new KeyMemory(max, hashOf);
    for (const key of [...keys, ...keys.toReversed(), ...keys]) {
      assert.equal(hashes.of(key), hashOf(key), `${key} with ${max}`);
    }
  }
});

test("of those remembered the latest used are not found again, and long ones are each time", () => {
  const found: string[] = [];
  const memory = new KeyMemory(4, (key) => found.push(key));
  for (const key of ["a", "b", "a", "c", "a", "d", "a"]) memory.of(key);
  assert.deepEqual(found, ["a", "b", "c", "d"]);
  const long = "x".repeat(CACHED_KEY_LENGTH_MAX + 1);
  memory.of(long);
  memory.of(long);
  assert.deepEqual(found.slice(4), [long, long]);
});

test("the first four bytes of the digest, the lowest first", () => {
  // MD5 of the empty text begins with d4 1d 8c d9.
  assert.equal(hashOf(""), 0xd98c1dd4);
});
