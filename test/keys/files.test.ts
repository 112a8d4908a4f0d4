import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAllowFile, readKeyFile, writeKeyFile } from "../../lib/keys/files.ts";
import { makeKeyPair } from "../../lib/keys/pair.ts";
import { code, Rig } from "../helpers/rig.ts";
import { member, writeRules } from "./samples.ts";

test("a pair is written for its owner alone and read again", (t) => {
  const path = join(new Rig(t).folder(), "a.key");
  const pair = makeKeyPair();
  writeKeyFile(path, pair);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readKeyFile(path), pair);
});

test("a file that exists is left alone", (t) => {
  const path = join(new Rig(t).folder(), "a.key");
  writeFileSync(path, "mine");
  assert.throws(() => writeKeyFile(path, makeKeyPair()), code("ERR_CONFIG"));
  assert.equal(readFileSync(path, "utf8"), "mine");
});

for (const mode of [0o640, 0o604, 0o660, 0o644, 0o610]) {
  test(`a secret of mode ${mode.toString(8)} is refused, with file and mode`, (t) => {
    const path = join(new Rig(t).folder(), "a.key");
    writeKeyFile(path, makeKeyPair());
    chmodSync(path, mode);
    assert.throws(() => readKeyFile(path), code("ERR_CONFIG"));
    assert.throws(
      () => readKeyFile(path),
      (error: Error) => error.message.includes(path) && error.message.includes(mode.toString(8)),
    );
  });
}

test("what is no key file is refused, and nothing of it is shown", (t) => {
  const folder = new Rig(t).folder();
  const { publicKey, secretKey } = makeKeyPair();
  const wrong = [
    secretKey,
    `{"publicKey": "${publicKey}", "secretKey": "${secretKey}`,
    `${secretKey}{`,
    JSON.stringify({ publicKey, secretKey: `${secretKey} ` }),
    JSON.stringify({ publicKey: secretKey, secretKey: publicKey }),
    "",
    "[]",
  ];
  for (const [i, text] of wrong.entries()) {
    const path = join(folder, `${i}.key`);
    writeFileSync(path, text, { mode: 0o600 });
    assert.throws(
      () => readKeyFile(path),
      (error: Error) => {
        assert.match(error.message, /key/);
        assert.ok(error.message.includes(path));
        // The parser would quote what it read.
        const shown = `${String(error.stack)} ${JSON.stringify(error)} ${String(error.cause)}`;
        assert.ok(!shown.includes(secretKey.slice(0, 8)), shown);
        return code("ERR_CONFIG")(error);
      },
    );
  }
});

test("a file that is not there, or a folder, is no file of keys", (t) => {
  const folder = new Rig(t).folder();
  for (const path of [join(folder, "none"), folder]) {
    if (path === folder) chmodSync(folder, 0o700);
    assert.throws(() => readKeyFile(path), code("ERR_CONFIG"));
    assert.throws(() => readAllowFile(path), code("ERR_CONFIG"));
  }
  assert.throws(() => writeKeyFile(join(folder, "no", "a.key"), makeKeyPair()), code("ERR_CONFIG"));
  assert.ok(!existsSync(join(folder, "no")));
});

test("an allow list is read, and refused where everybody can write it", (t) => {
  const path = join(new Rig(t).folder(), "allow.json");
  const pair = makeKeyPair();
  writeRules(path, { members: [member(pair, "cache")] });
  assert.ok(readAllowFile(path).mayJoin(pair.publicKey, "cache"));
  chmodSync(path, 0o666);
  assert.throws(() => readAllowFile(path), /0666/);
  chmodSync(path, 0o644);
  writeFileSync(path, "{");
  assert.throws(() => readAllowFile(path), code("ERR_CONFIG"));
  writeFileSync(path, '{"members": 7}');
  assert.throws(() => readAllowFile(path), /allow\.json: members is no list/);
});
