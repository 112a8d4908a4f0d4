import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import type { ServiceSnapshot } from "../../lib/core/messages.ts";
import { pagesFor, snapshotBytes } from "../../lib/wire/pages.ts";
import { CARD, entryOf, listOf } from "./samples.ts";
import { elementsOf, rawFrame } from "./frames.ts";

const HEAVY = { ...CARD, metadata: { load: "x".repeat(16_000) } };

function heavy(count: number): ServiceSnapshot {
  const entries = Array.from({ length: count }, (_, index) =>
    entryOf(`c${index}`, { card: HEAVY }),
  );
  return { service: "cache", revision: 3, entries, tombstones: [] };
}

function idsOf(page: Uint8Array): readonly unknown[] {
  const entries = elementsOf(page)[5];
  assert.ok(Array.isArray(entries));
  return entries.map((line: unknown) => (Array.isArray(line) ? (line[0] as unknown) : undefined));
}

test("pages are what the general encoder would write", () => {
  for (const size of [0, 1, 15, 16, 700]) {
    const list = listOf(
      "cache",
      Array.from({ length: size }, (_, index) => `c${index}`),
    );
    for (const page of pagesFor(list)) assert.deepEqual(rawFrame(elementsOf(page)), page);
  }
});

test("a list is cut into pages of about pageBytesMax, in order", () => {
  const list = heavy(50);
  const pages = pagesFor(list);
  assert.ok(pages.length >= 4, `${pages.length} pages`);
  for (const page of pages)
    assert.ok(page.length <= LIMITS.pageBytesMax + 300, `${page.length} bytes`);
  assert.deepEqual(
    pages.flatMap(idsOf),
    list.entries.map((line) => line.id),
  );
  for (const [index, page] of pages.entries()) {
    assert.deepEqual(elementsOf(page).slice(1, 5), ["cache", 3, index, pages.length]);
  }
});

test("tombstones travel on the last page alone", () => {
  const tombstone = { id: "c", instance: "i", cause: "goodbye", revision: 2 } as const;
  const tombstones = Array.from({ length: LIMITS.tombstonesMax }, () => tombstone);
  const pages = pagesFor({ ...heavy(40), tombstones });
  const counts = pages.map((page) => (elementsOf(page)[6] as readonly unknown[]).length);
  assert.equal(counts.at(-1), LIMITS.tombstonesMax);
  assert.ok(counts.slice(0, -1).every((count) => count === 0));
  assert.ok(pages.every((page) => page.length <= LIMITS.pageBytesMax + 300));
});

test("the same snapshot is encoded once", () => {
  const list = listOf("cache", ["c1", "c2"]);
  assert.equal(pagesFor(list), pagesFor(list));
  assert.notEqual(pagesFor({ ...list }), pagesFor(list));
  assert.deepEqual(pagesFor({ ...list }), pagesFor(list));
});

test("an entry is encoded once, whatever list it stands in", () => {
  let reads = 0;
  const watched = entryOf("c1");
  const entry = Object.defineProperty({ ...watched }, "card", {
    enumerable: true,
    get: () => {
      reads += 1;
      return CARD;
    },
  });
  const list = { ...listOf("cache", []), entries: [entry] };
  pagesFor(list);
  const once = reads;
  assert.ok(once > 0);
  pagesFor({ ...list, revision: 8, entries: [entry, entryOf("c2")] });
  assert.equal(reads, once);
});

test("the bytes of a list are those of its pages", () => {
  const list = heavy(50);
  assert.equal(
    snapshotBytes(list),
    pagesFor(list).reduce((sum, page) => sum + page.length, 0),
  );
  assert.ok(snapshotBytes(list) > 50 * 16_000);
  assert.equal(snapshotBytes(listOf("cache", [])), pagesFor(listOf("cache", []))[0]?.length);
});

test("what cannot travel is refused, and not remembered as encoded", () => {
  const tombstone = { id: "c", instance: "i", cause: "goodbye", revision: 2 } as const;
  const BAD: readonly (readonly [list: ServiceSnapshot, error: object])[] = [
    [listOf("", []), { code: "ERR_WIRE", message: /page\.service is empty/ }],
    [listOf("*", []), { code: "ERR_WIRE", message: /stands for all services/ }],
    [listOf("s".repeat(256), []), { code: "ERR_LIMIT", message: /serviceBytesMax/ }],
    [listOf("cache", ["c1", "c2", "c1"]), { code: "ERR_WIRE", message: /lists an id twice/ }],
    [listOf("cache", [""]), { code: "ERR_WIRE", message: /entry\.id is empty/ }],
    [
      { ...listOf("cache", []), revision: -1 },
      { code: "ERR_WIRE", message: /page\.revision/ },
    ],
    [
      { ...listOf("cache", []), tombstones: Array.from({ length: 257 }, () => tombstone) },
      { code: "ERR_LIMIT", message: /more than tombstonesMax 256/ },
    ],
  ];
  for (const [list, error] of BAD) {
    assert.throws(() => pagesFor(list), error);
    assert.throws(() => snapshotBytes(list), error);
  }
});
