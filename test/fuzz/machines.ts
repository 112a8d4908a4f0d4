import assert from "node:assert/strict";
import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { ClientSetup } from "../../lib/core/contact.ts";
import type { ClientInput, SurveyorInput } from "../../lib/core/io.ts";
import type { FromRegistrar, RosterMessage, ToRegistrar } from "../../lib/core/messages.ts";
import { tuneRegistrar } from "../../lib/core/options.ts";
import { ALL, ALL_TOPIC, deltaTopic, PULSE_TOPIC, snapshotTopic } from "../../lib/core/topics.ts";
import { encodeRoster } from "../../lib/wire/roster.ts";
import { encodeToClient, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { assertProgress, assertSorted } from "../core/checkers.ts";
import { ClientRig, MEMBER, WATCHER } from "../core/client-rig.ts";
import { RegistrarRig } from "../core/registrar-rig.ts";
import { EPOCH, OTHER_EPOCH, TOKEN } from "../core/samples.ts";
import { card, fromRegistrar, published, toRegistrar } from "../wire/arbitraries.ts";
import type { Published } from "../wire/arbitraries.ts";
import { jsonOf, targetOf } from "./target.ts";
import type { Target } from "./target.ts";

/*
 * Both sides of the protocol under messages that any sender can make, and under a clock that leaps.
 * They throw nothing, what they say can travel, and they make no busy loop.
 */

const YEAR_MS = 365 * 86_400_000;
const STEPS_MAX = 40;
/** Valid messages are made once: making them costs more than all that is done to them. */
const POOL = 300;

type Time =
  /** The machine is woken when it asks to be. */
  | { readonly kind: "pass"; readonly byMs: number }
  /** Nobody wakes it, and the clock stands elsewhere, before or behind. */
  | { readonly kind: "leap"; readonly byMs: number };

const time: Arbitrary<Time> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass"), byMs: fc.nat(900) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("leap"),
      byMs: fc.integer({ min: -5000, max: 5000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("leap"),
      byMs: fc.integer({ min: -10 * YEAR_MS, max: 10 * YEAR_MS }),
    }),
  },
);

/** One of the values that an arbitrary made at first. */
function pooled<T>(arbitraries: readonly Arbitrary<T>[]): Arbitrary<T> {
  let pool: readonly T[] | undefined;
  const each = Math.ceil(POOL / arbitraries.length);
  return fc.nat(POOL).map((pick) => {
    pool ??= arbitraries.flatMap((arbitrary) => fc.sample(arbitrary, each));
    // No two messages share what they are made of.
    return structuredClone(pool[pick % pool.length]) as T;
  });
}

const name = fc.constantFrom("a", "b", "c");
const service = fc.constantFrom("cache", "db");
const epoch = fc.constantFrom(EPOCH, EPOCH, EPOCH, EPOCH, EPOCH, OTHER_EPOCH);
const edition = fc.integer({ min: 0, max: 5 });
const proofMs = fc.constantFrom(0, 0, 300, 86_400_000);

/** What clients who know each other say; proofs are judged before the machine. */
const plausible: Arbitrary<ToRegistrar> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("join"),
      version: fc.constant(1),
      epoch,
      service,
      id: name,
      instance: name,
      edition,
      card: pooled([card]),
      previous: fc.constantFrom(null, EPOCH, OTHER_EPOCH),
      sequence: fc.nat({ max: 3 }),
      secret: fc.constant("5e".repeat(16)),
      proof: fc.constant(null),
      bytes: fc.constantFrom(100, 40_000),
    }),
  },
  fc.record({ kind: fc.constant("answer"), epoch, round: fc.nat(60), stalledMs: fc.nat(3000) }),
  fc.record({
    kind: fc.constant("update"),
    epoch,
    edition,
    card: pooled([card]),
    proofMs,
    bytes: fc.constant(100),
  }),
  fc.record({ kind: fc.constant("leave"), epoch, proofMs }),
  fc.record({
    kind: fc.constant("watch"),
    version: fc.constant(1),
    epoch,
    instance: name,
    services: fc.array(fc.constantFrom("cache", "db", ALL), { maxLength: 2 }),
    ordinal: fc.option(fc.nat(3)),
    proof: fc.constant(null),
    sequence: fc.nat({ max: 3 }),
    secret: fc.constant("5e".repeat(16)),
  }),
  fc.record({ kind: fc.constant("acknowledge"), epoch, service, revision: fc.nat(20) }),
  fc.record({
    kind: fc.constant("report"),
    epoch,
    service,
    id: name,
    instance: name,
    isUnreachable: fc.boolean(),
  }),
  pooled<ToRegistrar>(Object.values(toRegistrar)).map((message) => {
    const mine = { ...message, epoch: EPOCH };
    return "proof" in mine ? { ...mine, proof: null } : mine;
  }),
);

const route = fc.constantFrom("r0", "r1", "r2", "r3");
const topic = fc.constantFrom(
  PULSE_TOPIC,
  ALL_TOPIC,
  deltaTopic("cache"),
  deltaTopic("db"),
  snapshotTopic(TOKEN, "cache"),
  snapshotTopic(TOKEN, ALL),
  "nonsense",
  deltaTopic("x".repeat(300)),
);
const surveyorInput: Arbitrary<SurveyorInput> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("received"), route, message: plausible }) },
  fc.record({ kind: fc.constantFrom("disconnected", "expelled"), route }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("subscribed", "unsubscribed"), topic }),
  },
  fc.record({ kind: fc.constant("struck"), service, id: name }),
  fc.constantFrom<SurveyorInput>({ kind: "wake" }, { kind: "cleared" }),
);

