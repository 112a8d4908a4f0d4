import type { Away } from "./io.ts";
import type { Join } from "./messages.ts";
import { isUsable, keyOf } from "./peer.ts";
import type { Card, Entry, LeftCause } from "./peer.ts";
import { CAUSES } from "./standing.ts";

/** One member as the registrar knows it. */
export interface Member {
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  /** Its line of the roster; replaced, never changed, so that publishing can compare by identity. */
  entry: Entry;
  /** A run before this one had listed it; a mere reconnect does not count. */
  readonly returning: boolean;
  /** Bytes of its card on the wire, nearly. */
  bytes: number;
  /** The connection it speaks on, or null while it has none. */
  route: string | null;
  /** The key that spoke on its last connection, while it has none; null without keys. */
  lastKey: string | null;
  /** When it became suspect. */
  suspectSinceMs: number;
  /** The number of the JOIN that it is listed by. */
  sequence: number;
}

/** A run before this one had listed it. */
export function isReturning(join: Join): boolean {
  return join.previous !== null && join.previous !== join.epoch;
}

/**
 * Said on a connection that its sender has given up since: what waited there may come after what was
 * said on the next one, and the end of that connection would be taken for the end of the member.
 */
export function isLeftOver(join: Join, { route, sequence }: Member): boolean {
  return route !== null && join.sequence < sequence;
}

/** Who is a member, by name and by the connection that the transport vouches for. */
export class Registry {
  readonly #byKey = new Map<string, Member>();
  readonly #byRoute = new Map<string, Member>();
  readonly #perService = new Map<string, number>();
  #alive = 0;

  get size(): number {
    return this.#byKey.size;
  }

  /** Members that are listed as alive, connected or not. */
  get alive(): number {
    return this.#alive;
  }

  /** Services with members. */
  get services(): number {
    return this.#perService.size;
  }

  hasService(service: string): boolean {
    return this.#perService.has(service);
  }

  find(service: string, id: string): Member | undefined {
    return this.#byKey.get(keyOf(service, id));
  }

  /** This very run is a member. */
  lists({ service, id, instance }: Join): boolean {
    return this.find(service, id)?.instance === instance;
  }

  ofRoute(route: string): Member | undefined {
    return this.#byRoute.get(route);
  }

  /** How many of these are connected and alive, or suspect by reports alone. */
  usableOf(service: string, ids: Iterable<string>): number {
    let usable = 0;
    for (const id of ids) {
      const member = this.find(service, id);
      if (member === undefined || member.route === null) continue;
      const standing = isReportedOnly(member) ? "alive" : member.entry.standing;
      if (isUsable({ standing, status: member.entry.card.status })) usable += 1;
    }
    return usable;
  }

  all(): IterableIterator<Member> {
    return this.#byKey.values();
  }

  /** Members without a connection that had proved a key on their last one. */
  *away(): IterableIterator<Away> {
    for (const { route, lastKey, service, id } of this.all()) {
      if (route === null && lastKey !== null) yield { service, id, key: lastKey };
    }
  }

  admit(join: Join, route: string): Member {
    const { service, id, instance } = join;
    const member: Member = {
      service,
      id,
      instance,
      entry: {
        id,
        instance,
        edition: join.edition,
        standing: "alive",
        cause: null,
        stalledMs: 0,
        card: join.card,
      },
      returning: isReturning(join),
      bytes: join.bytes,
      route,
      lastKey: null,
      suspectSinceMs: 0,
      sequence: join.sequence,
    };
    this.#byKey.set(keyOf(service, id), member);
    this.#alive += 1;
    this.#byRoute.set(route, member);
    this.#perService.set(service, (this.#perService.get(service) ?? 0) + 1);
    return member;
  }

  /** Binds a member to the connection it speaks on now; returns the one it spoke on before. */
  bind(member: Member, route: string): string | null {
    const before = this.unbind(member);
    member.route = route;
    this.#byRoute.set(route, member);
    return before === route ? null : before;
  }

  unbind(member: Member): string | null {
    const before = member.route;
    if (before !== null) this.#byRoute.delete(before);
    member.route = null;
    return before;
  }

  /** Judges a member. */
  judge(member: Member, standing: "alive" | "suspect", cause: LeftCause | null): void {
    if (member.entry.standing !== standing) this.#alive += standing === "alive" ? 1 : -1;
    member.entry = { ...member.entry, standing, cause };
  }

  remove(member: Member): void {
    this.unbind(member);
    this.#byKey.delete(keyOf(member.service, member.id));
    if (member.entry.standing === "alive") this.#alive -= 1;
    const left = (this.#perService.get(member.service) ?? 1) - 1;
    if (left === 0) this.#perService.delete(member.service);
    else this.#perService.set(member.service, left);
  }
}

/** Shows a card; an older edition than the one held changes nothing. */
export function showCard(member: Member, edition: number, card: Card): boolean {
  if (edition <= member.entry.edition) return false;
  member.entry = { ...member.entry, edition, card };
  return true;
}

/** A suspect for what others say of it, and for nothing that we saw ourselves. */
export function isReportedOnly({ entry }: Member): boolean {
  return entry.standing === "suspect" && entry.cause === CAUSES.reported;
}

/** A suspect because it left all questions unanswered. */
export function hasFallenSilent({ entry }: Member): boolean {
  return entry.standing === "suspect" && entry.cause === CAUSES.fellSilent;
}

/** Shows how long a member's event loop stood still; 0 is over. */
export function showStall(member: Member, stalledMs: number): void {
  member.entry = { ...member.entry, stalledMs };
}
