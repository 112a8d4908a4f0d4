import assert from "node:assert/strict";
import fc from "fast-check";
import { ANY_EPOCH } from "../../lib/core/messages.ts";
import type { ToRegistrar } from "../../lib/core/messages.ts";
import { nowMs } from "../../lib/host/clock.ts";
import { LimitedLog, loggerFor } from "../../lib/host/log.ts";
import { Allow } from "../../lib/keys/allow.ts";
import { Prover } from "../../lib/keys/proof.ts";
import type { Provable } from "../../lib/keys/proof.ts";
import { decodeKey, encodeKey, KEY_LENGTH } from "../../lib/keys/z85.ts";
import { Gate } from "../../lib/registrar/gate.ts";
import { Reception } from "../../lib/registrar/reception.ts";
import { decodeToRegistrar, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { RegistrarRig } from "../core/registrar-rig.ts";
import { LAN } from "../core/samples.ts";
import { instanceNamed } from "../helpers/instances.ts";
import { EPOCH, JOIN, MANUAL, NONCE, WATCH } from "../keys/samples.ts";
import { hostile } from "./decoders.ts";
import { FRAMES, jsonOf, targetOf } from "./target.ts";
import type { Target } from "./target.ts";

/*
 * Who has no listed key gets nothing through the gate: what passes as a JOIN or WATCH says what its
 * proof was made for, and anything else passes on connections alone that one of these had opened.
 */

const PROVER = new Prover(MANUAL.client, MANUAL.registrar.publicKey);
const RULES = {
  members: [{ key: MANUAL.client.publicKey, services: ["cache"] }],
  watchers: [{ key: MANUAL.client.publicKey }],
};
const ROUTES = 3;

function proved<T extends Provable>(message: T): T {
  return { ...message, proof: PROVER.proof(message, NONCE) };
}

/** All that the holder of the key ever proved. One of them asks for what its key may not join. */
const PROVED: readonly Provable[] = [
  proved(JOIN),
  proved({ ...JOIN, id: "c2", ...instanceNamed("77") }),
  proved({ ...JOIN, service: "billing" }),
  proved(WATCH),
  proved({ ...WATCH, services: [] }),
];
const OTHERS: readonly ToRegistrar[] = [
  JOIN,
  WATCH,
  { ...JOIN, epoch: ANY_EPOCH },
  { kind: "answer", epoch: EPOCH, round: 1, stalledMs: 0 },
  { kind: "leave", epoch: EPOCH, proofMs: 0 },
];

/** What a proof is made for, and the proof, as one text. */
function claimOf(message: Provable): string {
  const { kind, instance, proof } = message;
  const about = kind === "join" ? [message.service, message.id] : message.services;
  return JSON.stringify([kind, instance, about, Buffer.from(proof ?? []).toString("hex")]);
}

const CLAIMS: ReadonlySet<string> = new Set(
  PROVED.filter((one) => one.kind === "watch" || one.service === "cache").map(claimOf),
);

function openGate(): Gate {
  const logger = loggerFor(false);
  return new Gate({
    keys: { own: MANUAL.registrar, allow: new Allow(RULES) },
    nonce: NONCE,
    epoch: EPOCH,
    logger,
    limited: new LimitedLog(logger, nowMs),
    send: () => {},
    away: () => [],
    strike: () => {},
    expel: () => {},
    renewRoster: () => {},
  });
}

function check(frames: readonly Uint8Array[]): void {
  const gate = openGate();
  const opened = new Set<string>();
  frames.forEach((frame, at) => {
    const decoded = decodeToRegistrar(frame);
    if (!decoded.ok) return;
    const [route, message] = [`r${at % ROUTES}`, decoded.value];
    if (!gate.admits(route, message) || message.epoch !== EPOCH) return;
    if (message.kind === "join" || message.kind === "watch") {
      assert.ok(CLAIMS.has(claimOf(message)), "what passes is what was proved");
      opened.add(route);
    }
    assert.ok(opened.has(route), `a ${message.kind} passed on a connection without a proof`);
  });
}

/** Nothing is lost on the way in: it is dropped and counted, kept out, handed on, or it waits. */
function checkReception(frames: readonly Uint8Array[]): void {
  const gate = openGate();
  const rig = new RegistrarRig(LAN);
  let [asked, passed, ends, handed] = [0, 0, 0, 0];
  const reception = new Reception({
    surveyor: rig.surveyor,
    gate: {
      keyOf: (route: string) => gate.keyOf(route),
      closed: (route: string) => gate.closed(route),
      admits: (route: string, message: ToRegistrar) => {
        asked += 1;
        const isAdmitted = gate.admits(route, message);
        if (isAdmitted) passed += 1;
        return isAdmitted;
      },
    },
    limited: new LimitedLog(loggerFor(false), nowMs),
    send: () => {},
    take: (input) => {
      if (input.kind === "disconnected") ends += 1;
      else handed += 1;
      rig.take(input);
    },
  });
  const ended = new Map<number, number>();
  for (const [at, frame] of frames.entries()) {
    const seat = at % ROUTES;
    const before = ended.get(seat) ?? 0;
    // The name of a connection that ended is not used again.
    const route = `r${seat}-${before}`;
    // Now and then a frame too many.
    reception.received(route, (frame[0] ?? 0) % 16 === 15 ? [frame, frame] : [frame]);
    if (frame.length % 7 !== 3) continue;
    reception.gone(route);
    ended.set(seat, before + 1);
  }
  assert.equal(handed, passed, "what passed the gate was handed on");
  const waiting = frames.length - reception.malformed - reception.forgeries - asked;
  assert.ok(
    waiting >= 0 && waiting <= reception.waiting,
    "what is neither dropped nor asked waits",
  );
  assert.ok(ends <= frames.length);
  reception.close();
  assert.equal(reception.waiting, 0);
}

const frames = fc
  .array(fc.constantFrom(...PROVED, ...OTHERS), { minLength: 1, maxLength: 8 })
  .map((messages) => messages.map(encodeToRegistrar));

/** What guards the door. */
export const GUARDS: readonly Target[] = [
  targetOf({
    name: "gate",
    covers: ["lib/registrar/gate.ts Gate"],
    arbitrary: hostile(frames),
    check,
    ...FRAMES,
  }),
  targetOf({
    name: "reception",
    covers: ["lib/registrar/reception.ts Reception"],
    arbitrary: hostile(frames),
    check: checkReception,
    ...FRAMES,
  }),
  targetOf({
    name: "key",
    covers: ["lib/keys/z85.ts decodeKey"],
    arbitrary: fc.oneof(
      fc.string({ minLength: KEY_LENGTH, maxLength: KEY_LENGTH, unit: "grapheme-ascii" }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map(encodeKey),
      fc.string(),
    ),
    check: (text) => {
      const key = decodeKey(text);
      if (key !== undefined) assert.equal(encodeKey(key), text, "a key has one text");
    },
    ...jsonOf<string>(),
  }),
];
