import type { Casting } from "./crowd.ts";
import { ROSTER_PORT, SERVICE, SURVEY_PORT } from "./places.ts";
import type { Places } from "./places.ts";
import type { CrewSetup } from "./roles/crew.ts";
import type { HogSetup } from "./roles/hog.ts";
import type { ProxySetup } from "./roles/proxy.ts";
import type { RegistrarSetup } from "./roles/registrar.ts";
import type { WatcherSetup } from "./roles/watcher.ts";
import type { Cast } from "./story.ts";

/** What the processes of a run have in common. */
export interface Troupe {
  readonly cast: Cast;
  readonly places: Places;
  /** Members of each crew. */
  readonly perCrew: number;
  /** Open files of each registrar; unlimited where it is not said. */
  readonly files?: number;
  /** Members hold a lease beside. */
  readonly withLeases?: boolean;
}

/** More connections than a registrar with few files can take. */
const HOG_CONNECTIONS = 600;

/** A registrar that can be reached by everybody on the bridge. */
export function registrarOf({ files }: Troupe, node: string): Casting {
  const setup: RegistrarSetup = {
    survey: `tcp://0.0.0.0:${SURVEY_PORT}`,
    roster: `tcp://0.0.0.0:${ROSTER_PORT}`,
    service: SERVICE,
  };
  return { node, role: "registrar", setup, ...(files === undefined ? {} : { files }) };
}

/** Members of all registrars, in one process. */
export function crewOf(troupe: Troupe, node: string): Casting {
  const { cast, places, perCrew, withLeases = false } = troupe;
  const setup: CrewSetup = {
    registrars: cast.registrars.map((registrar) => places.surveyOf(registrar, node)),
    service: SERVICE,
    ids: Array.from({ length: perCrew }, (_, at) => `${node}.${at}`),
    ...(withLeases ? { keeper: places.addressOf(ASIDE) } : {}),
  };
  return { node, role: "crew", setup };
}

/** A watcher of all registrars: every other one is anonymous, with SUB sockets alone. */
export function watcherOf({ cast, places }: Troupe, node: string): Casting {
  const { registrars, watchers } = cast;
  const isNamed = watchers.indexOf(node) % 2 === 0;
  const setup: WatcherSetup = {
    names: registrars,
    service: SERVICE,
    ...(isNamed
      ? { registrar: registrars.map((registrar) => places.surveyOf(registrar, node)) }
      : { roster: registrars.map((registrar) => places.rosterOf(registrar, node)) }),
  };
  return { node, role: "watcher", setup };
}

/** The proxy has a way to each registrar. */
export function proxyOf({ cast, places }: Troupe): Casting {
  const ways = cast.registrars.map((registrar, at) => {
    return { host: places.proxyAddresses[at] ?? "", target: places.addressOf(registrar) };
  });
  const setup: ProxySetup = { ways, ports: [SURVEY_PORT, ROSTER_PORT] };
  return { node: PROXY, role: "proxy", setup };
}

/** Takes the open files of one registrar. */
export function hogOf({ places }: Troupe, registrar: string): Casting {
  const host = places.addressOf(registrar);
  const setup: HogSetup = { host, port: SURVEY_PORT, count: HOG_CONNECTIONS };
  return { node: ASIDE, name: hogName(registrar), role: "hog", setup };
}

/** The process that takes the files of a registrar. */
export function hogName(registrar: string): string {
  return `hog-${registrar}`;
}

/** Nodes beside the cast. */
export const ASIDE = "aside";
export const PROXY = "proxy";
