import { Crew } from "../children.ts";
import { spreadOf, type Figure } from "../figures.ts";
import type { BareSnapshotsRole } from "../roles/bare-snapshots.ts";
import type { LatecomerRole } from "../roles/latecomer.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { fillFleets, learned, openRegistrar, SERVICE } from "../scenes.ts";

const PEERS = 5000;
const ROUNDS = 10;
/** The first arrivals run cold code. */
const WARM_UP = 2;

/** A watcher that comes late. */
export const late: Scenario = {
  name: "late",
  text: "a late watcher until it has 5,000 peers, against a message of the same bytes",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const { registrar, endpoints } = await openRegistrar(crew);
  await fillFleets(crew, endpoints.survey, PEERS);
  await learned(registrar);
  progress(`${PEERS} members joined`);
  const latecomer = crew.start<LatecomerRole>("latecomer");
  const bytes = await latecomer.ask("weigh", { roster: endpoints.roster, service: SERVICE });
  const bareRoster = await crew.start<BareSnapshotsRole>("bare-snapshots").ask("start", bytes);
  const arrival = { registrar: endpoints.survey, service: SERVICE, peers: PEERS };
  const [ours, floor]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    ours.push(await latecomer.ask("watch", arrival));
    floor.push(await latecomer.ask("subscribe", bareRoster));
  }
  return [
    {
      name: `late watcher until it has ${PEERS} peers (${bytes} bytes)`,
      unit: "ms",
      ours: spreadOf(ours.slice(WARM_UP)),
      floor: spreadOf(floor.slice(WARM_UP)),
    },
  ];
}
