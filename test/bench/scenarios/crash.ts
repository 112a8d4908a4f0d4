import { setTimeout as pause } from "node:timers/promises";
import { Crew } from "../children.ts";
import { machineMs } from "../clock.ts";
import { spreadOf, type Figure } from "../figures.ts";
import type { BareMemberRole } from "../roles/bare-member.ts";
import type { MemberRole } from "../roles/member.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { openBareScene, openScene, SERVICE, type BareScene, type Scene } from "../scenes.ts";

const WATCHERS = 20;
const ROUNDS = 25;
/** The first trips run cold code in processes that live for years. */
const WARM_UP = 3;
/** After the last list went out, so that the next change finds everybody idle. */
const QUIET_MS = 120;

/** What one member saw of a side: its first join, and its end by `kill -9`. */
interface Trip {
  readonly joinMs: number;
  readonly crashMs: number;
}

/** `kill -9` of a small member process until the last watcher has it. */
export const crash: Scenario = {
  name: "crash",
  text: "kill -9 of a member until the last of 20 watchers has it",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const scene = await openScene(crew, WATCHERS);
  const bare = await openBareScene(crew, WATCHERS);
  const ours: Trip[] = [];
  const floor: Trip[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const pair = [
      await trip(crew, scene, `m${round}`),
      await bareTrip(crew, bare, `m${round}`),
    ] as const;
    if (round < WARM_UP) continue;
    ours.push(pair[0]);
    floor.push(pair[1]);
    progress(
      `${ours.length} of ${ROUNDS}: ${pair.map((one) => one.crashMs.toFixed(1)).join(" and ")} ms`,
    );
  }
  return [
    {
      name: `crash to the last of ${WATCHERS} watchers`,
      unit: "ms",
      ours: spreadOf(ours.map((one) => one.crashMs)),
      floor: spreadOf(floor.map((one) => one.crashMs)),
      ratioMax: 2,
    },
    {
      name: "first join of a new process",
      unit: "ms",
      ours: spreadOf(ours.map((one) => one.joinMs)),
      floor: spreadOf(floor.map((one) => one.joinMs)),
    },
  ];
}

async function trip(crew: Crew, { endpoints, watchers }: Scene, id: string): Promise<Trip> {
  const member = crew.start<MemberRole>("member");
  await member.ask("ready", undefined);
  const joined = watchers.ask("joined", id);
  const startedMs = await member.ask("join", { registrar: endpoints.survey, service: SERVICE, id });
  const joinMs = (await joined) - startedMs;
  await pause(QUIET_MS);
  const left = watchers.ask("left", id);
  const killedMs = machineMs();
  member.kill("SIGKILL");
  return { joinMs, crashMs: (await left) - killedMs };
}

async function bareTrip(crew: Crew, { endpoints, watchers }: BareScene, id: string): Promise<Trip> {
  const member = crew.start<BareMemberRole>("bare-member");
  await member.ask("ready", undefined);
  const joined = watchers.ask("joined", id);
  const startedMs = await member.ask("join", { survey: endpoints.survey, id });
  const joinMs = (await joined) - startedMs;
  await pause(QUIET_MS);
  const left = watchers.ask("left", id);
  const killedMs = machineMs();
  member.kill("SIGKILL");
  return { joinMs, crashMs: (await left) - killedMs };
}
