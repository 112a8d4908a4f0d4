import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { makeKeyPair } from "../../lib/keys/pair.ts";
import {
  claimedKey,
  isProved,
  proofOf,
  provedBytes,
  PROOF_BYTES,
  Prover,
  sharedSecret,
} from "../../lib/keys/proof.ts";
import type { Provable } from "../../lib/keys/proof.ts";
import { decodeKey } from "../../lib/keys/z85.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import { EPOCH, JOIN, MANUAL, NONCE, WATCH } from "./samples.ts";

const DOCUMENT = readFileSync(new URL("../../lib/wire/PROTOCOL.md", import.meta.url), "utf8");
const CHALLENGE = { nonce: NONCE, registrar: bytesOf(MANUAL.registrar.publicKey) };
const SHARED = secretOf(MANUAL.registrar.secretKey, MANUAL.client.publicKey);
const CLIENT = bytesOf(MANUAL.client.publicKey);
const PROVER = new Prover(MANUAL.client, MANUAL.registrar.publicKey);

function bytesOf(key: string): Buffer {
  const bytes = decodeKey(key);
  assert.ok(bytes);
  return bytes;
}

function secretOf(secret: string, other: string): Buffer {
  const shared = sharedSecret(bytesOf(secret), bytesOf(other));
  assert.ok(shared);
  return shared;
}

/** A message with the proof of the client. */
function proved<T extends Provable>(message: T): T {
  return { ...message, proof: PROVER.proof(message, NONCE) };
}

/** The bytes of an example of PROTOCOL.md. */
function told(name: string): string {
  const [, hex = ""] = new RegExp(`\`\`\`proof ${name}\n([\\s\\S]*?)\`\`\``).exec(DOCUMENT) ?? [];
  return hex.replace(/\s/g, "");
}

test("PROTOCOL.md has the bytes of proofs", () => {
  assert.equal(told("shared-secret"), SHARED.toString("hex"));
  assert.equal(told("join-bytes"), provedBytes(JOIN, CHALLENGE, CLIENT).toString("hex"));
  assert.equal(told("join-proof"), PROVER.proof(JOIN, NONCE).toString("hex"));
  assert.equal(told("watch-proof"), PROVER.proof(WATCH, NONCE).toString("hex"));
});

test("both sides have the same secret", () => {
  assert.deepEqual(secretOf(MANUAL.client.secretKey, MANUAL.registrar.publicKey), SHARED);
});

test("a proof names its key, fits its limit and holds", () => {
  assert.equal(PROOF_BYTES, LIMITS.proofBytesMax);
  for (const message of [proved(JOIN), proved(WATCH)]) {
    assert.equal(claimedKey(message.proof), MANUAL.client.publicKey);
    assert.ok(isProved(message, CHALLENGE, SHARED));
  }
});

test("a proof holds for nothing else", () => {
  const join = proved(JOIN);
  const watch = proved(WATCH);
  const others: readonly Provable[] = [
    { ...join, service: "db" },
    { ...join, id: "c2" },
    { ...join, instance: "5b0d" },
    { ...join, epoch: EPOCH.replace("8", "9") },
    // The same letters, cut elsewhere.
    { ...join, service: "cachec", id: "1" },
    { ...watch, services: ["cache"] },
    { ...watch, services: ["*", "cache"] },
    { ...watch, services: ["cache", "*", ""] },
    { ...watch, instance: `${WATCH.instance}5` },
    { ...WATCH, instance: "cache", services: ["c1", JOIN.instance], proof: join.proof },
    { ...JOIN, proof: watch.proof },
  ];
  for (const message of others) {
    assert.ok(!isProved(message, CHALLENGE, SHARED), JSON.stringify(message));
  }
  const nonce = NONCE.replace("1", "2");
  assert.ok(!isProved(join, { ...CHALLENGE, nonce }, SHARED));
  const registrar = bytesOf(makeKeyPair().publicKey);
  assert.ok(!isProved(join, { ...CHALLENGE, registrar }, SHARED));
});

test("nobody makes the proof of another key", () => {
  const thief = makeKeyPair();
  const shared = secretOf(thief.secretKey, MANUAL.registrar.publicKey);
  const proof = proofOf(JOIN, CHALLENGE, { client: CLIENT, shared });
  assert.equal(claimedKey(proof), MANUAL.client.publicKey);
  assert.ok(!isProved({ ...JOIN, proof }, CHALLENGE, SHARED));
});

test("any other bytes are no proof, and throw nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (proof) => {
      assert.equal(claimedKey(proof) !== undefined, proof.length === PROOF_BYTES);
      assert.ok(!isProved({ ...JOIN, proof }, CHALLENGE, SHARED));
    }),
  );
  const { proof } = proved(JOIN);
  assert.ok(proof);
  for (let at = 0; at < PROOF_BYTES; at += 1) {
    const other = Buffer.from(proof);
    other[at] = (other[at] ?? 0) ^ 1;
    assert.ok(!isProved({ ...JOIN, proof: other }, CHALLENGE, SHARED), `byte ${at}`);
  }
});

test("public keys without a secret have no proof", () => {
  // Points of small order: whoever sent one would know the shared secret of anybody.
  const one = Buffer.alloc(32);
  one[0] = 1;
  for (const key of [Buffer.alloc(32), one]) {
    assert.equal(sharedSecret(bytesOf(MANUAL.registrar.secretKey), key), undefined);
  }
});
