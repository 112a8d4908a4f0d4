import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "../../lib/core/limits.ts";
import type { Announce, Delta, RosterChange, RosterMessage } from "../../lib/core/messages.ts";
import { deltaTopic, PULSE_TOPIC } from "../../lib/core/topics.ts";
import { decodeRoster, encodeRoster } from "../../lib/wire/roster.ts";
import { damaged, published } from "./arbitraries.ts";
import type { Published } from "./arbitraries.ts";
import { assertRejected, elementsOf, embedded, rawFrame, topicFrame, valueOf } from "./frames.ts";
import { ALL_TOPIC, CACHE_TOPIC, CARD, entryOf, EPOCH, listOf, snapshotOf } from "./samples.ts";

for (const [kind, messages] of Object.entries(published)) {
  test(`${kind} survives the wire, and what a later version appends is ignored`, () => {
    fc.assert(
      fc.property<[Published<RosterMessage>]>(messages, (one) => {
        const frames = encodeRoster(one.message, one.topic);
        assert.deepEqual(valueOf(decodeRoster(frames.map(embedded))), one);
        assert.deepEqual(encodeRoster(valueOf(decodeRoster(frames)).message, one.topic), frames);
        const [topic = new Uint8Array(), ...rest] = frames;
        const longer = rest.map((frame) => rawFrame([...elementsOf(frame), "later"]));
        assert.deepEqual(valueOf(decodeRoster([topic, ...longer])), one);
      }),
    );
  });
}

const anyFrames = fc.oneof(
  ...Object.values(published).map((messages) =>
    fc
      .oneof(messages)
      .map(({ message, topic }: Published<RosterMessage>) => encodeRoster(message, topic)),
  ),
);

test("damaged messages are read or refused, and never throw", () => {
  let refused = 0;
  fc.assert(
    fc.property(anyFrames.chain(damaged), (frames) => {
      const decoded = decodeRoster(frames);
      if (decoded.ok) return;
      refused += 1;
      assert.equal(typeof decoded.reason, "string");
    }),
    { numRuns: 500 },
  );
  assert.ok(refused > 50, `only ${refused} were damaged enough`);
});

test("any bytes on any topic are read or refused, and never throw", () => {
  const topics = fc.oneof(
    fc.constantFrom(PULSE_TOPIC, deltaTopic("cache"), CACHE_TOPIC, ALL_TOPIC).map(topicFrame),
    fc.uint8Array(),
  );
  fc.assert(
    fc.property(
      topics,
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }),
      (topic, rest) => {
        assert.equal(typeof decodeRoster([topic, ...rest]).ok, "boolean");
        assert.equal(typeof decodeRoster(rest).ok, "boolean");
      },
    ),
    { numRuns: 500 },
  );
});

const pulse = { kind: "pulse", epoch: EPOCH, authority: "live", intervalMs: 1000 } as const;
const announce: Announce = {
  kind: "announce",
  service: "cache",
  epoch: EPOCH,
  revision: 3,
  authority: "live",
  fence: true,
};
const delta: Delta = {
  kind: "delta",
  service: "cache",
  epoch: EPOCH,
  revision: 3,
  authority: "live",
  fence: false,
  changes: [],
};
const snapshot = snapshotOf(listOf("cache", ["c1"]));

const MISPLACED: readonly (readonly [message: RosterMessage, topic: string])[] = [
  [pulse, deltaTopic("cache")],
  [pulse, "P"],
  [announce, deltaTopic("db")],
  [announce, deltaTopic("*")],
  [announce, "D*\0"],
  [announce, PULSE_TOPIC],
  [delta, CACHE_TOPIC],
  [delta, "cache"],
  [delta, ""],
  [snapshot, deltaTopic("cache")],
  [snapshot, CACHE_TOPIC.slice(0, -1)],
  [snapshot, "S0123cache\0"],
];

for (const [message, topic] of MISPLACED) {
  test(`${message.kind} does not travel on ${JSON.stringify(topic)}`, () => {
    assert.throws(() => encodeRoster(message, topic), { code: "ERR_WIRE" });
    const own = {
      pulse: PULSE_TOPIC,
      announce: deltaTopic("cache"),
      delta: deltaTopic("cache"),
      snapshot: CACHE_TOPIC,
    };
    const [, ...rest] = encodeRoster(message, own[message.kind]);
    // Deltas name no service themselves, so another service's topic makes another message of them.
    if (topic === deltaTopic("db")) return assert.ok(decodeRoster([topicFrame(topic), ...rest]).ok);
    assertRejected(decodeRoster([topicFrame(topic), ...rest]), /./);
  });
}

test("a message without a body, or a delta with two, is refused", () => {
  const frames = encodeRoster(delta, deltaTopic("cache"));
  assertRejected(decodeRoster([]), /at least two frames/);
  assertRejected(decodeRoster(frames.slice(0, 1)), /at least two frames/);
  assertRejected(decodeRoster([...frames, ...frames.slice(1)]), /more than two frames/);
});

