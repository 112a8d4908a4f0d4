import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeAnswer,
  decodeLeave,
  decodeSurvey,
  encodeAnswer,
  encodeLeave,
  encodeSurvey,
} from "../../lib/wire/hot.ts";
import { KIND } from "../../lib/wire/kinds.ts";
import { INTERVAL_MS_MAX } from "../../lib/wire/scalars.ts";
import { fromRegistrar, toRegistrar } from "./arbitraries.ts";
import { bytesOf, embedded, rawFrame } from "./frames.ts";
import { EPOCH } from "./samples.ts";

const UINT32_MAX = 0xffffffff;
const answer = { kind: "answer", epoch: EPOCH, round: 1, stalledMs: 0 } as const;

test("a survey has the bytes of the general encoder, or is left to it", () => {
  fc.assert(
    fc.property(fromRegistrar.survey, (survey) => {
      const frame = encodeSurvey(survey);
      if (survey.round > UINT32_MAX) return assert.equal(frame, undefined);
      assert.deepEqual(frame, rawFrame([KIND.survey, survey.round]));
      assert.deepEqual(decodeSurvey(embedded(frame)), survey);
    }),
  );
});

test("an answer has the bytes of the general encoder, or is left to it", () => {
  fc.assert(
    fc.property(toRegistrar.answer, (message) => {
      const { epoch, round, stalledMs } = message;
      const frame = encodeAnswer(message);
      if (Math.max(round, stalledMs) > UINT32_MAX) return assert.equal(frame, undefined);
      assert.deepEqual(frame, rawFrame([KIND.answer, bytesOf(epoch), round, stalledMs]));
      assert.deepEqual(decodeAnswer(embedded(frame)), message);
    }),
  );
});

test("a goodbye has the bytes of the general encoder", () => {
  fc.assert(
    fc.property(toRegistrar.leave, (message) => {
      const frame = encodeLeave(message);
      assert.ok(frame);
      assert.deepEqual(frame, rawFrame([KIND.leave, bytesOf(message.epoch), message.proofMs]));
      assert.deepEqual(decodeLeave(embedded(frame)), message);
    }),
  );
});

test("what cannot travel is left to the general encoder, which says why", () => {
  for (const round of [-1, 0.5, NaN, 2 ** 32])
    assert.equal(encodeSurvey({ kind: "survey", round }), undefined);
  for (const change of [
    { round: -1 },
    { stalledMs: 1.5 },
    { epoch: "" },
    { epoch: EPOCH.toUpperCase() },
  ]) {
    assert.equal(encodeAnswer({ ...answer, ...change }), undefined);
  }
  for (const change of [{ proofMs: -1 }, { proofMs: INTERVAL_MS_MAX + 1 }, { epoch: "00" }]) {
    assert.equal(encodeLeave({ kind: "leave", epoch: EPOCH, proofMs: 0, ...change }), undefined);
  }
});

const head = `94 13 c410 ${EPOCH}`;
const UNUSUAL: readonly (readonly [name: string, hex: string])[] = [
  ["no bytes", ""],
  ["a survey without its round", "9202"],
  ["a survey with more", "920201ff"],
  ["a survey of a later version", "93020101"],
  ["a survey with a cut round", "9202cd01"],
  ["a survey with a negative round", "9202ff"],
  ["a survey with a round of 64 bits", "9202cf0000000000000001"],
  ["an answer that ends in its epoch", "9413c41000"],
  ["an answer without its stall", `${head} 01`],
  ["an answer with a cut stall", `${head} 01 ce000000`],
  ["an answer with more", `${head} 01 00 00`],
  ["an answer with a short epoch", "94 13 c40f 00112233445566778899aabbccddee 01 00"],
  [
    "an answer with a short epoch and a long round",
    "94 13 c40f 00112233445566778899aabbccddee cc01 00",
  ],
  ["an answer with an epoch of text", `94 13 d910 ${"61".repeat(16)} 01 00`],
  ["an answer with a text for a round", `${head} a0 00`],
  ["a goodbye that ends in its epoch", "9315c41000"],
  ["a goodbye without its time", `93 15 c410 ${EPOCH}`],
  ["a goodbye with a cut time", `93 15 c410 ${EPOCH} cd01`],
  ["a goodbye that waits for more than a day", `93 15 c410 ${EPOCH} ce05265c01`],
  ["a goodbye with more", `93 15 c410 ${EPOCH} 00 00`],
  ["a goodbye of a later version", `94 15 c410 ${EPOCH} 00 00`],
];

for (const [name, hex] of UNUSUAL) {
  test(`${name} is left to the general decoder`, () => {
    assert.equal(decodeSurvey(bytesOf(hex)), undefined);
    assert.equal(decodeAnswer(bytesOf(hex)), undefined);
    assert.equal(decodeLeave(bytesOf(hex)), undefined);
  });
}
