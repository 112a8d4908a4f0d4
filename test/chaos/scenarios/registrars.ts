import type { Scenario } from "../scenario.ts";
import { crewsFor, named, underFaults } from "./faulty.ts";

const PER_CREW = 10;
const ERA_MS = 25_000;

/** Two of three registrars are in trouble at any time; which two changes from era to era. */
export const registrars: Scenario = {
  name: "registrars",
  text: "two of three registrars are killed, restarted, stopped and cut off at random; some members die",
  minutes: 5,
  run: (order, workshop) =>
    underFaults(
      {
        name: "registrars",
        cast: {
          registrars: named("r", 3),
          crews: crewsFor(order.members, PER_CREW),
          watchers: named("w", 4),
        },
        recipe: { lengthMs: ERA_MS, spares: "always", crewCrashes: 2, isMixed: false },
      },
      order,
      workshop,
    ),
};
