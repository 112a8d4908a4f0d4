import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import {
  decodeAtOnce,
  decodeThoroughly,
  encodeAtOnce,
  encodeThoroughly,
} from "../../lib/wire/codec.ts";
import type { Codec } from "../../lib/wire/codec.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import { deltaTopic } from "../../lib/core/topics.ts";
import { decodeRoster, encodeRoster, named } from "../../lib/wire/roster.ts";
import { text } from "../../lib/wire/scalars.ts";
import { list } from "../../lib/wire/shapes.ts";
import { fromRegistrar, toRegistrar } from "../../lib/wire/survey.ts";
import * as samples from "./arbitraries.ts";
import { embedded, rawFrame, valueOf } from "./frames.ts";
import { CARD, entryOf, EPOCH, JOIN } from "./samples.ts";

/** A codec and values of it. */
interface Case {
  readonly name: string;
  readonly codec: Codec<never>;
  readonly values: Arbitrary<unknown>;
}

function caseOf<T>(name: string, codec: Codec<T>, values: Arbitrary<unknown>): Case {
  return { name, codec: codec as Codec<never>, values };
}

const CASES: readonly Case[] = [
  ...Object.entries(samples.toRegistrar).map(([kind, values]) => caseOf(kind, toRegistrar, values)),
  ...Object.entries(samples.fromRegistrar).map(([kind, values]) =>
    caseOf(kind, fromRegistrar, values),
  ),
  ...(["delta", "announce"] as const).map((kind) =>
    caseOf(
      kind,
      named,
      (samples.published[kind] as Arbitrary<samples.Published<never>>).map(
        ({ message }) => message as unknown,
      ),
    ),
  ),
];

/** The same with text of ASCII alone, and with no longer lists than there were. */
function inAscii(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/[^ -~]/g, "x");
  if (Array.isArray(value)) return value.map(inAscii);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [inAscii(key), inAscii(inner)]),
  );
}

for (const { name, codec, values } of CASES) {
  test(`${name}: text of ASCII takes one pass`, () => {
    fc.assert(
      fc.property(values.map(inAscii), (value) => {
        const frame = encodeAtOnce(codec, value as never);
        assert.ok(frame);
        assert.deepEqual(frame, encodeThoroughly(codec, value as never, "value"));
        assert.deepEqual(decodeAtOnce(codec, frame), decodeThoroughly(codec, frame, "value"));
      }),
    );
  });

  test(`${name}: in one pass it is written and read as thoroughly, or not at all`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const frame = encodeThoroughly(codec, value as never, "value");
        const quick = encodeAtOnce(codec, value as never);
        if (quick !== undefined) assert.deepEqual(quick, frame);
        const read = decodeAtOnce(codec, embedded(frame));
        if (read !== undefined) assert.deepEqual(read, decodeThoroughly(codec, frame, "value"));
      }),
    );
  });

  test(`${name}: what is damaged is read in one pass as thoroughly, or not at all`, () => {
    const damaged = values.chain((value) =>
      samples.damaged([encodeThoroughly(codec, value as never, "value")]),
    );
    fc.assert(
      fc.property(damaged, ([frame = new Uint8Array()]) => {
        const read = decodeAtOnce(codec, embedded(frame));
        if (read !== undefined) assert.deepEqual(read, decodeThoroughly(codec, frame, "value"));
      }),
      { numRuns: 300 },
    );
  });
}

const gone = { kind: "gone", id: "a", instance: "b", cause: "goodbye" } as const;
const put = { kind: "put", entry: entryOf("a"), returned: false } as const;
const delta = {
  kind: "delta",
  service: "orders",
  epoch: EPOCH,
  revision: 70_000,
  authority: "live",
  fence: false,
  changes: [gone, put],
} as const;

test("what is usual takes one pass", () => {
  const join = { ...JOIN, card: { ...CARD, joinedAt: 1_700_000_000_000 } };
  for (const [codec, value] of [
    [toRegistrar, join],
    [named, delta],
  ] as readonly (readonly [Codec<never>, object])[]) {
    const frame = encodeAtOnce(codec, value as never);
    assert.ok(frame);
    assert.ok(decodeAtOnce(codec, frame)?.ok);
  }
});

test("a frame that is too long is a doubt, whatever it holds", () => {
  const words = list(text("wordBytesMax"));
  const many = (count: number): Uint8Array =>
    rawFrame(Array.from({ length: count }, () => "x".repeat(64)));
  assert.ok(decodeAtOnce(words, many(15_000))?.ok);
  const tooLong = many(16_000);
  assert.ok(tooLong.length > LIMITS.frameBytesMax);
  assert.equal(decodeAtOnce(words, tooLong), undefined);
});

