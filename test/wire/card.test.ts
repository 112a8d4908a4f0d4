import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "../../lib/core/limits.ts";
import { isServiceName } from "../../lib/core/topics.ts";
import { card, cause, checkCard, checkName, entry, tombstone } from "../../lib/wire/card.ts";
import { decode, encode } from "../../lib/wire/codec.ts";
import * as arbitrary from "./arbitraries.ts";
import { assertRejected, rawFrame, valueOf } from "./frames.ts";
import { CARD } from "./samples.ts";

const ENDPOINT = { protocol: "tcp", host: "h", port: 1, scope: "private" };

function times<T>(length: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function metadataOf(entries: number, bytes: number): Readonly<Record<string, string>> {
  const keys = times(entries, (index) => String(index).padStart(4, "0"));
  const rest = bytes - 4 * entries;
  return Object.fromEntries(keys.map((key, index) => [key, "x".repeat(index === 0 ? rest : 0)]));
}

/** A field as large as it may be, and one step larger. */
const EDGES: readonly (readonly [limit: string, at: object, over: object])[] = [
  [
    "endpointsMax",
    { endpoints: times(LIMITS.endpointsMax, () => ENDPOINT) },
    { endpoints: times(LIMITS.endpointsMax + 1, () => ENDPOINT) },
  ],
  [
    "hostBytesMax",
    { endpoints: [{ ...ENDPOINT, host: "h".repeat(255) }] },
    { endpoints: [{ ...ENDPOINT, host: "h".repeat(256) }] },
  ],
  [
    "wordBytesMax",
    { endpoints: [{ ...ENDPOINT, protocol: "p".repeat(64) }] },
    { endpoints: [{ ...ENDPOINT, protocol: "p".repeat(65) }] },
  ],
  [
    "wordBytesMax",
    { endpoints: [{ ...ENDPOINT, scope: "p".repeat(64) }] },
    { endpoints: [{ ...ENDPOINT, scope: "p".repeat(65) }] },
  ],
  ["wordBytesMax", { version: "v".repeat(64) }, { version: "v".repeat(65) }],
  ["wordBytesMax", { zone: "𝄞".repeat(16) }, { zone: "𝄞".repeat(17) }],
  ["weightMax", { weight: LIMITS.weightMax }, { weight: LIMITS.weightMax * 1.001 }],
  ["tagsMax", { tags: times(LIMITS.tagsMax, String) }, { tags: times(LIMITS.tagsMax + 1, String) }],
  ["tagBytesMax", { tags: ["t".repeat(255)] }, { tags: ["t".repeat(256)] }],
  ["metadataEntriesMax", { metadata: metadataOf(64, 256) }, { metadata: metadataOf(65, 260) }],
  [
    "metadataBytesMax",
    { metadata: metadataOf(2, LIMITS.metadataBytesMax) },
    { metadata: metadataOf(2, LIMITS.metadataBytesMax + 1) },
  ],
];

for (const [limit, at, over] of EDGES) {
  test(`a card takes ${limit} of ${Object.keys(at).join()} and no more, on both sides`, () => {
    assert.equal(checkCard({ ...CARD, ...at }), undefined);
    valueOf(decode(card, encode(card, { ...CARD, ...at }, "card"), "card"));
    const tooMuch = { ...CARD, ...over };
    assert.match(
      checkCard(tooMuch) ?? "",
      new RegExp(`more than ${limit} ${LIMITS[limit as keyof typeof LIMITS]}`),
    );
    assert.throws(() => encode(card, tooMuch, "card"), { code: "ERR_LIMIT" });
    assertRejected(decode(card, rawFrame(card.write(tooMuch)), "card"), new RegExp(limit));
  });
}

/** Fields that no limit is about. */
const FLAWS: readonly (readonly [change: object, reason: RegExp])[] = [
  [{ endpoints: "http://h:1" }, /^card\.endpoints is "http:\/\/h:1" but must be a list/],
  [{ endpoints: [null] }, /^card\.endpoints\[0\] is missing/],
  [{ endpoints: [{ ...ENDPOINT, port: 65_536 }] }, /^endpoint\.port is 65536/],
  [{ endpoints: [{ ...ENDPOINT, port: -1 }] }, /^endpoint\.port is -1/],
  [{ endpoints: [{ ...ENDPOINT, port: 1.5 }] }, /^endpoint\.port is 1\.5/],
  [{ endpoints: [{ ...ENDPOINT, port: "80" }] }, /^endpoint\.port is "80"/],
  [{ endpoints: [{ ...ENDPOINT, host: "" }] }, /^endpoint\.host is empty/],
  [{ endpoints: [{ ...ENDPOINT, host: "h\0" }] }, /^endpoint\.host "h\\u0000" contains NUL/],
  [{ endpoints: [{ ...ENDPOINT, protocol: undefined }] }, /^endpoint\.protocol is undefined/],
  [{ version: 1 }, /^card\.version is 1/],
  [{ zone: "\ud800" }, /^card\.zone .* half of a surrogate pair/],
  [{ weight: -1 }, /^card\.weight is -1/],
  [{ weight: NaN }, /^card\.weight is NaN/],
  [{ weight: Infinity }, /^card\.weight is Infinity/],
  [{ tags: [7] }, /^card\.tags\[0\] is 7/],
  [{ metadata: null }, /^card\.metadata is null/],
  [{ metadata: new Map([["a", "b"]]) }, /^card\.metadata is an object/],
  [{ metadata: { rack: 7 } }, /^a value of card\.metadata is 7 but must be text, at "rack"/],
  [{ metadata: { "a\0": "" } }, /^a key of card\.metadata .* NUL/],
  [{ metadata: { a: "\udc00" } }, /^a value of card\.metadata .* half of a surrogate pair/],
  [{ status: "fine" }, /^card\.status is "fine" but must be one of passing, /],
  [{ joinedAt: -1 }, /^card\.joinedAt is -1/],
  [{ joinedAt: 0.5 }, /^card\.joinedAt is 0\.5/],
];

for (const [change, reason] of FLAWS) {
  test(`a card is refused: ${reason.source}`, () => {
    assert.match(checkCard({ ...CARD, ...change }) ?? "", reason);
  });
}

test("what is no card at all is refused", () => {
  for (const value of [undefined, null, 7, "card", []])
    assert.equal(checkCard(value), "card is missing or malformed");
});

test("a name is any text but empty, NUL, halves of characters and the star", () => {
  for (const name of ["a", "a b", "ü/𝄞", "**", "__proto__", "x".repeat(255)]) {
    assert.equal(checkName("service", name), undefined);
    assert.equal(checkName("id", name), undefined);
  }
  assert.equal(checkName("id", "*"), undefined);
  assert.match(checkName("service", "*") ?? "", /^service is "\*", which stands for all/);
  assert.match(checkName("service", "") ?? "", /^service is empty/);
  assert.match(checkName("id", "a\0b") ?? "", /^id "a\\u0000b" contains NUL/);
  assert.match(checkName("id", "x\ud800") ?? "", /half of a surrogate pair/);
  assert.match(checkName("id", "x".repeat(256)) ?? "", /more than idBytesMax 255/);
  assert.match(checkName("service", "ü".repeat(128)) ?? "", /more than serviceBytesMax 255/);
  assert.match(checkName("instance", "x".repeat(65)) ?? "", /more than instanceBytesMax 64/);
  assert.match(checkName("id", 7) ?? "", /^id is 7 but must be text/);
});

test("the registrar speaks of exactly those services that can travel", () => {
  const edges = [
    "",
    "*",
    "a\0",
    "\ud800",
    `\uFEFF${"a".repeat(61)}`,
    `\uFEFF${"a".repeat(62)}`,
    "x".repeat(255),
    "x".repeat(256),
    "ü".repeat(128),
  ];
  const units = fc.array(fc.constantFrom(0, 0x61, 0xfc, 0x2028, 0xd83d, 0xde00, 0xfeff), {
    maxLength: 100,
  });
  const names = fc.oneof(
    fc.constantFrom(...edges),
    units.map((codes) => String.fromCharCode(...codes)),
  );
  fc.assert(
    fc.property(names, (name) => {
      assert.equal(isServiceName(name), checkName("service", name) === undefined);
    }),
  );
});

test("cards, entries and tombstones survive the wire", () => {
  const all = fc.tuple(arbitrary.card, arbitrary.entry, arbitrary.tombstone);
  fc.assert(
    fc.property(all, ([one, line, stone]) => {
      assert.deepEqual(valueOf(decode(card, encode(card, one, "card"), "card")), one);
      assert.deepEqual(valueOf(decode(entry, encode(entry, line, "entry"), "entry")), line);
      assert.deepEqual(
        valueOf(decode(tombstone, encode(tombstone, stone, "stone"), "stone")),
        stone,
      );
    }),
  );
});

test("hostile metadata keys become own properties and nothing else", () => {
  const keys = ["__proto__", "constructor", "toJSON", "hasOwnProperty", "then", ""];
  const metadata = Object.fromEntries(keys.map((key) => [key, `value of ${key}`]));
  const read = valueOf(decode(card, encode(card, { ...CARD, metadata }, "card"), "card"));
  assert.deepEqual(Object.keys(read.metadata).toSorted(), keys.toSorted());
  for (const key of keys) {
    assert.equal(Object.getOwnPropertyDescriptor(read.metadata, key)?.value, `value of ${key}`);
  }
  assert.equal(Object.getPrototypeOf(read.metadata), Object.prototype);
  assert.equal(Object.getPrototypeOf({ ...read.metadata }), Object.prototype);
  assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, "rack"), undefined);
});

test("metadata with keys or values of another type is refused", () => {
  const withMap = (metadata: unknown): Uint8Array => {
    const wire = card.write(CARD);
    assert.ok(Array.isArray(wire));
    return rawFrame(wire.with(5, metadata));
  };
  for (const metadata of [
    new Map([[1, "a"]]),
    new Map([[["a"], "a"]]),
    new Map([["a", 1]]),
    new Map([["a", new Map()]]),
    ["a"],
    null,
    "a",
  ]) {
    assertRejected(decode(card, withMap(metadata), "card"), /metadata/);
  }
});

test("a cause and a status of a later version are read as unknown", () => {
  assert.equal(cause.read("evicted"), "unknown");
  const wire = card.write(CARD);
  assert.ok(Array.isArray(wire));
  assert.equal(valueOf(decode(card, rawFrame(wire.with(6, "resting")), "card")).status, "unknown");
});
