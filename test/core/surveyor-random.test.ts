import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Departures } from "../../lib/core/departures.ts";
import { HeldList } from "../../lib/core/held-list.ts";
import type { SurveyorInput } from "../../lib/core/io.ts";
import type { ToRegistrar } from "../../lib/core/messages.ts";
import { lossyFreezeBoundMs, tuneRegistrar } from "../../lib/core/options.ts";
import type { RegistrarTuning } from "../../lib/core/options.ts";
import { ALL, ALL_TOPIC, deltaTopic, PULSE_TOPIC, snapshotTopic } from "../../lib/core/topics.ts";
import { assertProgress } from "./checkers.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { cardOf, EPOCH, OTHER_EPOCH, TOKEN } from "./samples.ts";

/*
 * A registrar under everything that clients, subscribers and the clock can do to it, plausible or
 * not. What must hold is checked after every input and at the end.
 */

const TUNING: RegistrarTuning = tuneRegistrar({
  surveyIntervalMs: 200,
  answerWindowMs: 100,
  probeIntervalMs: 50,
  goneAfterMs: 700,
  coalesceMs: 20,
  announceIntervalMs: 100,
  reconnectMaxMs: 200,
  rejoinJitterMs: 20,
  learningMaxMs: 2000,
  emptyServiceTtlMs: 1000,
  peersMax: 5,
  servicesMax: 2,
  consumersMax: 3,
  topicsMax: 16,
  snapshotBytesPerSecond: 65_536,
});

const ROUTES = ["r0", "r1", "r2", "r3", "r4"];
const SERVICES = ["cache", "db", "web"];
const TOPICS = [
  PULSE_TOPIC,
  ALL_TOPIC,
  ...SERVICES.map(deltaTopic),
  ...SERVICES.map((service) => snapshotTopic(TOKEN, service)),
  snapshotTopic(TOKEN, ALL),
  "",
  "D\0",
  "nonsense",
  deltaTopic("x".repeat(300)),
];

const route = fc.constantFrom(...ROUTES);
const service = fc.constantFrom(...SERVICES);
const id = fc.constantFrom("a", "b", "c");
const epoch = fc.oneof(
  { weight: 9, arbitrary: fc.constant(EPOCH) },
  { weight: 1, arbitrary: fc.constant(OTHER_EPOCH) },
);
const card = fc.integer({ min: 1, max: 3 }).map((weight) => cardOf({ weight }));
const edition = fc.integer({ min: 0, max: 4 });
/** With and without wanting proof. */
const proofMs = fc.constantFrom(0, 300);
const bytes = fc.constantFrom(100, 40_000);
const version = fc.constantFrom(1, 1, 1, 1, 9);

/** Rounds are counted back from the latest one, so that some of them were really asked. */
type Message =
  | ToRegistrar
  | { readonly kind: "answer"; readonly epoch: string; readonly back: number };

const join: fc.Arbitrary<Message> = fc.record({
  kind: fc.constant("join" as const),
  version,
  epoch,
  service,
  id,
  instance: fc.constantFrom("i1", "i2", "i3"),
  edition,
  card,
  previous: fc.constantFrom(null, null, EPOCH, OTHER_EPOCH),
  sequence: fc.nat({ max: 3 }),
  secret: fc.constant("5e".repeat(16)),
  proof: fc.constant(null),
  bytes,
});
const message: fc.Arbitrary<Message> = fc.oneof(
  { weight: 4, arbitrary: join },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      epoch,
      back: fc.integer({ min: -3, max: 30 }),
    }),
  },
  fc.record({
    kind: fc.constant("watch" as const),
    version,
    epoch,
    instance: fc.constantFrom("i1", "w"),
    services: fc.array(fc.oneof(service, fc.constant(ALL)), { maxLength: 2 }),
    ordinal: fc.option(fc.nat(3)),
    proof: fc.constant(null),
    sequence: fc.nat({ max: 3 }),
    secret: fc.constant("5e".repeat(16)),
  }),
  fc.record({ kind: fc.constant("update" as const), epoch, edition, card, proofMs, bytes }),
  fc.record({ kind: fc.constant("leave" as const), epoch, proofMs }),
  fc.record({ kind: fc.constant("explain" as const), epoch, token: fc.nat(), service, id }),
  fc.record({
    kind: fc.constant("acknowledge" as const),
    epoch,
    service,
    revision: fc.nat({ max: 20 }),
  }),
  fc.record({
    kind: fc.constant("report" as const),
    epoch,
    service,
    id,
    instance: fc.constantFrom("i1", "i2"),
    isUnreachable: fc.boolean(),
  }),
);

type Step =
  | { readonly kind: "received"; readonly route: string; readonly message: Message }
  | { readonly kind: "disconnected"; readonly route: string }
  | { readonly kind: "freeze"; readonly route: string }
  | { readonly kind: "thaw"; readonly route: string }
  | { readonly kind: "subscribed"; readonly topic: string }
  | { readonly kind: "unsubscribed"; readonly topic: string }
  | { readonly kind: "pass"; readonly byMs: number }
  | { readonly kind: "stall"; readonly byMs: number };

const topic = fc.constantFrom(...TOPICS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("received" as const), route, message }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("disconnected", "freeze", "thaw"), route }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("subscribed", "unsubscribed"), topic }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      byMs: fc.integer({ min: 0, max: 900 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("stall" as const),
      byMs: fc.integer({ min: 0, max: 3000 }),
    }),
  },
);

/** A registrar, what a consumer of all its deltas holds, and what its revisions were. */
class Run {
  readonly rig = new RegistrarRig(TUNING);
  readonly #lists = new Map<string, HeldList>();
  #seen = 0;
  #round = 0;

