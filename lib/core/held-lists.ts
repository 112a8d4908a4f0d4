import type { Departures } from "./departures.ts";
import { HeldList } from "./held-list.ts";
import { LIMITS } from "./limits.ts";

/** The lists that one registrar told, by service. */
export class HeldLists {
  readonly #departures: Departures;
  readonly #lists = new Map<string, HeldList>();

  constructor(departures: Departures) {
    this.#departures = departures;
  }

  get all(): ReadonlyMap<string, HeldList> {
    return this.#lists;
  }

  /** The list of a service, opened where there is none; undefined beyond `followedServicesMax`. */
  open(service: string): HeldList | undefined {
    const known = this.#lists.get(service);
    if (known !== undefined) return known;
    if (this.#lists.size >= LIMITS.followedServicesMax) this.#forgetEmpty();
    if (this.#lists.size >= LIMITS.followedServicesMax) return undefined;
    const list = new HeldList(service, this.#departures);
    this.#lists.set(service, list);
    return list;
  }

  /** Lists of services that are not named. */
  others(named: ReadonlySet<string>): readonly HeldList[] {
    return [...this.#lists.values()].filter(({ service }) => !named.has(service));
  }

  dropIfEmpty(service: string): void {
    if (this.#lists.get(service)?.size === 0) this.#lists.delete(service);
  }

  /** Services that closed leave empty lists behind; should they open again, they are asked for. */
  #forgetEmpty(): void {
    for (const [service, list] of this.#lists) if (list.size === 0) this.#lists.delete(service);
  }
}
