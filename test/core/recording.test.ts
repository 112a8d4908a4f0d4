import assert from "node:assert/strict";
import { test } from "node:test";
import { RECORDING_VERSION } from "../../lib/core/recording.ts";
import type { RecordedPeer, Recording } from "../../lib/core/recording.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { RECORDING } from "./record-samples.ts";

/** The compiler keeps these complete: recordings that were kept must stay readable. */
const RECORDING_KEYS: Readonly<Record<keyof Recording, true>> = {
  version: true,
  service: true,
  epoch: true,
  authority: true,
  tuning: true,
  ranMs: true,
  takenAt: true,
  registrar: true,
  peers: true,
};
const PEER_KEYS: Readonly<Record<keyof RecordedPeer, true>> = {
  service: true,
  id: true,
  instance: true,
  standing: true,
  cause: true,
  status: true,
  edition: true,
  connected: true,
  dropped: true,
  events: true,
};

test("a recording has the names that its readers know", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  const { takenAt, ...expected } = RECORDING_KEYS;
  assert.equal(takenAt, true);
  const recording = rig.surveyor.record("*", rig.nowMs);
  assert.deepEqual(Object.keys(recording).toSorted(), Object.keys(expected).toSorted());
  assert.deepEqual(
    Object.keys(recording.peers[0] ?? {}).toSorted(),
    Object.keys(PEER_KEYS).toSorted(),
  );
  assert.equal(recording.version, RECORDING_VERSION);
  assert.equal(RECORDING.version, RECORDING_VERSION);
});
