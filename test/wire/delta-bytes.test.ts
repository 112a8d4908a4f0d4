import assert from "node:assert/strict";
import { test } from "node:test";
import { deltaTopic } from "../../lib/core/topics.ts";
import { encodeRoster } from "../../lib/wire/roster.ts";
import { RegistrarRig } from "../core/registrar-rig.ts";
import { cardOf, EPOCH } from "../core/samples.ts";

/** What a change may cost more at a hundred times the peers: the revision is a larger number. */
const MORE_MAX = 1.1;

/** Ids of one length, so that only the number of peers differs. */
function idOf(at: number): string {
  return `peer-${String(at).padStart(6, "0")}`;
}

/** Bytes of the revisions that are published while something happens, at so many peers. */
function bytesOf(peers: number): Readonly<Record<"join" | "update" | "leave" | "crash", number>> {
  const rig = RegistrarRig.live();
  for (let at = 0; at < peers; at += 1) rig.join(idOf(at));
  rig.pass(1000);
  const published = (act: () => unknown): number => {
    rig.clear();
    act();
    rig.pass(100);
    const deltas = rig.published.flatMap((message) => (message.kind === "delta" ? [message] : []));
    assert.equal(deltas.length, 1);
    return deltas
      .flatMap((message) => encodeRoster(message, deltaTopic(message.service)))
      .reduce((sum, frame) => sum + frame.length, 0);
  };
  const [newcomer, other] = [idOf(peers), idOf(0)];
  const card = cardOf({ weight: 7 });
  return {
    join: published(() => rig.join(newcomer)),
    update: published(() =>
      rig.receive(newcomer, {
        kind: "update",
        epoch: EPOCH,
        edition: 2,
        card,
        proofMs: 0,
        bytes: 99,
      }),
    ),
    leave: published(() => rig.receive(newcomer, { kind: "leave", epoch: EPOCH, proofMs: 0 })),
    crash: published(() => rig.disconnect(other)),
  };
}

test("a change sends each watcher as many bytes at 5,000 peers as at 50", (t) => {
  const [few, many] = [bytesOf(50), bytesOf(5000)];
  t.diagnostic(JSON.stringify({ few, many }));
  for (const name of ["join", "update", "leave", "crash"] as const) {
    assert.ok(few[name] > 50 && many[name] <= few[name] * MORE_MAX, `${name}: ${many[name]}`);
  }
});
