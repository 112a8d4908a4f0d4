import assert from "node:assert/strict";
import { test } from "node:test";
import { readRoster } from "../../lib/client/reading.ts";
import type { RosterMessage } from "../../lib/core/messages.ts";
import { deltaTopic, PULSE_TOPIC } from "../../lib/core/topics.ts";
import { decodeRoster, encodeRoster } from "../../lib/wire/roster.ts";

const EPOCH = "0123456789abcdef0123456789abcdef";

function announce(service: string, revision: number): Uint8Array[] {
  const message: RosterMessage = {
    kind: "announce",
    service,
    epoch: EPOCH,
    revision,
    authority: "live",
    fence: false,
  };
  return encodeRoster(message, deltaTopic(service));
}

test("the same bytes are read once, in whatever buffers they come", () => {
  const frames = announce("cache", 7);
  const first = readRoster(frames);
  assert.deepEqual(first, decodeRoster(frames));
  assert.equal(readRoster(frames.map((frame) => Buffer.from(frame))), first);
});

test("other bytes are read anew: in the body, in the topic, in number", () => {
  const seventh = readRoster(announce("cache", 7));
  const [topic = new Uint8Array(), body = new Uint8Array()] = announce("cache", 8);
  assert.deepEqual(readRoster([topic, body]), decodeRoster([topic, body]));
  assert.deepEqual(readRoster(announce("db", 8)), decodeRoster(announce("db", 8)));
  for (const frames of [[], [topic], [topic, body, body]]) {
    assert.deepEqual(readRoster(frames), decodeRoster(frames));
  }
  assert.deepEqual(readRoster(announce("cache", 7)), seventh);
});

test("a buffer that is used again for something else is read again", () => {
  const frames = announce("cache", 7);
  readRoster(frames);
  frames[1]?.fill(0xc1);
  assert.equal(readRoster(frames).ok, false);
});

test("what is no message is refused each time", () => {
  const frames = [Buffer.from(PULSE_TOPIC), Buffer.from("junk")];
  assert.equal(readRoster(frames).ok, false);
  assert.equal(readRoster(frames).ok, false);
});
