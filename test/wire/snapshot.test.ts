import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import { decodeSnapshot, encodeSnapshot } from "../../lib/wire/snapshot.ts";
import { assertRejected, elementsOf, rawFrame, valueOf } from "./frames.ts";
import { CARD, entryOf, listOf, snapshotOf } from "./samples.ts";

const heavyEntries = Array.from({ length: 40 }, (_, index) =>
  entryOf(`c${index}`, { card: { ...CARD, metadata: { load: "x".repeat(16_000) } } }),
);
const heavyList = { service: "cache", revision: 7, entries: heavyEntries, tombstones: [] };
const snapshot = snapshotOf(heavyList, listOf("db", ["d1"]), listOf("empty", []));
const frames = encodeSnapshot(snapshot, "*");
const [head = new Uint8Array(), ...pages] = frames;
const [first = head, second = head, third = head] = pages;

/** The head with another count of pages, before these pages. */
function made(...these: readonly Uint8Array[]): readonly Uint8Array[] {
  return [rawFrame(elementsOf(head).with(4, these.length)), ...these];
}

function changed(page: Uint8Array, index: number, value: unknown): Uint8Array {
  return rawFrame(elementsOf(page).with(index, value));
}

test("a snapshot of several pages and services survives the wire", () => {
  assert.equal(pages.length, 5);
  assert.deepEqual(valueOf(decodeSnapshot(frames, "*")), snapshot);
});

test("a snapshot of no service at all survives the wire", () => {
  const none = { ...snapshotOf(), all: true };
  assert.deepEqual(valueOf(decodeSnapshot(encodeSnapshot(none, "*"), "*")), none);
});

const WRONG: readonly (readonly [name: string, frames: readonly Uint8Array[], reason: RegExp])[] = [
  ["no frames", [], /ends within/],
  ["no pages", [head], /has 0 pages and not 5/],
  ["a page too many", [...frames, third], /has 6 pages and not 5/],
  ["the first page missing", made(...pages.slice(1)), /page 1 stands where page 0 belongs/],
  [
    "a middle page missing",
    made(first, third, ...pages.slice(3)),
    /page 2 stands where page 1 belongs/,
  ],
  [
    "the last page of a service missing",
    made(first, second, ...pages.slice(3)),
    /page 0 stands where page 2 belongs/,
  ],
  ["the end missing", made(first, second), /ends within a service/],
  ["a page twice", made(first, first, second, third), /page 0 stands where page 1 belongs/],
  ["pages out of order", made(second, first, third), /page 1 stands where page 0 belongs/],
  ["pages of two services mixed", made(first, changed(second, 1, "db"), third), /are mixed/],
  ["pages of two revisions mixed", made(first, changed(second, 2, 8), third), /are mixed/],
  ["pages of two counts mixed", made(first, changed(second, 4, 4), third), /are mixed/],
  ["a service of no pages", made(changed(first, 4, 0)), /page\.count is 0/],
  ["a service twice", made(...pages, ...pages.slice(3)), /lists a service twice/],
  [
    "an id twice",
    made(first, changed(second, 5, elementsOf(first)[5]), third),
    /lists an id twice/,
  ],
  ["a page that is a head", made(head), /opens with 36/],
  ["a head that is a page", [first, ...pages], /opens with 37/],
  ["an unnamed service", made(changed(pages[3] ?? head, 1, "")), /page\.service is empty/],
  [
    "more pages than frames can be",
    [rawFrame(elementsOf(head).with(4, LIMITS.framesMax - 1)), ...pages],
    /snapshot\.pageCount/,
  ],
];

for (const [name, wrong, reason] of WRONG) {
  test(`a snapshot with ${name} is refused`, () =>
    assertRejected(decodeSnapshot(wrong, "*"), reason));
}

test("tombstonesMax holds for all pages of a service together", () => {
  const tombstone = ["c", "i", "goodbye", 2];
  const many = Array.from({ length: LIMITS.tombstonesMax }, () => tombstone);
  const full = made(first, second, changed(third, 6, many));
  assert.equal(
    valueOf(decodeSnapshot(full, "*")).services[0]?.tombstones.length,
    LIMITS.tombstonesMax,
  );
  const over = made(first, changed(second, 6, [tombstone]), changed(third, 6, many));
  assertRejected(decodeSnapshot(over, "*"), /more tombstones than tombstonesMax/);
});

test("a snapshot of a service that was not asked for is refused on both sides", () => {
  const other = snapshotOf(listOf("db", []));
  assert.deepEqual(valueOf(decodeSnapshot(encodeSnapshot(other, "db"), "db")), other);
  assertRejected(decodeSnapshot(encodeSnapshot(other, "db"), "cache"), /not asked for/);
  assert.throws(() => encodeSnapshot(other, "cache"), {
    code: "ERR_WIRE",
    message: /not asked for/,
  });
});

test("the writer refuses a service twice, and more frames than framesMax", () => {
  const twice = snapshotOf(listOf("db", []), listOf("db", ["d1"]));
  assert.throws(() => encodeSnapshot(twice, "*"), { code: "ERR_WIRE", message: /a service twice/ });
  const services = Array.from({ length: LIMITS.framesMax - 1 }, (_, index) =>
    listOf(`s${index}`, []),
  );
  assert.equal(encodeSnapshot(snapshotOf(...services.slice(1)), "*").length, LIMITS.framesMax - 1);
  assert.throws(() => encodeSnapshot(snapshotOf(...services), "*"), {
    code: "ERR_LIMIT",
    message: /65537 frames, more than framesMax 65536/,
  });
});
