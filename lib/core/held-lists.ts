import type { Departures } from "./departures.ts";
import { HeldList } from "./held-list.ts";
import { LIMITS } from "./limits.ts";

/** The lists that one registrar told, by service. */
export class HeldLists {
  readonly #departures: Departures;
  readonly #lists = new Map<string, HeldList>();
  /** Those that may be older than what the registrar knows. */
  readonly #doubted = new Set<string>();

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

  /**
   * After a silence every list may be old: whoever died in it would come back with the registrar's
   * first word. Each is in doubt until the registrar tells where it stands.
   */
  doubt(): void {
    for (const [service, { epoch }] of this.#lists) if (epoch !== null) this.#doubted.add(service);
  }

  /** Lists with somebody of an earlier run of the registrar, who may have been judged meanwhile. */
  doubtAwaiting(): void {
    for (const [service, list] of this.#lists) {
      if (list.isAwaitingReturns) this.#doubted.add(service);
    }
  }

  /** True where any list is in doubt. */
  get hasDoubts(): boolean {
    return this.#doubted.size > 0;
  }

  /** Services whose lists are in doubt. */
  get doubted(): ReadonlySet<string> {
    return this.#doubted;
  }

  /** This list is where the registrar stands. True where that was in doubt. */
  confirm(service: string): boolean {
    return this.#doubted.delete(service);
  }

  /** True where every list that was told at all was told in this epoch. */
  areOf(current: string | null): boolean {
    return [...this.#lists.values()].every(({ epoch }) => epoch === null || epoch === current);
  }

  dropIfEmpty(service: string): void {
    if (this.#lists.get(service)?.size === 0) this.#drop(service);
  }

  /** Services that closed leave empty lists behind; should they open again, they are asked for. */
  #forgetEmpty(): void {
    for (const [service, list] of this.#lists) if (list.size === 0) this.#drop(service);
  }

  #drop(service: string): void {
    this.#lists.delete(service);
    this.#doubted.delete(service);
  }
}