test("what is beyond one pass is written and read all the same", () => {
  for (const change of [
    { ...gone, id: "ä" },
    { ...put, entry: entryOf("a", { card: { ...CARD, weight: 0.5 } }) },
    { ...put, entry: entryOf("a", { card: { ...CARD, metadata: { long: "x".repeat(300) } } }) },
    {
      ...put,
      entry: entryOf("a", { card: { ...CARD, tags: Array.from({ length: 20 }, String) } }),
    },
  ]) {
    const message = { ...delta, changes: Array.from({ length: 40 }, () => change) };
    const frames = encodeRoster(message, deltaTopic("orders"));
    assert.deepEqual(valueOf(decodeRoster(frames)).message, message);
  }
});

test("a value that may not travel is a doubt in one pass, whatever it is", () => {
  const many = Array.from({ length: 65 }, (_, at) => [`key ${at}`, ""] as const);
  for (const change of [
    { weight: "1" },
    { weight: -1 },
    { weight: NaN },
    { joinedAt: 1.5 },
    { tags: null },
    { tags: ["\0"] },
    { tags: "tag" },
    { metadata: [] },
    { metadata: { a: 1 } },
    { metadata: new Map<string, string>() },
    { metadata: Object.fromEntries(many) },
    { metadata: { a: "x".repeat(16_384) } },
    { status: "fine" },
    { endpoints: [{}] },
    { endpoints: [null] },
    { version: 1 },
    { zone: "x".repeat(65) },
  ]) {
    const value = { ...JOIN, card: { ...CARD, ...change } } as never;
    assert.equal(encodeAtOnce(toRegistrar, value), undefined, JSON.stringify(change));
    assert.throws(() => encodeThoroughly(toRegistrar, value, "join"));
  }
  for (const change of [{ service: "*" }, { service: "" }, { epoch: "00" }, { proof: "x" }]) {
    const value = { ...JOIN, ...change } as never;
    assert.equal(encodeAtOnce(toRegistrar, value), undefined, JSON.stringify(change));
  }
});

test("a frame that may not be read is a doubt in one pass", () => {
  const usual: readonly unknown[] = [[], null, null, 1, [], new Map(), "passing", 1];
  const names: readonly unknown[] = ["orders", "a", "b"];
  const row: readonly unknown[] = [
    17,
    1,
    new Uint8Array(16),
    ...names,
    1,
    usual,
    null,
    null,
    1,
    new Uint8Array(16),
  ];
  const join = (at: number, value: unknown): Uint8Array => rawFrame(row.with(at, value));
  const card = (at: number, value: unknown): Uint8Array => join(7, usual.with(at, value));
  assert.ok(decodeAtOnce(toRegistrar, rawFrame(row)));
  for (const [name, frame] of Object.entries({
    "another kind": join(0, 99),
    "the star for a service": join(3, "*"),
    "no id": join(4, ""),
    "a text with NUL": join(4, "a\0"),
    "text that is not ASCII": join(4, "ä"),
    "a short epoch": join(2, new Uint8Array(15)),
    "an array that is too long": rawFrame([...row, 1]),
    "an array that is too short": rawFrame(row.slice(0, -1)),
    "a card that is too long": join(7, [...usual, 1]),
    "a negative weight": card(3, -1),
    "a weight beyond its limit": card(3, 1_000_001),
    "a text for a weight": card(3, "1"),
    "a status of a later version": card(6, "asleep"),
    "65 tags": card(
      4,
      Array.from({ length: 65 }, () => ""),
    ),
    "metadata of numbers": card(5, new Map([["a", 1]])),
    "a half joinedAt": card(7, 0.5),
    "bytes that follow": Uint8Array.from([...rawFrame(row), 0]),
  })) {
    assert.equal(decodeAtOnce(toRegistrar, frame), undefined, name);
  }
});

test("a name of the prototype in metadata is a key like others", () => {
  const metadata = JSON.parse('{"__proto__": "a", "toJSON": "b"}') as Record<string, string>;
  const frame = encodeAtOnce(toRegistrar, { ...JOIN, card: { ...CARD, metadata } });
  assert.ok(frame);
  const read = decodeAtOnce(toRegistrar, frame);
  assert.ok(read?.ok === true && read.value.kind === "join");
  assert.deepEqual(Object.entries(read.value.card.metadata), Object.entries(metadata));
  assert.equal(Object.getPrototypeOf(read.value.card.metadata), Object.prototype);
});
