import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, isUsable, toPeer } from "../../lib/core/peer.ts";
import type { LeftCause, Status } from "../../lib/core/peer.ts";
import { CARD, cardOf, entryOf } from "./samples.ts";

test("a peer is its card with its name, its standing and its first endpoint in short", () => {
  assert.deepEqual(toPeer("cache", entryOf("c1")), {
    ...CARD,
    id: "c1",
    instance: "c1-1",
    service: "cache",
    address: "10.0.0.1",
    port: 8080,
    standing: "alive",
  });
});

test("a peer without endpoints has an empty address and port 0", () => {
  const peer = toPeer("cache", entryOf("c1", { card: cardOf({ endpoints: [] }) }));
  assert.deepEqual([peer.address, peer.port], ["", 0]);
});

test("what is not said is absent", () => {
  const { version: _version, zone: _zone, ...card } = CARD;
  const peer = toPeer("cache", entryOf("c1", { card }));
  assert.ok(!("version" in peer) && !("zone" in peer));
});

type Row = readonly [status: Status, isUsable: boolean, cause: LeftCause];

const ALIVE: readonly Row[] = [
  ["passing", true, "unknown"],
  ["warning", true, "unknown"],
  ["unknown", true, "unknown"],
  ["critical", false, "critical"],
  ["draining", false, "draining"],
];

for (const [status, usable, cause] of ALIVE) {
  test(`a living peer whose status is ${status} is ${usable ? "given" : "refused"} work`, () => {
    assert.equal(isUsable({ standing: "alive", status }), usable);
    assert.equal(causeOf({ standing: "alive", status }, null), cause);
  });

  test(`a suspect whose status is ${status} is refused work, because it is a suspect`, () => {
    const suspect = { standing: "suspect", status } as const;
    assert.equal(isUsable(suspect), false);
    assert.equal(causeOf(suspect, "connection-lost"), "connection-lost");
    assert.equal(causeOf(suspect, null), "unknown");
  });
}

test("the gone are refused work", () => {
  assert.equal(isUsable({ standing: "gone", status: "passing" }), false);
});
