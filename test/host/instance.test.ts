import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { instanceOf, newInstance } from "../../lib/host/instance.ts";

test("an instance is the first half of the SHA-256 of its secret", () => {
  const { instance, secret } = newInstance();
  const digest = createHash("sha256").update(Buffer.from(secret, "hex")).digest("hex");
  assert.equal(instance, digest.slice(0, 32));
  assert.match(secret, /^[0-9a-f]{32}$/);
  // FIPS 180-4, of one block of "abc".
  assert.equal(instanceOf(Buffer.from("abc").toString("hex")), "ba7816bf8f01cfea414140de5dae2223");
});

test("every run is another one", () => {
  const names = new Set(Array.from({ length: 1000 }, () => newInstance().instance));
  assert.equal(names.size, 1000);
});
