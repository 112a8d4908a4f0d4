import assert from "node:assert/strict";
import { test } from "node:test";
import { isTransmission } from "../../lib/core/io.ts";
import type { ClientEffect, ClientInput, SurveyorEffect } from "../../lib/core/io.ts";
import type { FromRegistrar } from "../../lib/core/messages.ts";
import { Client } from "../../lib/core/client.ts";
import { MEMBER } from "./client-rig.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { ACCEPTED, CARD, CLIENT_LAN, pulseOf, randomOf, SECRET, welcomeOf } from "./samples.ts";

/**
 * The compiler keeps these complete: an effect that is added has to be named here. A client has
 * nothing to note yet.
 */
const SURVEYOR_EFFECTS: Readonly<Record<SurveyorEffect["kind"], true>> = {
  survey: true,
  reply: true,
  publish: true,
  authority: true,
  note: true,
};
const CLIENT_EFFECTS: Readonly<Record<Exclude<ClientEffect["kind"], "note">, true>> = {
  dial: true,
  hangup: true,
  detach: true,
  send: true,
  follow: true,
  subscribe: true,
  unsubscribe: true,
  changed: true,
  connection: true,
  accepted: true,
  refused: true,
  proof: true,
  recorded: true,
  left: true,
  explanation: true,
  exported: true,
  lost: true,
};

test("every effect of a registrar comes about", () => {
  const rig = new RegistrarRig();
  rig.join("c1");
  rig.subscribe("nonsense");
  rig.pass(10_000);
  const seen = new Set(rig.effects.map(({ effect }) => effect.kind));
  assert.deepEqual([...seen].toSorted(), Object.keys(SURVEYOR_EFFECTS).toSorted());
});

function aClient(): Client {
  return new Client({
    sources: [true],
    instance: "c1-1",
    secret: SECRET,
    identity: { service: "cache", id: "c1", instance: "c1-1" },
    showing: { edition: 1, card: CARD },
    services: ["cache"],
    tuning: CLIENT_LAN,
    random: randomOf(),
  });
}

test("every effect of a client comes about", () => {
  const client = aClient();
  const source = 0;
  const effects = [
    { kind: "start" } as const,
    { kind: "follow" } as const,
    { kind: "received", source, message: welcomeOf() } as const,
    { kind: "received", source, message: ACCEPTED } as const,
    { kind: "received", source, message: { kind: "recorded", edition: 1, revision: 1 } } as const,
    {
      kind: "received",
      source,
      message: { kind: "left", revision: 1, named: 0, anonymous: 0 },
    } as const,
    {
      kind: "received",
      source,
      message: {
        kind: "proof",
        edition: null,
        acknowledged: [],
        missing: [],
        anonymous: 0,
        more: false,
      },
    } as const,
    {
      kind: "received",
      source,
      message: { kind: "explanation", token: 1, found: false, json: "null" },
    } as const,
    {
      kind: "received",
      source,
      message: { kind: "exported", token: 2, next: 0, json: "{}" },
    } as const,
    { kind: "published", source, topic: "P\0", message: pulseOf() } as const,
    {
      kind: "received",
      source,
      message: { kind: "refused", code: "ERR_REPLACED", text: "" },
    } as const,
  ].flatMap((input) => client.handle(input, 0));
  effects.push(
    ...client.handle({ kind: "wake" }, 60_000),
    // The second silence ends the snapshot that was late after the first.
    ...[1, 2, 3].flatMap(() => client.handle({ kind: "wake" }, client.nextDeadlineMs)),
  );
  const unasked = aClient();
  unasked.handle({ kind: "start" }, 0);
  unasked.handle({ kind: "received", source, message: welcomeOf() }, 0);
  for (let wakes = 0; wakes < 100 && !effects.some(({ kind }) => kind === "detach"); wakes += 1) {
    effects.push(...unasked.handle({ kind: "wake" }, unasked.nextDeadlineMs));
  }
  const seen = new Set(effects.map(({ kind }) => kind));
  assert.deepEqual([...seen].toSorted(), Object.keys(CLIENT_EFFECTS).toSorted());
});

test("what goes to a registrar is handed out at once and in its order, and the rest returned", () => {
  const clients = [0, 1].map(() => new Client({ ...MEMBER, random: randomOf() }));
  const [plain, quick] = clients;
  assert.ok(plain && quick);
  const received = (message: FromRegistrar): ClientInput => {
    return { kind: "received", source: 0, message };
  };
  const inputs: readonly ClientInput[] = [
    { kind: "start" },
    received(welcomeOf()),
    received(ACCEPTED),
    { kind: "follow" },
    received({ kind: "survey", round: 1 }),
    { kind: "update", card: CARD, proofMs: 0 },
    { kind: "lost", source: 0 },
    { kind: "leave", proofMs: 0 },
  ];
  const handedOut: ClientEffect[] = [];
  for (const [at, input] of inputs.entries()) {
    const urgent: ClientEffect[] = [];
    const rest: readonly ClientEffect[] = quick.handle(
      input,
      at,
      (effect) => void urgent.push(effect),
    );
    const all: readonly ClientEffect[] = plain.handle(input, at);
    assert.deepEqual(urgent, all.filter(isTransmission));
    assert.deepEqual(
      rest,
      all.filter((effect) => !isTransmission(effect)),
    );
    handedOut.push(...urgent);
  }
  const kinds = new Set(handedOut.map(({ kind }) => kind));
  for (const kind of ["dial", "send", "follow", "subscribe"] as const) assert.ok(kinds.has(kind));
});
