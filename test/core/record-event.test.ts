import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerEvent, RegistrarEvent } from "../../lib/core/record-event.ts";
import { PEER_EVENTS, REGISTRAR_EVENTS } from "./record-samples.ts";

/** What a later change of a name, by mistake, would break: recordings that were kept. */
const PEER_KINDS: readonly PeerEvent["kind"][] = [
  "joined",
  "reconnected",
  "updated",
  "late",
  "answered",
  "suspect",
  "alive",
  "spared",
  "held",
  "released",
  "stalled",
  "reported",
  "challenged",
  "kept",
  "refused",
  "fenced",
  "proved",
  "gone",
];
const REGISTRAR_KINDS: readonly RegistrarEvent["kind"][] = [
  "started",
  "stalled",
  "learned",
  "path",
  "holding",
  "released",
];

test("no kind of event is renamed, and JSON carries each of them", () => {
  assert.deepEqual(Object.keys(PEER_EVENTS), PEER_KINDS);
  assert.deepEqual(Object.keys(REGISTRAR_EVENTS), REGISTRAR_KINDS);
  for (const event of [...Object.values(PEER_EVENTS), ...Object.values(REGISTRAR_EVENTS)]) {
    assert.deepEqual(JSON.parse(JSON.stringify(event)), event);
  }
});
