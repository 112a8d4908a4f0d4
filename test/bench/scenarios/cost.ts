import { setTimeout as pause } from "node:timers/promises";
import { Crew } from "../children.ts";
import { meanOf, type Figure } from "../figures.ts";
import type { BareEchoRole } from "../roles/bare-echo.ts";
import type { BareFleetRole } from "../roles/bare-fleet.ts";
import type { FleetRole } from "../roles/fleet.ts";
import type { RegistrarRole } from "../roles/registrar.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { SERVICE } from "../scenes.ts";
import type { Slice } from "../usage.ts";

const MEMBERS = 2000;
/** Joining is over, code is warm, and a registrar that just started has stopped learning. */
const SETTLE_MS = 6000;
/** Half a minute, so that what comes rarely is in it. */
const SAMPLING = { slices: 16, sliceMs: 2000 };

/** Processor time of surveys beside that of an echo with the same schedule, at the same time. */
export const cost: Scenario = {
  name: "cost",
  text: "registrar CPU of surveys over 2,000 members against a bare ROUTER echo",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const registrar = crew.start<RegistrarRole>("registrar", { profile: true });
  const { survey } = await registrar.ask("start", undefined);
  const echo = crew.start<BareEchoRole>("bare-echo", { profile: true });
  const bareSurvey = await echo.ask("start", undefined);
  await crew
    .start<FleetRole>("fleet")
    .ask("fill", { survey, service: SERVICE, prefix: "m", count: MEMBERS });
  await crew
    .start<BareFleetRole>("bare-fleet")
    .ask("fill", { survey: bareSurvey, prefix: "m", count: MEMBERS });
  progress(`${MEMBERS} members and ${MEMBERS} sockets of the floor joined`);
  await pause(SETTLE_MS);
  const { known } = await echo.ask("counts", undefined);
  if (known !== MEMBERS) throw new Error(`the floor knows ${known} of ${MEMBERS}`);
  const [ours, floor] = await Promise.all([
    registrar.ask("sample", SAMPLING),
    echo.ask("sample", SAMPLING),
  ]);
  return [
    {
      name: `registrar CPU per survey, ${MEMBERS} members`,
      unit: "µs",
      ours: meanOf(ours.map(microsPerSurvey)),
      floor: meanOf(floor.map(microsPerSurvey)),
      ratioMax: 1.6,
    },
    {
      name: `registrar CPU in each second, ${MEMBERS} members`,
      unit: "ms",
      ours: meanOf(ours.map(millisPerSecond)),
      floor: meanOf(floor.map(millisPerSecond)),
    },
  ];
}

function microsPerSurvey({ cpuMs, surveys }: Slice): number {
  return (cpuMs * 1000) / surveys;
}

function millisPerSecond({ cpuMs }: Slice): number {
  return (cpuMs * 1000) / SAMPLING.sliceMs;
}
