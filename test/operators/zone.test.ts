import assert from "node:assert/strict";
import { test } from "node:test";
import { inZone, isZoneEnough } from "../../lib/operators/zone.ts";
import { ids } from "../helpers/record.ts";
import { peerOf } from "./views.ts";

type Row = readonly [
  local: number,
  all: number,
  rule: { readonly minPeers?: number; readonly minShare?: number },
  isEnough: boolean,
];

const ROWS: readonly Row[] = [
  [1, 1, {}, true],
  [1, 100, {}, true],
  [0, 100, {}, false],
  [0, 0, {}, false],
  [2, 10, { minPeers: 3 }, false],
  [3, 10, { minPeers: 3 }, true],
  [9, 40, { minShare: 0.25 }, false],
  [10, 40, { minShare: 0.25 }, true],
  [7, 100, { minShare: 0.07 }, true],
  [6, 100, { minShare: 0.07 }, false],
  [3, 3, { minShare: 1 }, true],
  [2, 3, { minShare: 1 }, false],
  [2, 4, { minPeers: 3, minShare: 0.5 }, false],
  [3, 8, { minPeers: 3, minShare: 0.5 }, false],
];

for (const [local, all, rule, isEnough] of ROWS) {
  test(`${local} of ${all} in the zone are ${isEnough ? "enough" : "too few"} for ${JSON.stringify(rule)}`, () => {
    const whole = { prefer: "a", minPeers: 1, minShare: 0, ...rule };
    assert.equal(isZoneEnough(local, all, whole), isEnough);
  });
}

const RULE = { prefer: "a", minPeers: 2, minShare: 0 };

test("while the zone is enough, nobody else is used, and its suspects stay listed", () => {
  const peers = [
    peerOf("p", { zone: "a" }),
    peerOf("q", { zone: "a" }),
    peerOf("r?", { zone: "a" }),
    peerOf("s", { zone: "b" }),
    peerOf("t"),
  ];
  assert.deepEqual(ids(inZone(peers, RULE)), ["p", "q", "r"]);
});

test("only usable ones count; with too few of them, everybody is used", () => {
  const peers = [
    peerOf("p", { zone: "a" }),
    peerOf("q!", { zone: "a" }),
    peerOf("r?", { zone: "a" }),
    peerOf("s", { zone: "b" }),
    peerOf("t"),
  ];
  assert.equal(inZone(peers, RULE).length, peers.length);
});

test("each service has a zone of its own", () => {
  const peers = [
    peerOf("orders:p", { zone: "a" }),
    peerOf("orders:q", { zone: "b" }),
    peerOf("users:p", { zone: "a" }),
    peerOf("users:q", { zone: "a" }),
    peerOf("users:r", { zone: "b" }),
  ];
  const words = inZone(peers, RULE).map(({ service, id }) => `${service}:${id}`);
  assert.deepEqual(words, ["orders:p", "orders:q", "users:p", "users:q"]);
});