  do(step: Step): void {
    if (step.kind === "pass") this.rig.pass(step.byMs);
    else if (step.kind === "stall") this.rig.stall(step.byMs);
    else if (step.kind === "freeze") this.rig.frozen.add(step.route);
    else if (step.kind === "thaw") this.rig.frozen.delete(step.route);
    else this.rig.take(this.#input(step));
    this.check();
  }

  #input(
    step: Extract<Step, { kind: "received" | "disconnected" | "subscribed" | "unsubscribed" }>,
  ): SurveyorInput {
    if (step.kind !== "received") return step;
    const { message, route } = step;
    if (!("back" in message)) return { kind: "received", route, message };
    const round = this.#round - message.back;
    return {
      kind: "received",
      route,
      message: { kind: "answer", epoch: message.epoch, round, stalledMs: 0 },
    };
  }

  check(): void {
    const { rig } = this;
    assert.ok(rig.surveyor.nextDeadlineMs <= rig.nowMs + 100 || this.#seen === 0);
    for (const { effect } of rig.effects.slice(this.#seen)) {
      if (effect.kind === "survey") {
        assert.ok(effect.round > this.#round, "rounds count upwards");
        assert.equal(new Set(effect.routes).size, effect.routes.length);
        this.#round = effect.round;
      }
      if (effect.kind !== "publish") continue;
      if (effect.message.kind === "delta") this.#list(effect.message.service).apply(effect.message);
    }
    this.#seen = rig.effects.length;
    for (const service of SERVICES) {
      const { entries } = rig.surveyor.published(service);
      const held = [...this.#list(service).entries()];
      assert.deepEqual(new Map(held.map((entry) => [entry.id, entry])), new Map(entries));
    }
    assert.ok(rig.surveyor.members <= TUNING.peersMax);
    assert.ok(rig.surveyor.consumers <= TUNING.consumersMax);
  }

  #list(service: string): HeldList {
    const list = this.#lists.get(service) ?? new HeldList(service, new Departures());
    this.#lists.set(service, list);
    return list;
  }

  /** Lets time pass until nothing is published for longer than publications are spaced. */
  settle(): void {
    for (let tries = 0; tries < 20; tries += 1) {
      const said = this.rig.effects.length;
      this.do({ kind: "pass", byMs: TUNING.coalesceMs + 1 });
      const deltas = this.rig.effects
        .slice(said)
        .filter(({ effect }) => effect.kind === "publish" && effect.message.kind === "delta");
      if (deltas.length === 0) return;
    }
  }

  /** After a quiet time what is published is what the registrar knows. */
  checkSettled(): void {
    const { surveyor, nowMs } = this.rig;
    let published = 0;
    for (const service of SERVICES) {
      for (const entry of surveyor.published(service).entries.values()) {
        const known = surveyor.explain(service, entry.id, nowMs);
        published += 1;
        assert.deepEqual(
          [known?.instance, known?.standing, known?.cause, known?.edition],
          [entry.instance, entry.standing, entry.cause, entry.edition],
        );
      }
    }
    assert.equal(surveyor.members, published);
  }
}

test("whatever happens to a registrar, it keeps counting, tells what it knows and forgets the dead", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
      const run = new Run();
      for (const one of steps) run.do(one);
      run.settle();
      run.checkSettled();

      for (const name of ROUTES) run.rig.frozen.add(name);
      // All at one time are a mass loss: it is held once, until the ceiling.
      const { learningMaxMs, holdMaxMs, goneAfterMs } = TUNING;
      const lastingMs = learningMaxMs + holdMaxMs + lossyFreezeBoundMs(TUNING) + goneAfterMs;
      run.do({ kind: "pass", byMs: lastingMs });
      assert.equal(run.rig.surveyor.members, 0, "somebody who never answers is still a member");
      run.do({ kind: "pass", byMs: 2500 });
      assert.deepEqual(run.rig.surveyor.services, []);
      assertProgress(run.rig.surveyor, { fromMs: run.rig.nowMs, wakes: 300, atLeastMs: 2000 });
    }),
    { numRuns: 100 },
  );
});

test("whatever the timing is, a registrar makes no busy loop and notices who froze", () => {
  const ms = (min: number, max: number) => fc.integer({ min, max });
  const timing = fc.record({
    surveyIntervalMs: ms(20, 3000),
    answerWindowMs: ms(10, 2000),
    probeIntervalMs: ms(10, 1000),
    missedMax: fc.integer({ min: 1, max: 5 }),
    goneAfterMs: ms(10, 2000),
    coalesceMs: ms(0, 300),
    announceIntervalMs: ms(20, 3000),
    reconnectMaxMs: ms(10, 1000),
    emptyServiceTtlMs: ms(0, 3000),
    stallMs: ms(50, 1000),
  });
  fc.assert(
    fc.property(timing, fc.double({ min: 0, max: 1e9, noNaN: true }), (given, nowMs) => {
      const tuning = tuneRegistrar(given);
      const rig = new RegistrarRig(tuning, nowMs);
      rig.subscribe(ALL_TOPIC);
      for (const name of ["a", "b", "c"]) rig.join(name);
      rig.pass(1000);
      assert.deepEqual(rig.list(), ["a alive", "b alive", "c alive"]);
      rig.frozen.add("b");
      rig.passFreezeBound();
      rig.pass(1);
      assert.notEqual(
        rig.list().find((line) => line.startsWith("b")),
        "b alive",
      );
      assert.ok(rig.list().includes("a alive") && rig.list().includes("c alive"));
      for (const name of ["a", "b", "c"]) rig.frozen.add(name);
      assertProgress(rig.surveyor, { fromMs: rig.nowMs, wakes: 1000, atLeastMs: 2000 });
    }),
    { numRuns: 60 },
  );
});
