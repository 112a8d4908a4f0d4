import assert from "node:assert/strict";
import { test } from "node:test";
import { randomScenario, replay } from "../../lib/testing/index.ts";
import type { Replay, Scenario } from "../../lib/testing/index.ts";
import type { Recording } from "../../lib/core/recording.ts";
import { RECORDING } from "../core/record-samples.ts";
import { plainScenario, recordingOf } from "./replay-scenarios.ts";

/** A round trip is run for each of these seeds. */
const SEEDS = 100;
/** Where members join one by one their phase slots differ by some clock steps, and decisions with them. */
const TOLERANCE_MS = 150;
const CHAOS_SEEDS = 40;
/** In chaos some judgements hang on the order of two things in one moment. */
const CHAOS_SHARE = 0.9;

/** A scenario of three members, and what happens to them. */
const story = (...actions: Scenario["actions"]): Scenario => ({
  options: { seed: 1 },
  actions: [
    ...["m0", "m1", "m2"].map((node, at) => {
      return { kind: "start", node, spec: { service: "cache" }, atMs: 50 * at } as const;
    }),
    ...actions,
  ],
  untilMs: 12_000,
});

const eventsOf = (recording: Recording, id: string): Recording["peers"][number]["events"] =>
  recording.peers.find((peer) => peer.id === id)?.events ?? [];

const decided = ({ replayed }: Replay): readonly string[] =>
  replayed.map(({ node, kind, cause }) => `${node} ${kind} ${cause}`);

function check(result: Replay): void {
  assert.equal(result.violation, null);
  assert.deepEqual(result.differences, []);
}

test(`${SEEDS} random runs: recorded, exported and replayed, the same decisions for the same causes`, () => {
  let decisions = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const recording = recordingOf(plainScenario(seed));
    const result = replay(recording);
    assert.deepEqual(result.differences, [], `seed ${seed}`);
    assert.equal(result.violation, null, `seed ${seed}`);
    assert.equal(result.recorded.length, result.replayed.length);
    decisions += result.recorded.length;
  }
  assert.ok(decisions > 2 * SEEDS, `only ${decisions} decisions were compared`);
});

test("of utter chaos nearly every run is decided the same again, and no invariant breaks", () => {
  let same = 0;
  for (let seed = 1; seed <= CHAOS_SEEDS; seed += 1) {
    const { differences, violation } = replay(recordingOf(randomScenario(seed)));
    assert.equal(violation, null, `seed ${seed}`);
    if (differences.length === 0) same += 1;
  }
  assert.ok(same >= CHAOS_SHARE * CHAOS_SEEDS, `${same} of ${CHAOS_SEEDS} seeds`);
});

test("a kill, a goodbye, a freeze and a pause are told apart", () => {
  const recording = recordingOf(
    story(
      { kind: "stop", node: "m0", atMs: 2000, forMs: 300 },
      { kind: "stop", node: "m0", atMs: 4000, forMs: 2500 },
      { kind: "crash", node: "m1", reset: false, atMs: 5000 },
      { kind: "leave", node: "m2", atMs: 6000 },
    ),
  );
  const result = replay(recording, { toleranceMs: TOLERANCE_MS });
  check(result);
  assert.deepEqual(decided(result).toSorted(), [
    "cache/m0 suspect missed-surveys",
    "cache/m1 suspect connection-lost",
    "cache/m2 gone goodbye",
  ]);
});

test("a member that was late when the registrar stood still, and was forgiven, lives on in the replay", () => {
  for (let atMs = 3000; atMs < 4000; atMs += 100) {
    const scenario = story({
      kind: "partition",
      node: "m0",
      direction: "toRegistrar",
      atMs,
      forMs: 1500,
    });
    const late = eventsOf(recordingOf(scenario), "m0").find(({ kind }) => kind === "late");
    assert.ok(late !== undefined);
    const forgiven: Scenario = {
      ...scenario,
      actions: [
        ...scenario.actions.slice(0, 3),
        {
          kind: "partition",
          node: "m0",
          direction: "toRegistrar",
          atMs,
          forMs: late.atMs + 5 - atMs,
        },
        { kind: "stall", node: "registrar", atMs: late.atMs + 5, forMs: 1200 },
      ],
    };
    const recording = recordingOf(forgiven);
    const kinds = eventsOf(recording, "m0").map(({ kind }) => kind);
    assert.deepEqual(
      kinds.filter((kind) => kind !== "joined"),
      ["late"],
      `${atMs}`,
    );
    const result = replay(recording, { toleranceMs: TOLERANCE_MS });
    check(result);
    assert.deepEqual(result.replayed, []);
    const last = replay(recordingOf({ ...forgiven, untilMs: 40_000 }), { forMs: 5000 });
    assert.ok(last.scenario.untilMs < 15_000, "it is not under suspicion since then");
  }
});

