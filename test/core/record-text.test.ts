import assert from "node:assert/strict";
import { test } from "node:test";
import { describePeerEvent, describeRegistrarEvent } from "../../lib/core/record-text.ts";
import { PEER_EVENTS, REGISTRAR_EVENTS } from "./record-samples.ts";

test("every event of a peer has its words", () => {
  assert.deepEqual(Object.values(PEER_EVENTS).map(describePeerEvent), [
    "joined: instance i1, edition 1, at 10.0.0.1:8080, listed by a registrar before this one",
    "reconnected, while its connection before seemed open",
    "updated: edition 2, warning",
    "answer is late: round 17, 2 in a row, asked again",
    "answered round 18 after 2 without an answer, its event loop stood still for 900 ms",
    "suspect: missed-surveys",
    "alive again: answered",
    "connection lost, not judged while learning",
    "fell silent, held: 20 of 40 are lost",
    "no longer held: judged now",
    "its event loop stood still for 1700 ms",
    "reported unreachable: 1 of 2 that it takes",
    "challenged by instance i2",
    "kept its id against instance i2",
    "refused instance i3: ERR_LIMIT",
    "goodbye in revision 9, to be acknowledged by 3 named consumers, 1 are anonymous",
    "proof incomplete: edition 3 drains, acknowledged by 4 (w1 w2 …), missing 1 (w9), 1 anonymous",
    "gone: goodbye",
  ]);
});

test("what is not there is not mentioned", () => {
  const { joined, late, answered, alive, proved } = PEER_EVENTS;
  assert.deepEqual(
    [
      { ...joined, address: "", isReturning: false },
      { ...late, isProbed: false },
      { ...answered, stalledMs: 0 },
      { ...alive, by: "restored" } as const,
      { ...proved, acknowledged: [], acknowledgedCount: 0, missingCount: 0, anonymous: 0 },
    ].map(describePeerEvent),
    [
      "joined: instance i1, edition 1",
      "answer is late: round 17, 2 in a row",
      "answered round 18 after 2 without an answer",
      "alive again: very many are lost",
      "proof complete: edition 3 drains, acknowledged by 0",
    ],
  );
});

test("every event of the registrar has its words", () => {
  assert.deepEqual(Object.values(REGISTRAR_EVENTS).map(describeRegistrarEvent), [
    "registrar started, is learning",
    "registrar stood still for 6000 ms, is learning",
    "registrar has learned, judges",
    "packets are lost: 2 answered late, 30 members, more questions are asked",
    "registrar holds removals: 28 of 30 lost their connections",
    "registrar judges again: enough are back, 2 to be judged",
  ]);
});
