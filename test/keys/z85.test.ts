import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeKey, encodeKey, KEY_BYTES, KEY_LENGTH } from "../../lib/keys/z85.ts";
import { MANUAL } from "./samples.ts";

/** As the manual page of `zmq_curve` has it. */
const CLIENT_PUBLIC = "BB88471D65E2659B30C55A5321CEBB5AAB2B70A398645C26DCA2B2FCB43FC518";

test("a key of the manual has the bytes that the manual gives", () => {
  const bytes = Buffer.from(CLIENT_PUBLIC, "hex");
  assert.equal(encodeKey(bytes), MANUAL.client.publicKey);
  assert.deepEqual(decodeKey(MANUAL.client.publicKey), bytes);
});

test("every 32 bytes are one text, and back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES }), (bytes) => {
      const text = encodeKey(bytes);
      assert.equal(text.length, KEY_LENGTH);
      assert.deepEqual(new Uint8Array(decodeKey(text) ?? []), bytes);
    }),
  );
});

test("any text is a key that is written the same, or none", () => {
  const character = fc.constantFrom(...'0aZ.#%$@}{"\\ é'.split(""));
  const text = fc.array(character, { minLength: KEY_LENGTH, maxLength: KEY_LENGTH });
  fc.assert(
    fc.property(text, (characters) => {
      const bytes = decodeKey(characters.join(""));
      if (bytes !== undefined) assert.equal(encodeKey(bytes), characters.join(""));
    }),
  );
});

test("what is no key is none", () => {
  const { publicKey } = MANUAL.client;
  const wrong = [
    undefined,
    null,
    7,
    "",
    publicKey.slice(1),
    `${publicKey}0`,
    publicKey.replace("Y", '"'),
    publicKey.replace("Y", " "),
    // Five characters for more than four bytes hold.
    `#####${publicKey.slice(5)}`,
  ];
  for (const value of wrong) assert.equal(decodeKey(value), undefined, String(value));
});
