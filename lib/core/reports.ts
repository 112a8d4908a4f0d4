import { LIMITS } from "./limits.ts";
import type { RegistrarTuning } from "./options.ts";
import { keyOf } from "./peer.ts";
import type { Member } from "./registry.ts";

/** When what one reporter said expires, by connection: with that it leaves. */
type Words = Map<string, number>;

/** Reports about one run of one peer, by the name of the reporter. */
interface Case {
  readonly member: Member;
  /** Who spoke of it first. */
  readonly opener: string;
  readonly words: Map<string, Words>;
  isUnreachable: boolean;
}

/** Who reports. */
export interface Reporter {
  readonly route: string;
  /** Its key, however many connections that has; without keys the instance of the consumer. */
  readonly name: string;
}

/** Connections of one reporter whose words are remembered. */
const ROUTES_MAX = 16;

/** How many can report on a service, and of how many peers. */
export interface Scene {
  /** Different names of reporters. */
  readonly voices: number;
  /** Peers that could be used if nobody reported any. */
  readonly usable: () => number;
  /** True for a connection that follows the service: what others said left with them. */
  readonly isPresent: (route: string) => boolean;
}

/** A verdict that changed. */
export interface Verdict {
  readonly member: Member;
  readonly isUnreachable: boolean;
}

/** Reports about a peer that ended without a word of the reporters, and what follows. */
export interface Faded {
  readonly member: Member;
  readonly reporters: number;
  readonly needed: number;
  readonly verdict: Verdict | undefined;
}

/**
 * What named consumers say of peers that they cannot reach: so many of them agree, and the peer is
 * suspect for all until their reports expire or are withdrawn. One alone is heard by nobody, and
 * all together cannot take more than a share of a service out.
 */
