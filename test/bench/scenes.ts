import { setTimeout as pause } from "node:timers/promises";
import type { Child, Crew } from "./children.ts";
import type { BareHubRole, HubEndpoints } from "./roles/bare-hub.ts";
import type { BareWatchersRole } from "./roles/bare-watchers.ts";
import type { FleetRole } from "./roles/fleet.ts";
import type { RegistrarRole } from "./roles/registrar.ts";
import type { WatchersRole } from "./roles/watchers.ts";

/** Time for subscriptions of the floor to arrive; it has nothing that tells. */
const SUBSCRIBED_MS = 1000;
const LEARNED_MS = 100;
const PUBLISHED_MS = 1000;
/** Each member takes two files, of which a process may open some thousands. */
const FLEET_MAX = 2500;

export const SERVICE = "cache";

/** A registrar and watchers, each in a process of its own. */
export interface Scene {
  readonly registrar: Child<RegistrarRole>;
  readonly endpoints: HubEndpoints;
  readonly watchers: Child<WatchersRole>;
}

/** The same layout over bare sockets. */
export interface BareScene {
  readonly hub: Child<BareHubRole>;
  readonly endpoints: HubEndpoints;
  readonly watchers: Child<BareWatchersRole>;
}

/** Starts a registrar. */
export async function openRegistrar(crew: Crew): Promise<Pick<Scene, "registrar" | "endpoints">> {
  const registrar = crew.start<RegistrarRole>("registrar", { profile: true });
  return { registrar, endpoints: await registrar.ask("start", undefined) };
}

/** Starts a registrar and so many watchers, which hold an empty list then. */
export async function openScene(crew: Crew, count: number, withChanges = false): Promise<Scene> {
  const { registrar, endpoints } = await openRegistrar(crew);
  const watchers = crew.start<WatchersRole>("watchers", { profile: true });
  await watchers.ask("start", {
    registrar: endpoints.survey,
    service: SERVICE,
    count,
    withChanges,
  });
  return { registrar, endpoints, watchers };
}

/** Starts the floor: a hub and so many SUB sockets. */
export async function openBareScene(crew: Crew, count: number): Promise<BareScene> {
  const hub = crew.start<BareHubRole>("bare-hub");
  const endpoints = await hub.ask("start", undefined);
  const watchers = crew.start<BareWatchersRole>("bare-watchers");
  await watchers.ask("start", { roster: endpoints.roster, count });
  await pause(SUBSCRIBED_MS);
  return { hub, endpoints, watchers };
}

/** Waits until a registrar that just started has learned who is there. */
export async function learned(registrar: Child<RegistrarRole>): Promise<void> {
  while ((await registrar.ask("authority", undefined)) !== "live") await pause(LEARNED_MS);
}

/** So many members with the ids `f0-00000` and on, in as many processes as they need. */
export async function fillFleets(
  crew: Crew,
  survey: string,
  members: number,
): Promise<readonly Child<FleetRole>[]> {
  const fleets: Child<FleetRole>[] = [];
  for (let left = members; left > 0; left -= FLEET_MAX) {
    const fleet = crew.start<FleetRole>("fleet");
    const prefix = `f${fleets.length}-`;
    await fleet.ask("fill", { survey, service: SERVICE, prefix, count: Math.min(left, FLEET_MAX) });
    fleets.push(fleet);
  }
  // Accepted is not published yet.
  await pause(PUBLISHED_MS);
  return fleets;
}