test("a topic keeps to its length and its alphabet", () => {
  const longest = "s".repeat(LIMITS.serviceBytesMax);
  const body = encodeRoster(announce, deltaTopic("cache")).slice(1);
  assert.ok(decodeRoster([topicFrame(deltaTopic(longest)), ...body]).ok);
  assertRejected(decodeRoster([topicFrame(deltaTopic(`${longest}s`)), ...body]), /serviceBytesMax/);
  assertRejected(decodeRoster([topicFrame("D".repeat(1000)), ...body]), /too long/);
  assertRejected(decodeRoster([Uint8Array.of(0x44, 0xff, 0), ...body]), /not UTF-8/);
  assertRejected(decodeRoster([topicFrame(`\uFEFF${deltaTopic("cache")}`), ...body]), /unknown/);
  assert.throws(
    () => encodeRoster({ ...announce, service: `${longest}s` }, deltaTopic(`${longest}s`)),
    { message: /serviceBytesMax/ },
  );
});

test("a name that begins with a mark is kept as it is", () => {
  const message = { ...announce, service: "\uFEFFcache" };
  const read = valueOf(decodeRoster(encodeRoster(message, deltaTopic("\uFEFFcache"))));
  assert.deepEqual(read.message, message);
});

test("more frames than framesMax are refused unread", () => {
  const frames = Array.from({ length: LIMITS.framesMax + 1 }, () => new Uint8Array());
  assertRejected(decodeRoster(frames), /more frames than framesMax/);
});

test("a delta keeps to changesMax on both sides", () => {
  const gone: RosterChange = { kind: "gone", id: "c", instance: "i", cause: "goodbye" };
  const full = { ...delta, changes: Array.from({ length: LIMITS.changesMax }, () => gone) };
  const over = { ...delta, changes: [...full.changes, gone] };
  const [topic = new Uint8Array(), body = new Uint8Array()] = encodeRoster(
    full,
    deltaTopic("cache"),
  );
  assert.deepEqual(valueOf(decodeRoster([topic, body])).message, full);
  const message = /more than changesMax 1024/;
  assert.throws(() => encodeRoster(over, deltaTopic("cache")), { code: "ERR_LIMIT", message });
  const wire = elementsOf(body).with(
    5,
    over.changes.map(() => [3, "c", "i", "goodbye"]),
  );
  assertRejected(decodeRoster([topic, rawFrame(wire)]), message);
});

test("a delta that is longer than a frame is refused by the writer", () => {
  const card = { ...CARD, metadata: { load: "x".repeat(16_000) } };
  const changes = Array.from({ length: 80 }, (_, index): RosterChange => ({
    kind: "put",
    entry: entryOf(`c${index}`, { card }),
    returned: false,
  }));
  assert.throws(() => encodeRoster({ ...delta, changes }, deltaTopic("cache")), {
    code: "ERR_LIMIT",
    message: /more than frameBytesMax/,
  });
});

test("a change of no known kind spoils its delta, a cause of a later version does not", () => {
  const [topic = new Uint8Array(), body = new Uint8Array()] = encodeRoster(
    delta,
    deltaTopic("cache"),
  );
  const withChange = (change: unknown): readonly Uint8Array[] => [
    topic,
    rawFrame(elementsOf(body).with(5, [change])),
  ];
  assertRejected(
    decodeRoster(withChange([4, "c", "i"])),
    /delta\.changes\[0\] is of no known kind/,
  );
  assertRejected(decodeRoster(withChange(null)), /delta\.changes\[0\]/);
  const read = valueOf(decodeRoster(withChange([3, "c", "i", "evicted"]))).message;
  assert.deepEqual(read, {
    ...delta,
    changes: [{ kind: "gone", id: "c", instance: "i", cause: "unknown" }],
  });
});

test("an authority of a later version is not trusted", () => {
  const [topic = new Uint8Array(), body = new Uint8Array()] = encodeRoster(pulse, PULSE_TOPIC);
  assertRejected(
    decodeRoster([topic, rawFrame(elementsOf(body).with(2, "divine"))]),
    /pulse\.authority/,
  );
});

test("a pulse that would make a watcher spin is refused", () => {
  assert.throws(() => encodeRoster({ ...pulse, intervalMs: 0 }, PULSE_TOPIC), {
    message: /pulse\.intervalMs is 0/,
  });
});

test("a topic that may not travel is not mistaken for another one later", () => {
  const message = {
    kind: "announce",
    service: "\uFFFD",
    epoch: EPOCH,
    revision: 1,
    authority: "live",
    fence: false,
  } as const;
  const broken = { ...message, service: "\uD800" };
  assert.throws(() => encodeRoster(broken, deltaTopic("\uD800")), { code: "ERR_WIRE" });
  const frames = encodeRoster(message, deltaTopic("\uFFFD"));
  assert.throws(() => encodeRoster(broken, deltaTopic("\uD800")), { code: "ERR_WIRE" });
  assert.deepEqual(valueOf(decodeRoster(frames)).message, message);
});