export class Reports {
  readonly #tuning: RegistrarTuning;
  readonly #cases = new Map<string, Case>();
  /** How many cases each reporter has opened. */
  readonly #opened = new Map<string, number>();
  /** How many of each service are out. */
  readonly #out = new Map<string, number>();
  #sweepMs = Infinity;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  isUnreachable(member: Member): boolean {
    return this.#cases.get(keyOf(member.service, member.id))?.isUnreachable ?? false;
  }

  /** How many say at present that it cannot be reached. */
  countOf(member: Member): number {
    return this.#cases.get(keyOf(member.service, member.id))?.words.size ?? 0;
  }

  /** How many have to agree. */
  neededOf({ voices }: Pick<Scene, "voices">): number {
    const agreed = Math.max(2, Math.ceil((voices * this.#tuning.reportPercent) / 100));
    return Math.min(agreed, LIMITS.reportersMax);
  }

  /** A word of one reporter. Beyond the limits a new peer takes the place of one of whoever speaks of the most. */
  note(
    of: { readonly member: Member; readonly reporter: Reporter; readonly isUnreachable: boolean },
    scene: Scene,
    nowMs: number,
  ): Verdict | undefined {
    const { member, reporter } = of;
    const { name, route } = reporter;
    const key = keyOf(member.service, member.id);
    let open = this.#cases.get(key);
    if (open !== undefined && open.member !== member) {
      this.#close(key, open);
      open = undefined;
    }
    if (!of.isUnreachable) {
      if (open?.words.get(name)?.delete(route) !== true) return undefined;
      return this.#weigh(key, open, scene);
    }
    open ??= this.#open(key, member, name);
    if (open === undefined) return undefined;
    const isNew = !open.words.has(name);
    if (isNew && open.words.size >= LIMITS.reportersMax) return undefined;
    const words: Words = open.words.get(name) ?? new Map<string, number>();
    if (!words.has(route) && words.size >= ROUTES_MAX) return undefined;
    open.words.set(name, words.set(route, nowMs + this.#tuning.reportTtlMs));
    this.#sweepMs = Math.min(this.#sweepMs, nowMs + this.#sweepIntervalMs);
    return isNew ? this.#weigh(key, open, scene) : undefined;
  }

  /** A peer was lost otherwise: there may be too few left to go without those reported. */
  hasten(nowMs: number): void {
    const soonMs = nowMs + this.#tuning.coalesceMs;
    if (this.#cases.size > 0) this.#sweepMs = Math.min(this.#sweepMs, soonMs);
  }

  /** The run is over: what was said of it is said of nobody. */
  forget(member: Member): void {
    const key = keyOf(member.service, member.id);
    const open = this.#cases.get(key);
    if (open?.member !== member) return;
    this.#close(key, open);
  }

  /** Of whom reports ended, because they expired or their reporters went. */
  due(nowMs: number, sceneOf: (service: string) => Scene): readonly Faded[] {
    if (nowMs < this.#sweepMs) return [];
    this.#sweepMs = this.#cases.size > 0 ? nowMs + this.#sweepIntervalMs : Infinity;
    const faded: Faded[] = [];
    const scenes = new Map<string, Scene>();
    for (const [key, open] of this.#cases) {
      const { member, words } = open;
      const before = words.size;
      takeBack(words, (_, untilMs) => untilMs <= nowMs);
      const scene = scenes.get(member.service) ?? once(sceneOf(member.service));
      scenes.set(member.service, scene);
      const verdict = this.#weigh(key, open, scene);
      if (verdict === undefined && words.size === before) continue;
      faded.push({ member, reporters: words.size, needed: this.neededOf(scene), verdict });
    }
    return faded;
  }

  /** Expiry is looked for now and then: a report may count for a tenth of its time too long. */
  nextMs(): number {
    return this.#sweepMs;
  }

  get #sweepIntervalMs(): number {
    return this.#tuning.reportTtlMs / 10;
  }

  #weigh(key: string, open: Case, scene: Scene): Verdict | undefined {
    const { member, words } = open;
    takeBack(words, (route) => !scene.isPresent(route));
    const isAgreed = words.size >= this.neededOf(scene);
    const others = this.#outOf(member) - (open.isUnreachable ? 1 : 0);
    const isUnreachable = isAgreed && others < this.#room(scene.usable());
    const isNews = isUnreachable !== open.isUnreachable;
    this.#turn(open, isUnreachable);
    if (words.size === 0) this.#close(key, open);
    return isNews ? { member, isUnreachable } : undefined;
  }

  #open(key: string, member: Member, opener: string): Case | undefined {
    if (this.#cases.size >= LIMITS.reportedMax && !this.#makeRoom()) return undefined;
    const open = { member, opener, words: new Map<string, Words>(), isUnreachable: false };
    this.#cases.set(key, open);
    this.#opened.set(opener, (this.#opened.get(opener) ?? 0) + 1);
    return open;
  }

  #close(key: string, open: Case): void {
    this.#turn(open, false);
    this.#cases.delete(key);
    const count = (this.#opened.get(open.opener) ?? 1) - 1;
    if (count === 0) this.#opened.delete(open.opener);
    else this.#opened.set(open.opener, count);
  }

  /** Of whoever opened the most, the oldest that nobody else speaks of: so none crowds out the others. */
  #makeRoom(): boolean {
    let most: readonly [name: string, count: number] = ["", 0];
    for (const opened of this.#opened) if (opened[1] > most[1]) most = opened;
    for (const [key, open] of this.#cases) {
      if (open.opener !== most[0] || open.words.size > 1 || open.isUnreachable) continue;
      this.#close(key, open);
      return true;
    }
    return false;
  }

  /** How many may be out. Never the last one: a network that fails half of the reporters must not empty the pool. */
  #room(usable: number): number {
    const share = Math.floor((usable * this.#tuning.massLossPercent) / 100);
    return Math.min(Math.max(1, share), usable - 1);
  }

  #outOf({ service }: Member): number {
    return this.#out.get(service) ?? 0;
  }

  #turn(open: Case, isUnreachable: boolean): void {
    if (open.isUnreachable === isUnreachable) return;
    const { service } = open.member;
    open.isUnreachable = isUnreachable;
    const out = this.#outOf(open.member) + (isUnreachable ? 1 : -1);
    if (out === 0) this.#out.delete(service);
    else this.#out.set(service, out);
  }
}

/** Takes back what was said on connections of which that is over. */
function takeBack(
  words: Map<string, Words>,
  isOver: (route: string, untilMs: number) => boolean,
): void {
  for (const [name, said] of words) {
    for (const [route, untilMs] of said) if (isOver(route, untilMs)) said.delete(route);
    if (said.size === 0) words.delete(name);
  }
}

/** Counts once, for there may be many reports of one service. */
function once(scene: Scene): Scene {
  let usable: number | undefined;
  return { ...scene, usable: () => (usable ??= scene.usable()) };
}
