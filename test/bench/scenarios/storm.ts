import { setTimeout as pause } from "node:timers/promises";
import { Crew } from "../children.ts";
import { spreadOf, type Figure } from "../figures.ts";
import type { BareFleetRole } from "../roles/bare-fleet.ts";
import type { FleetRole } from "../roles/fleet.ts";
import { idsOf } from "../sample.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { openBareScene, openScene, SERVICE } from "../scenes.ts";

const MEMBERS = 500;
const WATCHERS = 20;
const ROUNDS = 3;
const QUIET_MS = 1000;

/** What one storm took. */
interface Storm {
  readonly ms: number;
  readonly publications: number;
}

/** Many that join at once. */
export const storm: Scenario = {
  name: "storm",
  text: "500 members that join at once: publications, and time until 20 watchers have all",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  const [ours, floor]: [Storm[], Storm[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await ourStorm(new Crew(workshop)));
    floor.push(await bareStorm(new Crew(workshop)));
    progress(`${round + 1} of ${ROUNDS}`);
  }
  return [
    {
      name: `${MEMBERS} joins at once, until ${WATCHERS} watchers have all`,
      unit: "ms",
      ours: spreadOf(ours.map((one) => one.ms)),
      floor: spreadOf(floor.map((one) => one.ms)),
    },
    {
      name: `publications of ${MEMBERS} joins`,
      unit: "publications",
      ours: spreadOf(ours.map((one) => one.publications)),
      floor: spreadOf(floor.map((one) => one.publications)),
    },
  ];
}

async function ourStorm(started: Crew): Promise<Storm> {
  await using crew = started;
  const { registrar, endpoints, watchers } = await openScene(crew, WATCHERS);
  const fleet = crew.start<FleetRole>("fleet");
  await pause(QUIET_MS);
  const before = await registrar.ask("counters", undefined);
  const done = watchers.ask("allJoined", idsOf("m", MEMBERS));
  const filling = { survey: endpoints.survey, service: SERVICE, prefix: "m", count: MEMBERS };
  const startedMs = await fleet.ask("fill", filling);
  const ms = (await done) - startedMs;
  const after = await registrar.ask("counters", undefined);
  return { ms, publications: after.publications - before.publications };
}

async function bareStorm(started: Crew): Promise<Storm> {
  await using crew = started;
  const { hub, endpoints, watchers } = await openBareScene(crew, WATCHERS);
  const fleet = crew.start<BareFleetRole>("bare-fleet");
  await pause(QUIET_MS);
  const done = watchers.ask("allJoined", idsOf("m", MEMBERS));
  const filling = { survey: endpoints.survey, prefix: "m", count: MEMBERS };
  const startedMs = await fleet.ask("fill", filling);
  const ms = (await done) - startedMs;
  return { ms, publications: await hub.ask("publications", undefined) };
}
