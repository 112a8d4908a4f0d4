import assert from "node:assert/strict";
import { test } from "node:test";
import { curveKeyPair } from "zeromq";
import { checkedPair, makeKeyPair } from "../../lib/keys/pair.ts";
import { code } from "../helpers/rig.ts";
import { MANUAL } from "./samples.ts";

test("pairs of ZeroMQ and our own are pairs", () => {
  for (let i = 0; i < 20; i += 1) {
    for (const pair of [curveKeyPair(), makeKeyPair()]) {
      assert.deepEqual(checkedPair(pair, "keys.own"), pair);
    }
  }
  assert.deepEqual(checkedPair(MANUAL.client, "keys.own"), MANUAL.client);
});

test("no two pairs are the same", () => {
  assert.notEqual(makeKeyPair().secretKey, makeKeyPair().secretKey);
});

test("what is no pair is refused by name, and no half of it is shown", () => {
  const { registrar, client } = MANUAL;
  const wrong = [
    undefined,
    null,
    "text",
    [],
    {},
    { publicKey: client.publicKey },
    { publicKey: client.publicKey, secretKey: client.secretKey.slice(1) },
    { publicKey: client.secretKey, secretKey: client.publicKey },
    { publicKey: registrar.publicKey, secretKey: client.secretKey },
  ];
  for (const value of wrong) {
    assert.throws(() => checkedPair(value, "keys.own"), code("ERR_OPTION"));
    assert.throws(() => checkedPair(value, "a.key", "ERR_CONFIG"), code("ERR_CONFIG"));
    assert.throws(
      () => checkedPair(value, "keys.own"),
      (error: Error) =>
        error.message.includes("keys.own") && !error.message.includes(client.secretKey.slice(2, 9)),
    );
  }
});