const TUNING = tuneRegistrar({
  surveyIntervalMs: 200,
  answerWindowMs: 100,
  probeIntervalMs: 50,
  goneAfterMs: 700,
  announceIntervalMs: 100,
  learningMaxMs: 2000,
  emptyServiceTtlMs: 1000,
  peersMax: 6,
  servicesMax: 3,
  consumersMax: 3,
  topicsMax: 16,
});

function checkSurveyor(steps: readonly (SurveyorInput | Time)[]): void {
  const rig = new RegistrarRig(TUNING);
  rig.frozen.add("r3");
  let latestMs = rig.nowMs;
  for (const step of steps) {
    if (step.kind === "pass") rig.pass(step.byMs);
    else if (step.kind === "leap") rig.nowMs += step.byMs;
    else rig.take(step);
    latestMs = Math.max(latestMs, rig.nowMs);
    assert.ok(rig.surveyor.members <= TUNING.peersMax);
    assert.ok(rig.surveyor.consumers <= TUNING.consumersMax);
    assert.ok(rig.surveyor.services.length <= TUNING.servicesMax);
    for (const { effect } of rig.effects) {
      if (effect.kind === "reply") encodeToClient(effect.message);
      else if (effect.kind === "publish") encodeRoster(effect.message, effect.topic);
    }
    rig.clear();
  }
  assertProgress(rig.surveyor, { fromMs: latestMs, wakes: 300, atLeastMs: 1000 });
}

const SETUPS: readonly Partial<ClientSetup>[] = [
  MEMBER,
  { ...MEMBER, sources: [true, true] },
  { ...WATCHER, services: [ALL] },
  { ...WATCHER, sources: [true, false], services: ["cache", "db"] },
];

const source = fc.integer({ min: 0, max: 2 });
/** What a registrar says, now and then in a run that was heard of before. */
const word: Arbitrary<FromRegistrar> = fc
  .record({
    message: pooled<FromRegistrar>(Object.values(fromRegistrar)),
    epoch,
    isKnown: fc.boolean(),
  })
  .map(({ message, epoch: of, isKnown }) => {
    if (message.kind !== "welcome") return message;
    const version = isKnown ? { versionMin: 1, versionMax: 1, epoch: of } : {};
    return { ...message, ...version };
  });
const said = fc
  .record({
    one: pooled<Published<RosterMessage>>(Object.values(published)),
    service,
    epoch,
    revision: fc.nat(6),
  })
  .map(({ one: { message, topic: on }, service: of, epoch: run, revision }) => {
    if (message.kind === "pulse") return { topic: on, message: { ...message, epoch: run } };
    if (message.kind !== "snapshot")
      return { topic: on, message: { ...message, service: of, epoch: run, revision } };
    const services = message.services
      .slice(0, 1)
      .map((list) => ({ ...list, service: of, revision }));
    return { topic: on, message: { ...message, epoch: run, services } };
  });
const clientInput: Arbitrary<ClientInput> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("received"), source, message: word }) },
  {
    weight: 6,
    arbitrary: fc
      .record({ source, said })
      .map((one) => ({ kind: "published" as const, source: one.source, ...one.said })),
  },
  fc.record({ kind: fc.constant("lost"), source }),
  fc.constantFrom<ClientInput>({ kind: "follow" }, { kind: "wake" }, { kind: "emitted" }),
  fc.record({ kind: fc.constant("update"), card: pooled([card]), proofMs }),
  fc.record({
    kind: fc.constant("report"),
    service,
    id: name,
    instance: name,
    isUnreachable: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("explain"), token: fc.nat(), service, id: name }),
  fc.record({ kind: fc.constant("leave"), proofMs }),
);

interface ClientRun {
  readonly setup: number;
  readonly steps: readonly (ClientInput | Time)[];
}

function checkClient({ setup, steps }: ClientRun): void {
  const rig = new ClientRig(SETUPS[setup % SETUPS.length]);
  let request = "";
  let latestMs = rig.nowMs;
  for (const step of steps) {
    if (step.kind === "pass") rig.pass(step.byMs);
    else if (step.kind === "leap") rig.nowMs += step.byMs;
    else if (step.kind !== "published") rig.take(step);
    else rig.take({ ...step, topic: step.message.kind === "snapshot" ? request : step.topic });
    latestMs = Math.max(latestMs, rig.nowMs);
    for (const effect of rig.effects) {
      if (effect.kind === "send") encodeToRegistrar(effect.message);
      if (effect.kind === "subscribe") request = effect.topic;
    }
    rig.clear();
    assertSorted(rig.client.lister.list().peers);
  }
  assertProgress(rig.client, { fromMs: latestMs, wakes: 500, atLeastMs: 500 });
}

function stepsOf<T>(step: Arbitrary<T>): Arbitrary<(T | Time)[]> {
  const one: Arbitrary<T | Time> = fc.oneof(
    { weight: 3, arbitrary: step },
    { weight: 1, arbitrary: time },
  );
  return fc.array(one, { maxLength: STEPS_MAX, size: "max" });
}

export const MACHINES: readonly Target[] = [
  targetOf({
    name: "surveyor",
    covers: ["lib/core/surveyor.ts Surveyor"],
    arbitrary: stepsOf(surveyorInput),
    check: checkSurveyor,
    ...jsonOf<readonly (SurveyorInput | Time)[]>(),
  }),
  targetOf({
    name: "client",
    covers: ["lib/core/client.ts Client"],
    arbitrary: fc.record({ setup: fc.nat(SETUPS.length - 1), steps: stepsOf(clientInput) }),
    check: checkClient,
    ...jsonOf<ClientRun>(),
  }),
];
