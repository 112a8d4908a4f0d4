import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientRig, WATCHER } from "./client-rig.ts";
import {
  cardOf,
  deltaOf,
  entryOf,
  EPOCH,
  goneOf,
  listOf,
  OTHER_EPOCH,
  snapshotOf,
} from "./samples.ts";

test("everything is said to each registrar in its own epoch", () => {
  const rig = ClientRig.accepted({ sources: [true, true] });
  rig.take({ kind: "update", card: cardOf(), proofMs: 70 });
  rig.take({ kind: "explain", token: 1, service: "cache", id: "x" });
  const report = { service: "cache", id: "x", instance: "y", isUnreachable: true };
  rig.take({ kind: "report", ...report });
  rig.take({ kind: "leave", proofMs: 80 });
  for (const [source, epoch] of [EPOCH, OTHER_EPOCH].entries()) {
    const sent = rig.sent(source);
    assert.deepEqual(
      sent.map((message) => [message.kind, message.epoch]),
      ["update", "explain", "report", "leave"].map((kind) => [kind, epoch]),
    );
    assert.deepEqual(sent[2], { kind: "report", epoch, ...report });
    assert.deepEqual(
      sent.flatMap((message) => ("proofMs" in message ? [message.proofMs] : [])),
      [70, 80],
    );
  }
});

test("a fence is acknowledged once subscribers have the list, not before", () => {
  const rig = ClientRig.accepted(WATCHER);
  rig.publish(snapshotOf([listOf("cache", 1, { entries: [entryOf("a"), entryOf("b")] })]));
  rig.client.lister.list();
  rig.clear();
  rig.publish({ ...deltaOf(2, [goneOf("a")]), fence: true });
  rig.take({ kind: "emitted" });
  assert.deepEqual(rig.sentKinds, [], "the old list is still what was emitted");
  rig.client.lister.list();
  rig.take({ kind: "emitted" });
  assert.deepEqual(rig.sent(), [
    { kind: "acknowledge", epoch: EPOCH, service: "cache", revision: 2 },
  ]);
  rig.clear();
  rig.take({ kind: "emitted" });
  assert.deepEqual(rig.sentKinds, []);
});

test("a goodbye that one registrar heard takes the peer out though another still lists it", () => {
  const rig = ClientRig.accepted({ ...WATCHER, sources: [true, true] });
  const lists = [listOf("cache", 1, { entries: [entryOf("a"), entryOf("b")] })];
  rig.publish(snapshotOf(lists), 0);
  rig.publish(snapshotOf(lists, { epoch: OTHER_EPOCH }), 1);
  rig.publish({ ...deltaOf(2, [goneOf("a")]), fence: true }, 0);
  const { usable } = rig.client.lister.list();
  assert.deepEqual(
    usable.map(({ id }) => id),
    ["b"],
  );
  rig.clear();
  rig.take({ kind: "emitted" });
  assert.deepEqual(
    [rig.sent(0), rig.sent(1)].map((sent) => sent.map(({ kind }) => kind)),
    [["acknowledge"], []],
  );
});
