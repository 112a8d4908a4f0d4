import { setTimeout as pause } from "node:timers/promises";
import { Crew, type Child } from "../children.ts";
import { spreadOf, type Figure } from "../figures.ts";
import type { BareMemberRole } from "../roles/bare-member.ts";
import type { MemberRole } from "../roles/member.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { openBareScene, openScene, SERVICE, type BareScene, type Scene } from "../scenes.ts";

const WATCHERS = 20;
const ROUNDS = 200;
const WARM_UP = 5;
const QUIET_MS = 60;

interface Trip {
  readonly joinMs: number;
  readonly goodbyeMs: number;
}

/** Join and goodbye of a process that runs already, until the last watcher has them. */
export const goodbye: Scenario = {
  name: "goodbye",
  text: "join() and close() until the last of 20 watchers has them",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const scene = await openScene(crew, WATCHERS);
  const bare = await openBareScene(crew, WATCHERS);
  const member = crew.start<MemberRole>("member", { profile: true });
  const bareMember = crew.start<BareMemberRole>("bare-member");
  const ours: Trip[] = [];
  const floor: Trip[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const one = await trip(scene, member, `m${round}`);
    const other = await bareTrip(bare, bareMember, `m${round}`);
    if (round < WARM_UP) continue;
    ours.push(one);
    floor.push(other);
    if (ours.length % 50 === 0) progress(`${ours.length} of ${ROUNDS}`);
  }
  return [
    {
      name: `goodbye to the last of ${WATCHERS} watchers`,
      unit: "ms",
      ours: spreadOf(ours.map((one) => one.goodbyeMs)),
      floor: spreadOf(floor.map((one) => one.goodbyeMs)),
      ratioMax: 2,
    },
    {
      name: `join to the last of ${WATCHERS} watchers`,
      unit: "ms",
      ours: spreadOf(ours.map((one) => one.joinMs)),
      floor: spreadOf(floor.map((one) => one.joinMs)),
      ratioMax: 2,
    },
  ];
}

async function trip(
  { endpoints, watchers }: Scene,
  member: Child<MemberRole>,
  id: string,
): Promise<Trip> {
  const joined = watchers.ask("joined", id);
  const startedMs = await member.ask("join", { registrar: endpoints.survey, service: SERVICE, id });
  const joinMs = (await joined) - startedMs;
  await pause(QUIET_MS);
  const left = watchers.ask("left", id);
  const closedMs = await member.ask("close", undefined);
  const goodbyeMs = (await left) - closedMs;
  await pause(QUIET_MS);
  return { joinMs, goodbyeMs };
}

async function bareTrip(
  { endpoints, watchers }: BareScene,
  member: Child<BareMemberRole>,
  id: string,
): Promise<Trip> {
  const joined = watchers.ask("joined", id);
  const startedMs = await member.ask("join", { survey: endpoints.survey, id });
  const joinMs = (await joined) - startedMs;
  await pause(QUIET_MS);
  const left = watchers.ask("left", id);
  const closedMs = await member.ask("leave", undefined);
  const goodbyeMs = (await left) - closedMs;
  await member.ask("drop", undefined);
  await pause(QUIET_MS);
  return { joinMs, goodbyeMs };
}
