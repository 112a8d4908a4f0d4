import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "../../lib/core/limits.ts";
import {
  ALL,
  ALL_TOPIC,
  deltaTopic,
  isServiceName,
  parseTopic,
  PULSE_TOPIC,
  snapshotTopic,
} from "../../lib/core/topics.ts";
import type { Topic } from "../../lib/core/topics.ts";
import { checkName } from "../../lib/wire/card.ts";
import { TOKEN } from "./samples.ts";

const UNKNOWN: Topic = { kind: "unknown" };

const PARSED: readonly (readonly [topic: string, parsed: Topic, why: string])[] = [
  [PULSE_TOPIC, { kind: "pulse" }, "the sign of life"],
  [ALL_TOPIC, { kind: "deltas", service: ALL }, "the prefix of all services"],
  [deltaTopic("cache"), { kind: "deltas", service: "cache" }, "one service"],
  [snapshotTopic(TOKEN, "cache"), { kind: "snapshot", service: "cache" }, "one snapshot"],
  [snapshotTopic(TOKEN, ALL), { kind: "snapshot", service: ALL }, "the snapshot of all"],
  ["", UNKNOWN, "everything there is"],
  ["P", UNKNOWN, "a prefix of the pulse"],
  ["Dcache", UNKNOWN, "a prefix of services"],
  ["D\0", UNKNOWN, "no name"],
  ["D*\0", UNKNOWN, "all services are a prefix, not a name"],
  ["Da\0b\0", UNKNOWN, "NUL in a name"],
  [`S${TOKEN}\0`, UNKNOWN, "no name"],
  [`S${TOKEN}cache`, UNKNOWN, "a prefix of snapshots"],
  [`S${TOKEN.slice(1)}queue\0`, UNKNOWN, "a token too short"],
  [`S${TOKEN.toUpperCase()}cache\0`, UNKNOWN, "a token in capitals"],
  [`X${TOKEN}cache\0`, UNKNOWN, "another letter"],
];

for (const [topic, parsed, why] of PARSED) {
  test(`${JSON.stringify(topic)} is ${parsed.kind}: ${why}`, () => {
    assert.deepEqual(parseTopic(topic), parsed);
  });
}

const name = fc.string({ minLength: 1, maxLength: 20, unit: "binary" }).filter(isServiceName);

test("topics of services are prefixes of nothing but themselves", () => {
  assert.ok(!deltaTopic("cache2").startsWith(deltaTopic("cache")));
  fc.assert(
    fc.property(name, name, (one, other) => {
      assert.equal(deltaTopic(other).startsWith(deltaTopic(one)), one === other);
      assert.ok(deltaTopic(one).startsWith(ALL_TOPIC));
      assert.ok(!snapshotTopic(TOKEN, one).startsWith(ALL_TOPIC));
    }),
  );
});

test("every name comes back out of its topics", () => {
  fc.assert(
    fc.property(name, (service) => {
      assert.deepEqual(parseTopic(deltaTopic(service)), { kind: "deltas", service });
      assert.deepEqual(parseTopic(snapshotTopic(TOKEN, service)), { kind: "snapshot", service });
    }),
  );
});

test("no subscription makes the parser throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (topic) => {
      assert.ok(["pulse", "deltas", "snapshot", "unknown"].includes(parseTopic(topic).kind));
    }),
  );
});

const NAMES = [
  "",
  ALL,
  "**",
  "a\0b",
  "\ud800",
  "\ude00x",
  "a\ud800b",
  "𝄞",
  "\uFEFF",
  `\uFEFF${"x".repeat(61)}`,
  `\uFEFF${"x".repeat(62)}`,
  "x".repeat(LIMITS.serviceBytesMax),
  "x".repeat(LIMITS.serviceBytesMax + 1),
  "ü".repeat(127),
  "ü".repeat(128),
  "€".repeat(85),
  "€".repeat(86),
  "𝄞".repeat(63),
  "𝄞".repeat(64),
];

test("the machine and the codec agree on which names can travel", () => {
  const agree = (text: string): void => {
    const isRefused = checkName("service", text) !== undefined;
    assert.equal(isServiceName(text), !isRefused, JSON.stringify(text));
  };
  for (const text of NAMES) agree(text);
  const unit = fc.constantFrom("a", "ü", "€", "𝄞", "\uFEFF", "\0", "\ud800", "*");
  fc.assert(fc.property(fc.string({ unit, maxLength: 300, size: "max" }), agree));
});
