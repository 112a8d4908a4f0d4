import { setTimeout as pause } from "node:timers/promises";
import { Crew, type Child } from "../children.ts";
import { spreadOf, type Figure } from "../figures.ts";
import { Meter } from "../meter.ts";
import type { FleetRole } from "../roles/fleet.ts";
import { idsOf } from "../sample.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { fillFleets, learned, openRegistrar, SERVICE } from "../scenes.ts";

const FEW = 50;
const MANY = 5000;
const CHANGES = 20;
/** Longer than the registrar waits between two publications. */
const QUIET_MS = 60;

const KINDS = ["join", "update", "goodbye"] as const;
type Kind = (typeof KINDS)[number];

/** A change costs what it is, not what the list is. */
export const bytes: Scenario = {
  name: "bytes",
  text: "bytes each watcher is sent for one change, at 5,000 peers against 50",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  const few = await measureAt(new Crew(workshop), FEW);
  progress(`${FEW} peers are measured`);
  const many = await measureAt(new Crew(workshop), MANY);
  return KINDS.map((kind) => ({
    name: `${kind} at ${MANY} peers, sent to each watcher`,
    unit: "bytes",
    ours: spreadOf(many[kind]),
    floor: spreadOf(few[kind]),
    against: `at ${FEW} peers`,
    ratioMax: 1.1,
  }));
}

/** Bytes of single changes by kind, in a list of so many. */
async function measureAt(started: Crew, peers: number): Promise<Readonly<Record<Kind, number[]>>> {
  await using crew = started;
  const { registrar, endpoints } = await openRegistrar(crew);
  const [fleet] = await fillFleets(crew, endpoints.survey, peers);
  if (fleet === undefined) throw new Error("no members");
  await learned(registrar);
  using meter = new Meter(endpoints.roster, SERVICE);
  await meter.opened();
  const found: Record<Kind, number[]> = { join: [], update: [], goodbye: [] };
  for (const id of idsOf("f0-", CHANGES)) {
    for (const kind of KINDS) {
      await pause(QUIET_MS);
      found[kind].push(
        await meter.during(() => change(kind, { fleet, survey: endpoints.survey, id })),
      );
    }
  }
  return found;
}

async function change(
  kind: Kind,
  {
    fleet,
    survey,
    id,
  }: { readonly fleet: Child<FleetRole>; readonly survey: string; readonly id: string },
): Promise<void> {
  const prefix = `n${id}-`;
  if (kind === "join") await fleet.ask("fill", { survey, service: SERVICE, prefix, count: 1 });
  else if (kind === "update") await fleet.ask("update", id);
  else await fleet.ask("leave", `${prefix}00000`);
}
