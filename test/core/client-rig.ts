import assert from "node:assert/strict";
import { Client } from "../../lib/core/client.ts";
import type { ClientSetup } from "../../lib/core/contact.ts";
import type { ClientEffect, ClientInput } from "../../lib/core/io.ts";
import type { FromRegistrar, RosterMessage, ToRegistrar } from "../../lib/core/messages.ts";
import { parseTopic } from "../../lib/core/topics.ts";
import {
  ACCEPTED,
  CARD,
  CLIENT_LAN,
  EPOCH,
  OTHER_EPOCH,
  randomOf,
  SECRET,
  welcomeOf,
} from "./samples.ts";

export const MEMBER: ClientSetup = {
  sources: [true],
  instance: "c1-1",
  secret: SECRET,
  identity: { service: "cache", id: "c1", instance: "c1-1" },
  showing: { edition: 1, card: CARD },
  services: ["cache"],
  tuning: CLIENT_LAN,
  random: randomOf(),
};
export const WATCHER: ClientSetup = { ...MEMBER, instance: "w-1", identity: null, showing: null };

/** A client in virtual time; what the registrars say is up to the test. */
export class ClientRig {
  readonly client: Client;
  effects: ClientEffect[] = [];
  nowMs: number;
  readonly #requests = new Map<number, string>();

  constructor(setup: Partial<ClientSetup> = {}, nowMs = 1000) {
    this.client = new Client({ ...MEMBER, random: randomOf(), ...setup });
    this.nowMs = nowMs;
    this.take({ kind: "start" });
  }

  /** A member that is listed by every registrar. */
  static accepted(setup: Partial<ClientSetup> = {}): ClientRig {
    const rig = new ClientRig(setup);
    for (const [source] of rig.#sources(setup)) {
      rig.greet(source);
      rig.receive(setup.identity === null ? { ...ACCEPTED, edition: 0 } : ACCEPTED, source);
      rig.receive({ kind: "recorded", edition: setup.showing?.edition ?? 1, revision: 1 }, source);
    }
    assert.equal(rig.client.connection.kind, "live");
    rig.effects = [];
    return rig;
  }

  #sources(setup: Partial<ClientSetup>): readonly (readonly [number, boolean])[] {
    return [...(setup.sources ?? MEMBER.sources).entries()];
  }

  take(input: ClientInput): readonly ClientEffect[] {
    const effects = this.client.handle(input, this.nowMs);
    assert.ok(this.client.nextDeadlineMs >= this.nowMs, "a deadline lies in the past");
    this.effects.push(...effects);
    for (const effect of effects) this.#note(effect);
    return effects;
  }

  #note(effect: ClientEffect): void {
    if (effect.kind !== "subscribe" || parseTopic(effect.topic).kind !== "snapshot") return;
    this.#requests.set(effect.source, effect.topic);
  }

  /** The registrars are two, each in a run of its own. */
  greet(source: number): void {
    this.receive(welcomeOf({ epoch: source === 0 ? EPOCH : OTHER_EPOCH }), source);
  }

  receive(message: FromRegistrar, source = 0): readonly ClientEffect[] {
    return this.take({ kind: "received", source, message });
  }

  publish(message: RosterMessage, source = 0): readonly ClientEffect[] {
    const topic = message.kind === "snapshot" ? (this.#requests.get(source) ?? "") : "";
    return this.take({ kind: "published", source, topic, message });
  }

  pass(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (let wakes = 0; this.client.nextDeadlineMs <= untilMs; wakes += 1) {
      assert.ok(wakes <= byMs + 50, `${wakes} wake-ups in ${byMs} ms`);
      this.nowMs = Math.max(this.nowMs, this.client.nextDeadlineMs);
      this.take({ kind: "wake" });
    }
    this.nowMs = untilMs;
  }

  /** What was sent since the effects were cleared. */
  sent(source = 0): readonly ToRegistrar[] {
    return this.effects.flatMap((effect) =>
      effect.kind === "send" && effect.source === source ? [effect.message] : [],
    );
  }

  get sentKinds(): readonly string[] {
    return this.sent().map(({ kind }) => kind);
  }

  count(kind: ClientEffect["kind"]): number {
    return this.effects.filter((effect) => effect.kind === kind).length;
  }

  clear(): void {
    this.effects = [];
  }
}
