import type { SurveyorEffect } from "../../../lib/core/io.ts";
import { tuneRegistrar } from "../../../lib/core/options.ts";
import { Surveyor } from "../../../lib/core/surveyor.ts";
import { spreadOf, type Figure } from "../figures.ts";
import { cardOf, idsOf, instanceOf } from "../sample.ts";
import type { Scenario } from "../scenario.ts";

const MEMBERS = 2000;
const EPOCH = "0123456789abcdef0123456789abcdef";
const ROUNDS = 7;
const SECONDS = 30;
const STEP_MS = 10;

/** The registrar's machine alone, in virtual time: what of a survey is ours and not ZeroMQ's. */
export const machine: Scenario = {
  name: "machine",
  text: "answers per second that the registrar's machine takes, without any network",
  run: measure,
};

async function measure(): Promise<readonly Figure[]> {
  const rates = Array.from({ length: ROUNDS }, rate);
  return [
    {
      name: `machine alone: answers with their surveys, ${MEMBERS} members`,
      unit: "per second",
      // The first rounds run cold code.
      ours: spreadOf(rates.slice(2)),
    },
  ];
}

/** Answers that were taken in one second of real time. */
function rate(): number {
  const surveyor = new Surveyor({ epoch: EPOCH, tuning: tuneRegistrar(), nowMs: 0 });
  for (const id of idsOf("m", MEMBERS)) join(surveyor, id);
  let answers = 0;
  const startedMs = performance.now();
  for (let nowMs = STEP_MS; nowMs <= SECONDS * 1000; nowMs += STEP_MS) {
    const effects = surveyor.handle({ kind: "wake" }, nowMs);
    for (const effect of effects) answers += answer(surveyor, effect, nowMs);
  }
  return (answers * 1000) / (performance.now() - startedMs);
}

function join(surveyor: Surveyor, id: string): void {
  const message = {
    kind: "join",
    version: 1,
    epoch: EPOCH,
    service: "cache",
    id,
    instance: instanceOf(id),
    edition: 1,
    card: cardOf(1),
    previous: null,
    sequence: 1,
    secret: "5e".repeat(16),
    proof: null,
    bytes: 100,
  } as const;
  surveyor.handle({ kind: "received", route: id, message }, 0);
}

function answer(surveyor: Surveyor, effect: SurveyorEffect, nowMs: number): number {
  if (effect.kind !== "survey") return 0;
  const { round, routes } = effect;
  for (const route of routes) {
    const message = { kind: "answer", epoch: EPOCH, round, stalledMs: 0 } as const;
    surveyor.handle({ kind: "received", route, message }, nowMs + 1);
  }
  return routes.length;
}
