import { setTimeout as pause } from "node:timers/promises";
import { freezeBoundMs, tuneRegistrar } from "../../../lib/index.ts";
import { Crew } from "../children.ts";
import { machineMs } from "../clock.ts";
import { spreadOf, worstOf, type Figure } from "../figures.ts";
import type { MemberRole } from "../roles/member.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { learned, openScene, SERVICE } from "../scenes.ts";

const ROUNDS = 5;
const PAUSE_MS = 600;
/** Not a multiple of the survey interval, so that each round meets another phase of it. */
const APART_MS = 1370;
const ID = "frozen";

/** A process that is stopped, for long and for a moment. */
export const freeze: Scenario = {
  name: "freeze",
  text: "SIGSTOP of a member until it is out of peers$, and a pause of 600 ms",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const { registrar, endpoints, watchers } = await openScene(crew, 1, true);
  const member = crew.start<MemberRole>("member");
  await member.ask("join", { registrar: endpoints.survey, service: SERVICE, id: ID });
  await watchers.ask("joined", ID);
  await learned(registrar);
  const [out, back, changes]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await pause(APART_MS);
    const before = await watchers.ask("changes", undefined);
    member.kill("SIGSTOP");
    await pause(PAUSE_MS);
    member.kill("SIGCONT");
    await pause(APART_MS);
    changes.push((await watchers.ask("changes", undefined)) - before);
    const stoppedMs = machineMs();
    member.kill("SIGSTOP");
    out.push((await watchers.ask("left", ID)) - stoppedMs);
    const thawedMs = machineMs();
    member.kill("SIGCONT");
    back.push((await watchers.ask("joined", ID)) - thawedMs);
    progress(`${round + 1} of ${ROUNDS}: out after ${out.at(-1)?.toFixed(0)} ms`);
  }
  return figures({ out, back, changes });
}

function figures(found: {
  readonly out: readonly number[];
  readonly back: readonly number[];
  readonly changes: readonly number[];
}): readonly Figure[] {
  return [
    {
      name: "frozen process out of peers$",
      unit: "ms",
      ours: worstOf(found.out),
      floor: spreadOf([freezeBoundMs(tuneRegistrar())]),
      against: "documented bound",
      ratioMax: 1,
    },
    { name: "thawed process back in peers$", unit: "ms", ours: spreadOf(found.back) },
    {
      name: `changes seen in a pause of ${PAUSE_MS} ms`,
      unit: "changes",
      ours: worstOf(found.changes),
      oursMax: 0,
    },
  ];
}