test("a restart of a process and a contested id are processes of their own", () => {
  const recording = recordingOf(
    story(
      { kind: "crash", node: "m0", reset: false, atMs: 2000, restartAfterMs: 800 },
      { kind: "start", node: "rival", spec: { service: "cache", id: "m1" }, atMs: 4000 },
    ),
  );
  const result = replay(recording, { toleranceMs: TOLERANCE_MS });
  check(result);
  assert.deepEqual(decided(result), ["cache/m0 suspect connection-lost", "cache/m0 gone replaced"]);
  const starts = result.scenario.actions.filter(({ kind }) => kind === "start");
  assert.deepEqual(starts.map(({ node }) => node).toSorted(), [
    "cache/m0",
    "cache/m0#2",
    "cache/m1",
    "cache/m1#2",
    "cache/m2",
    "observer",
  ]);
});

test("a registrar that was restarted is one before it in the replay, and nobody is lost by it", () => {
  const recording = recordingOf(
    story({ kind: "crash", node: "registrar", reset: false, atMs: 2000, restartAfterMs: 500 }),
  );
  assert.ok(recording.peers.every(({ events }) => events.some((e) => "isReturning" in e)));
  const result = replay(recording);
  check(result);
  assert.deepEqual(result.replayed, []);
  assert.ok(
    result.scenario.actions.some(({ kind, node }) => kind === "crash" && node === "registrar"),
  );
});

test("the last part of a long recording is replayed alone, with everybody who was there", () => {
  const recording = recordingOf({
    ...story(
      { kind: "crash", node: "m0", reset: false, atMs: 3000 },
      { kind: "crash", node: "m1", reset: false, atMs: 58_000 },
    ),
    untilMs: 60_000,
  });
  const result = replay(recording, { forMs: 10_000, toleranceMs: TOLERANCE_MS });
  check(result);
  assert.deepEqual(decided(result), ["cache/m1 suspect connection-lost"]);
  assert.ok(result.scenario.untilMs < 30_000);
});

test("a registrar that decides otherwise is found out, by cause, by time and by what it left out", () => {
  const recording = recordingOf(
    story(
      { kind: "crash", node: "m0", reset: false, atMs: 3000 },
      { kind: "crash", node: "m1", reset: false, atMs: 4000 },
      { kind: "stop", node: "m2", atMs: 5000, forMs: 10_000 },
    ),
  );
  const forged: Recording = {
    ...recording,
    peers: recording.peers.map((peer) => ({
      ...peer,
      events: peer.events
        // Nobody was suspected for its silence, and somebody for another reason than the true one.
        .filter((event) => !(event.kind === "suspect" && event.cause === "missed-surveys"))
        .flatMap((event) =>
          event.kind === "suspect" && peer.id === "m1"
            ? [event, { ...event, kind: "gone", cause: "critical" } as const]
            : [event],
        ),
    })),
  };
  const { differences } = replay(forged);
  assert.deepEqual(
    differences.map(({ kind, recorded, replayed }) => [kind, (recorded ?? replayed)?.node]),
    [
      ["missing", "cache/m1"],
      ["additional", "cache/m2"],
    ],
  );
});

test("what cannot be done again is left out by name", () => {
  const { leftOut } = replay({ ...RECORDING, registrar: [] });
  assert.deepEqual(leftOut, ["reports about cache/c1"]);
});

test("what is no recording is refused", () => {
  assert.throws(() => replay({ version: 1 } as unknown as Recording), { code: "ERR_WIRE" });
});
