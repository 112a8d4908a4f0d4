import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Follower } from "../../lib/core/follower.ts";
import type { ClientEffect } from "../../lib/core/io.ts";
import type { RosterMessage } from "../../lib/core/messages.ts";
import { tuneRegistrar } from "../../lib/core/options.ts";
import type { Entry } from "../../lib/core/peer.ts";
import { ALL } from "../../lib/core/topics.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { cardOf, CLIENT_LAN, EPOCH, randomOf } from "./samples.ts";

/*
 * A registrar and a follower between which publications are lost, repeated or cut off for a while.
 * Whatever was lost, once all is quiet the follower holds what is published.
 */

const TUNING = tuneRegistrar({ announceIntervalMs: 200, emptyServiceTtlMs: 0, goneAfterMs: 500 });
const SERVICES = ["cache", "db"];
const LOSS_MS_MAX = 400;

type Loss = "none" | "lost" | "repeated";

/** The wire between both: topics that are subscribed, and what becomes of each publication. */
class Wire {
  readonly rig = RegistrarRig.live(TUNING);
  readonly follower: Follower;
  isCut = false;
  loss: Loss = "none";
  readonly #topics = new Set<string>();
  #seen = 0;

  constructor(services: readonly string[]) {
    this.follower = new Follower({
      source: 0,
      services,
      tuning: CLIENT_LAN,
      random: randomOf(),
      emit: (effect) => this.#perform(effect),
    });
    this.follower.follow(null, this.rig.nowMs);
    // Long enough to hear how often the registrar gives a sign of life.
    this.pass(TUNING.announceIntervalMs);
  }

  #perform(effect: ClientEffect): void {
    if (effect.kind === "subscribe") this.#topics.add(effect.topic);
    if (effect.kind === "unsubscribe") this.#topics.delete(effect.topic);
    if (effect.kind === "follow") this.#reconnect();
    if (effect.kind !== "subscribe" && effect.kind !== "unsubscribe") return;
    const kind = effect.kind === "subscribe" ? "subscribed" : "unsubscribed";
    if (!this.isCut) this.rig.take({ kind, topic: effect.topic });
  }

  /** The connection is gone: its subscriptions end. */
  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    for (const topic of this.#topics) this.rig.take({ kind: "unsubscribed", topic });
  }

  /** The connection comes back: ZeroMQ subscribes everything anew. */
  mend(): void {
    if (!this.isCut) return;
    this.isCut = false;
    this.loss = "none";
    for (const topic of this.#topics) this.rig.take({ kind: "subscribed", topic });
  }

  /** A full pipe loses messages for a moment; one that stays silent longer is connected anew. */
  lapse(byMs: number): void {
    const isLosing = this.loss === "lost";
    this.pass(isLosing ? Math.min(byMs, LOSS_MS_MAX) : byMs);
    if (isLosing) this.loss = "none";
  }

  #reconnect(): void {
    if (this.isCut) return;
    this.cut();
    this.mend();
  }

  pass(byMs: number): void {
    const untilMs = this.rig.nowMs + byMs;
    while (this.rig.nowMs < untilMs) {
      this.rig.pass(Math.min(10, untilMs - this.rig.nowMs));
      this.settle();
    }
  }

  /** Hands over what was published since; that may cause more. */
  settle(): void {
    this.follower.advance(this.rig.nowMs);
    while (this.#seen < this.rig.effects.length) {
      const effect = this.rig.effects[this.#seen]?.effect;
      this.#seen += 1;
      if (effect?.kind === "publish") this.#deliver(effect.topic, effect.message);
    }
  }

  #deliver(topic: string, message: RosterMessage): void {
    const isWanted = [...this.#topics].some((prefix) => topic.startsWith(prefix));
    if (this.isCut || !isWanted || this.loss === "lost") return;
    for (let times = this.loss === "repeated" ? 2 : 1; times > 0; times -= 1) {
      this.follower.received(topic, message, this.rig.nowMs);
    }
    this.follower.advance(this.rig.nowMs);
  }

  held(service: string): ReadonlyMap<string, Entry> {
    const entries = [...(this.follower.lists.get(service)?.entries() ?? [])];
    return new Map(entries.map((entry) => [entry.id, entry]));
  }
}

type Step =
  | {
      readonly kind: "join" | "update" | "leave" | "disconnect";
      readonly id: string;
      readonly service: string;
    }
  | { readonly kind: "loss"; readonly loss: Loss }
  | { readonly kind: "cut"; readonly isCut: boolean }
  | { readonly kind: "pass"; readonly byMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("join", "update", "leave", "disconnect"),
      id: fc.constantFrom("a", "b"),
      service: fc.constantFrom(...SERVICES),
    }),
  },
  fc.record({ kind: fc.constant("loss"), loss: fc.constantFrom<Loss>("none", "lost", "repeated") }),
  fc.record({ kind: fc.constant("cut"), isCut: fc.boolean() }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pass"),
      byMs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 4000 })),
    }),
  },
);

function perform(wire: Wire, one: Step, edition: number): void {
  if (one.kind === "pass") return wire.lapse(one.byMs);
  if (one.kind === "loss") wire.loss = one.loss;
  else if (one.kind === "cut") {
    if (one.isCut) wire.cut();
    else wire.mend();
  } else {
    const { id, service } = one;
    const route = `${service} ${id}`;
    const card = cardOf({ weight: edition });
    if (one.kind === "join") wire.rig.join(id, { service, edition, card }, route);
    else if (one.kind === "disconnect") wire.rig.disconnect(route);
    else if (one.kind === "leave")
      wire.rig.receive(route, { kind: "leave", epoch: EPOCH, proofMs: 0 });
    else
      wire.rig.receive(route, {
        kind: "update",
        epoch: EPOCH,
        edition,
        card,
        proofMs: 0,
        bytes: 1,
      });
  }
  wire.settle();
}

for (const services of [SERVICES, [ALL]]) {
  test(`a follower of ${services.join(" and ")} repairs whatever it has missed`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
        const wire = new Wire(services);
        for (const [index, one] of steps.entries()) perform(wire, one, index + 1);
        wire.loss = "none";
        wire.mend();
        wire.pass(12_000);
        for (const service of SERVICES) {
          const { entries } = wire.rig.surveyor.published(service);
          assert.deepEqual(wire.held(service), new Map(entries), service);
        }
        assert.equal(wire.follower.authority, "live");
      }),
      { numRuns: 80 },
    );
  });
}
