import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../tidy/source.ts";
import { completed, type Lockfile } from "./lockfile.ts";

const PATH = `${ROOT}package-lock.json`;
const read = (): Lockfile => JSON.parse(readFileSync(PATH, "utf8")) as Lockfile;

test("the lockfile holds the packages of every platform; UPDATE=1 adds those that are missing", () => {
  const wanted = completed(read());
  if (process.env["UPDATE"] === "1") writeFileSync(PATH, `${JSON.stringify(wanted, null, 2)}\n`);
  const held = Object.keys(read().packages);
  assert.deepEqual(
    Object.keys(wanted.packages).filter((path) => !held.includes(path)),
    [],
    "npm ci would refuse this lockfile",
  );
});

test("the lockfile names no host", () => {
  const named = Object.entries(read().packages).filter(
    ([, { resolved }]) => resolved !== undefined,
  );
  assert.deepEqual(named, []);
});

test("a missing package of another platform is added with what npm needs to pass over it", () => {
  const tool = { version: "1.0.0", dev: true };
  const optionalDependencies = {
    "@tool/darwin-arm64": "1.0.0",
    "@tool/linux-x64-musl": "1.0.0",
    "@tool/linux-arm-gnueabihf": "1.0.0",
    "@tool/linux-x64": "1.0.0",
  };
  const lock = {
    packages: {
      "node_modules/tool": { ...tool, optionalDependencies },
      "node_modules/@tool/linux-x64": tool,
    },
  };
  const common = { version: "1.0.0", dev: true, optional: true };
  assert.deepEqual(completed(lock).packages, {
    ...lock.packages,
    "node_modules/@tool/darwin-arm64": { ...common, os: ["darwin"], cpu: ["arm64"] },
    "node_modules/@tool/linux-x64-musl": { ...common, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    "node_modules/@tool/linux-arm-gnueabihf": { ...common, os: ["linux"], cpu: ["arm"] },
  });
  assert.throws(
    () => completed({ packages: { "": { optionalDependencies: { fsevents: "1.0.0" } } } }),
    /names no platform/,
  );
});
