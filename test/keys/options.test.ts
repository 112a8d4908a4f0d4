import assert from "node:assert/strict";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { join, startRegistrar, watch, writeKeyFile } from "../../lib/index.ts";
import { settleClientKeys, settleRegistrarKeys } from "../../lib/keys/options.ts";
import { ANYWHERE, code, Rig } from "../helpers/rig.ts";
import { Ring, writeRules } from "./samples.ts";

const RING = new Ring();
const OWN = RING.cache;
const SERVER = RING.registrar.publicKey;

test("pairs and files of pairs are settled alike", (t) => {
  const folder = new Rig(t).folder();
  const [key, allow] = [joinPath(folder, "a.key"), joinPath(folder, "allow.json")];
  writeKeyFile(key, OWN);
  writeRules(allow, RING.rules);
  for (const own of [OWN, key]) {
    assert.deepEqual(settleClientKeys({ own, registrar: SERVER }, 2), {
      own: OWN,
      registrars: [SERVER, SERVER],
    });
  }
  for (const given of [RING.rules, allow]) {
    const settled = settleRegistrarKeys({ own: key, allow: given });
    assert.deepEqual(settled?.own, OWN);
    assert.ok(settled?.allow.list.mayJoin(RING.cache.publicKey, "cache"));
  }
  assert.equal(settleClientKeys(undefined, 1), null);
  assert.equal(settleRegistrarKeys(undefined), null);
});

const WRONG_OF_CLIENTS: readonly (readonly [unknown, RegExp])[] = [
  [null, /keys is no object/],
  ["a.key", /keys is no object/],
  [{}, /keys\.registrar/],
  [{ own: OWN }, /keys\.registrar/],
  [{ own: OWN, registrar: "short" }, /keys\.registrar/],
  [{ own: OWN, registrar: [SERVER, SERVER] }, /2 keys for 1 registrars/],
  [{ registrar: SERVER }, /keys\.own/],
  [{ own: { publicKey: OWN.publicKey }, registrar: SERVER }, /keys\.own: secretKey/],
  [{ own: OWN, registrar: SERVER, allow: {} }, /no part "allow"/],
];

const WRONG_OF_REGISTRARS: readonly (readonly [unknown, RegExp])[] = [
  [null, /keys is no object/],
  [{ own: OWN }, /keys\.allow/],
  [{ own: OWN, allow: null }, /keys\.allow/],
  [{ own: OWN, allow: { members: 1 } }, /keys\.allow: members/],
  [{ allow: {} }, /keys\.own/],
  [{ own: OWN, allow: {}, registrar: SERVER }, /no part "registrar"/],
];

test("wrong keys of clients are refused before any socket is made", async () => {
  for (const [keys, told] of WRONG_OF_CLIENTS) {
    const options = { service: "cache", keys: keys as never };
    assert.throws(() => watch(options), told);
    assert.throws(() => watch(options), code("ERR_OPTION"));
    await assert.rejects(join(options), told);
  }
});

test("wrong keys of registrars are refused before any socket is made", async () => {
  for (const [keys, told] of WRONG_OF_REGISTRARS) {
    const options = { ...ANYWHERE, keys: keys as never };
    await assert.rejects(startRegistrar(options), told);
    await assert.rejects(startRegistrar(options), code("ERR_OPTION"));
  }
});

test("a key in the place of a path is neither shown nor looked for", () => {
  const keys = { own: OWN.secretKey, registrar: SERVER };
  assert.throws(
    () => watch({ service: "cache", keys }),
    (error: Error) =>
      error.message.includes("keys.own") && !String(error.stack).includes(OWN.secretKey),
  );
});

test("files that cannot be used are named", async () => {
  const keys = { own: "/nowhere/a.key", registrar: SERVER };
  assert.throws(() => watch({ service: "cache", keys }), /\/nowhere\/a\.key/);
  const allow = "/nowhere/allow.json";
  const options = { ...ANYWHERE, keys: { own: RING.registrar, allow } };
  await assert.rejects(startRegistrar(options), code("ERR_CONFIG"));
});
