import type { Scenario } from "../scenario.ts";
import { crewsFor, named, underFaults } from "./faulty.ts";

const PER_CREW = 10;
const ERA_MS = 25_000;
/** Enough for all members and watchers, but not for the connections of a hog. */
const FILES_BEYOND_MEMBERS = 200;
/** A member has one connection to each registrar. */
const FILES_A_MEMBER = 1;

/** Everything at once, with one registrar spared or none. */
export const mixed: Scenario = {
  name: "mixed",
  text: "everything: registrars as above, members and watchers stopped, packets lost and late, no files left",
  minutes: 3,
  run: (order, workshop) => {
    const crews = crewsFor(order.members, PER_CREW);
    const watchers = named("w", 4);
    return underFaults(
      {
        name: "mixed",
        cast: { registrars: named("r", 3), crews, watchers },
        recipe: { lengthMs: ERA_MS, spares: "sometimes", crewCrashes: 1, isMixed: true },
        stage: {
          behindProxy: [...crews.slice(-1), ...watchers.slice(-2)],
          files: FILES_BEYOND_MEMBERS + FILES_A_MEMBER * order.members,
        },
      },
      order,
      workshop,
    );
  },
};
