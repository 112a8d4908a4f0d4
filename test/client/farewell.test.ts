import assert from "node:assert/strict";
import { test } from "node:test";
import { Collector, proofTimeMs } from "../../lib/client/farewell.ts";
import type { Farewell } from "../../lib/client/farewell.ts";
import type { ClientEffect } from "../../lib/core/io.ts";

const BOTH: Farewell = { told: [0, 1], outOfReach: [], edition: null, wantsProof: true };
const nameOf = (source: number): string => `tcp://r${source}`;
const left = (source: number, revision: number): ClientEffect => {
  return { kind: "left", source, revision, named: 1, anonymous: 0 };
};
const proof = (
  source: number,
  acknowledged: readonly string[],
  missing: readonly string[] = [],
  more = false,
): ClientEffect => {
  return { kind: "proof", source, edition: null, acknowledged, missing, anonymous: 0, more };
};

test("a goodbye is complete when every registrar has told of every consumer", () => {
  const collector = new Collector(BOTH);
  const effects = [left(0, 7), left(1, 3), proof(0, ["a"], [], true), proof(0, ["b"])];
  for (const effect of effects) assert.equal(collector.take(effect), undefined);
  assert.equal(collector.take(proof(1, ["a"])), true);
  assert.deepEqual(collector.proof(nameOf), {
    complete: true,
    revision: 7,
    acknowledged: ["a", "b"],
    missing: [],
    anonymous: 0,
  });
});

test("who is missing at one registrar is missing, and so is a registrar that went away", () => {
  const collector = new Collector(BOTH);
  collector.take(proof(0, ["a", "b"], ["c"]));
  assert.equal(collector.take({ kind: "lost", source: 1 }), true);
  assert.deepEqual(collector.proof(nameOf), {
    complete: false,
    revision: null,
    acknowledged: ["a", "b"],
    missing: ["c", "tcp://r1"],
    anonymous: 0,
  });
});

test("a registrar that could not be told is missing too", () => {
  const collector = new Collector({ ...BOTH, told: [0], outOfReach: [1] });
  assert.equal(collector.take(proof(0, ["a"])), true);
  const { complete, missing } = collector.proof(nameOf);
  assert.deepEqual([complete, missing], [false, ["tcp://r1"]]);
});

test("anonymous consumers cannot say so, and nobody told is nothing proven", () => {
  const anonymous = new Collector({ ...BOTH, told: [0] });
  anonymous.take({ ...left(0, 1), anonymous: 3 } as ClientEffect);
  // One of them has said since who it is.
  anonymous.take({ ...proof(0, []), anonymous: 2 } as ClientEffect);
  assert.deepEqual(
    [anonymous.proof(nameOf).complete, anonymous.proof(nameOf).anonymous],
    [false, 2],
  );
  assert.equal(new Collector({ ...BOTH, told: [] }).proof(nameOf).complete, false);
});

test("a later card that is recorded takes nothing back of who cannot say so", () => {
  const collector = new Collector({ ...BOTH, edition: 2 });
  collector.take({ ...proof(0, []), edition: 2, anonymous: 2 } as ClientEffect);
  collector.take({ kind: "recorded", source: 0, edition: 3, revision: 9 });
  collector.take({ ...proof(1, []), edition: 2 } as ClientEffect);
  assert.equal(collector.proof(nameOf).anonymous, 2);
});

test("without proof the publication is enough, and a drain waits for its edition", () => {
  const short = new Collector({ ...BOTH, told: [0], wantsProof: false });
  assert.equal(short.take(left(0, 4)), true);
  const drain = new Collector({ ...BOTH, told: [0], edition: 3 });
  assert.equal(drain.take({ kind: "recorded", source: 0, edition: 2, revision: 1 }), undefined);
  assert.equal(drain.take({ kind: "recorded", source: 0, edition: 3, revision: 2 }), undefined);
  assert.equal(drain.take(proof(0, ["a"])), undefined, "that is the proof of a goodbye");
  const effect = { ...proof(0, ["a"]), edition: 3 } as ClientEffect;
  assert.equal(drain.take(effect), true);
  assert.equal(drain.proof(nameOf).complete, true);
});

test("registrars have a little less time than the caller", () => {
  assert.deepEqual([0, 1, 400, 5000].map(proofTimeMs), [1, 1, 300, 4800]);
});
