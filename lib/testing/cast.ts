import { registrarName } from "./office.ts";
import type { Random } from "./random.ts";
import type { ClientSpec } from "./resident.ts";

const SERVICES = ["cache", "cache2", "web"] as const;

/** One node of a scenario, and what it may be started as again. */
export interface Cast {
  readonly node: string;
  readonly spec: ClientSpec;
}

/** How many of each kind at most. */
export interface Size {
  readonly members: number;
  readonly watchers: number;
  readonly registrars: number;
}

/** Names of the registrars; a third of all installations have one. */
export function someRegistrars(random: Random, most: number): readonly string[] {
  const count = random.chance(0.35) ? 1 : random.whole(2, most);
  return Array.from({ length: count }, (_, place) => registrarName(place));
}

/** Members and watchers; in some installations not everybody knows every registrar. */
export function someCast(
  random: Random,
  size: Size,
  registrars: readonly string[],
): readonly Cast[] {
  const areAllKnown = registrars.length === 1 || random.chance(0.7);
  const some = (): Pick<ClientSpec, "registrars"> =>
    areAllKnown || random.chance(0.5)
      ? {}
      : { registrars: random.shuffled(registrars).slice(0, random.whole(1, registrars.length)) };
  const members = Array.from({ length: countOf(random, size.members) }, (_, m) => {
    const service = random.pick(SERVICES);
    const services = random.pick([[service], [service], ["*"], [...SERVICES]]);
    return { node: `m${m}`, spec: { service, services, follows: random.chance(0.8), ...some() } };
  });
  const watchers = Array.from({ length: countOf(random, size.watchers) }, (_, w) => {
    const services = random.pick([["*"], ["cache"], [...SERVICES], ["cache", "nobody"]]);
    return { node: `w${w}`, spec: { services, anonymous: random.chance(0.3), ...some() } };
  });
  return [...members, ...watchers];
}

/** One at least; where many may be, half of them at least. */
function countOf(random: Random, most: number): number {
  return random.whole(most > 8 ? most / 2 : 1, most);
}
