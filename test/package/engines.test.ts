import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../tidy/source.ts";
import type { Locked, Lockfile } from "./lockfile.ts";
import { MANIFEST } from "./manifest.ts";

/** The oldest Node that we promise to run on. */
const OLDEST = [20, 19, 0] as const;

const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8")) as Lockfile;
const locked = Object.entries(packages).filter(([path]) => path !== "");

test("every package that users will get accepts the oldest Node we promise", () => {
  assert.equal(MANIFEST.engines.node, ">=20.19");
  const shipped = locked.filter(([, { dev }]) => dev !== true);
  assert.ok(shipped.length >= 20, `only ${shipped.length} packages seen`);
  assert.deepEqual(shipped.filter(refuses), []);
});

test("so does every tool that we develop with", () => {
  assert.ok(locked.length >= 60, `only ${locked.length} packages seen`);
  assert.deepEqual(locked.filter(refuses), []);
});

test("every version is pinned exactly", () => {
  const pins = Object.entries({ ...MANIFEST.dependencies, ...MANIFEST.devDependencies });
  assert.deepEqual(
    pins.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

test("ranges are read as npm reads them", () => {
  const accepted = [
    "*",
    ">=20",
    ">= 10.x",
    ">=20.19.0",
    "^20.19.0 || >=22.12.0",
    "^18 || ^20 || >= 21",
    "20 || >=22",
    "6.* || 8.* || >= 10.*",
    ">=18 <21",
    "~20.19",
    "<=20.19.0",
  ];
  for (const range of accepted) assert.ok(accepts(range), range);
  const refused = [
    ">=22",
    "^22.12.0 || >=24",
    ">=20.20",
    "^18",
    "<20",
    ">20",
    "18.x",
    "~20.18",
    "20.18",
  ];
  for (const range of refused) assert.ok(!accepts(range), range);
  assert.throws(() => accepts("node twenty"), /cannot read/);
});

function refuses([, { engines }]: readonly [string, Locked]): boolean {
  return engines?.node !== undefined && !accepts(engines.node);
}

function accepts(range: string): boolean {
  return range.split("||").some((part) => {
    const comparators = part
      .trim()
      .replaceAll(/([<>=^~])\s+/g, "$1")
      .split(/\s+/);
    return comparators.every(isWithin);
  });
}

/** Compares only as many numbers as the comparator names: `^20` and `>20` speak of all of 20. */
function isWithin(comparator: string): boolean {
  const [, sign, version] =
    /^([<>]=?|[=^~])?v?(\*|\d+(?:\.(?:\d+|[x*])){0,2})$/.exec(comparator) ?? [];
  assert.ok(version !== undefined, `cannot read the range "${comparator}"`);
  const named = version
    .split(".")
    .filter((number) => /\d/.test(number))
    .map(Number);
  const order = OLDEST.map((number, at) => Math.sign(number - (named[at] ?? number)));
  const differs = order.findIndex((sign) => sign !== 0);
  const ahead = order[differs] ?? 0;
  switch (sign) {
    case ">":
      return ahead > 0;
    case ">=":
      return ahead >= 0;
    case "<":
      return ahead < 0;
    case "<=":
      return ahead <= 0;
    case "^":
      return ahead >= 0 && differs !== 0;
    case "~":
      return (
        ahead >= 0 && (differs === -1 || differs === 2 || (differs === 1 && named.length === 1))
      );
    default:
      return ahead === 0;
  }
}
