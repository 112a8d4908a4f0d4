import { setTimeout as pause } from "node:timers/promises";
import { Crew, type Child } from "../children.ts";
import { worstOf, type Figure } from "../figures.ts";
import type { MembersRole } from "../roles/members.ts";
import type { RegistrarRole } from "../roles/registrar.ts";
import type { WatchersRole } from "../roles/watchers.ts";
import { idsOf } from "../sample.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { learned, openScene, SERVICE, type Scene } from "../scenes.ts";

const MEMBERS = 50;
const WATCHERS = 20;
const KILLED_MS = 3000;
/** Longer than clients bear silence, so that they hang up on a registrar that still lives. */
const STOPPED_MS = 6000;
const LOOK_MS = 50;
/** Questions to everybody before the lists are looked at: as many as make a suspect. */
const QUESTIONS = 3;

/** An outage of the registrar, after which it is a new run or the same. */
export const outage: Scenario = {
  name: "outage",
  text: "the registrar killed for 3 s and stopped for 6 s: live peers that watchers lack meanwhile",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const scene = await openScene(crew, WATCHERS);
  const { registrar, endpoints, watchers } = scene;
  const ids = idsOf("m", MEMBERS);
  const joined = watchers.ask("allJoined", ids);
  const members = crew.start<MembersRole>("members");
  await members.ask("join", { registrar: endpoints.survey, service: SERVICE, ids });
  await joined;
  await settled(registrar, watchers);
  progress(`${MEMBERS} members are on the lists of ${WATCHERS} watchers`);

  const another = crew.start<RegistrarRole>("registrar", { profile: true });
  const killed = await lackedIn(scene, async () => {
    registrar.kill("SIGKILL");
    await pause(KILLED_MS);
    await another.ask("start", endpoints);
    await settled(another, watchers);
  });
  progress("another registrar judges at the endpoints of the one that was killed");

  const stopped = await lackedIn(scene, async () => {
    another.kill("SIGSTOP");
    await pause(STOPPED_MS);
    another.kill("SIGCONT");
    await until(async () => (await another.ask("authority", undefined)) === "learning");
    await settled(another, watchers);
  });
  return [
    figure(`killed for ${KILLED_MS / 1000} s`, killed),
    figure(`stopped for ${STOPPED_MS / 1000} s`, stopped),
  ];
}

function figure(what: string, lacked: number): Figure {
  const name = `live peers that a watcher lacked, registrar ${what}`;
  return { name, unit: "peers", ours: worstOf([lacked]), oursMax: 0 };
}

/** How often a peer went off the list of a watcher meanwhile; all of them live. */
async function lackedIn({ watchers }: Scene, act: () => Promise<void>): Promise<number> {
  const before = await watchers.ask("removals", undefined);
  await act();
  return (await watchers.ask("removals", undefined)) - before;
}

/** Waits until everybody is back at a registrar that judges, and was asked often enough since then. */
async function settled(
  registrar: Child<RegistrarRole>,
  watchers: Child<WatchersRole>,
): Promise<void> {
  await learned(registrar);
  await until(() => watchers.ask("areLive", undefined));
  await until(async () => (await registrar.ask("members", SERVICE)) === MEMBERS);
  const surveys = async (): Promise<number> => (await registrar.ask("counters", undefined)).surveys;
  const enough = (await surveys()) + QUESTIONS * (MEMBERS + WATCHERS);
  await until(async () => (await surveys()) >= enough);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(LOOK_MS);
}
