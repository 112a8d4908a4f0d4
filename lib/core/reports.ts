import { LIMITS } from "./limits.ts";
import type { RegistrarTuning } from "./options.ts";
import { keyOf } from "./peer.ts";
import type { Member } from "./registry.ts";

/** Reports about one run of one peer, by reporter, each with the time at which it expires. */
interface Case {
  readonly member: Member;
  readonly untilMs: Map<string, number>;
  isUnreachable: boolean;
}

/** How many can report on a service, and of how many peers. */
export interface Scene {
  readonly consumers: number;
  readonly peers: number;
  /** True for one who is connected: what others said left with them. */
  readonly isPresent: (reporter: string) => boolean;
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
  #sweepMs = Infinity;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  isUnreachable(member: Member): boolean {
    return this.#cases.get(keyOf(member.service, member.id))?.isUnreachable ?? false;
  }

  /** How many say at present that it cannot be reached. */
  countOf(member: Member): number {
    return this.#cases.get(keyOf(member.service, member.id))?.untilMs.size ?? 0;
  }

  /** How many have to agree. */
  neededOf({ consumers }: Pick<Scene, "consumers">): number {
    const agreed = Math.max(2, Math.ceil((consumers * this.#tuning.reportPercent) / 100));
    return Math.min(agreed, LIMITS.reportersMax);
  }

  /** A word of one reporter. Beyond the limits of reporters and peers nothing new is heard. */
  note(
    of: { readonly member: Member; readonly reporter: string; readonly isUnreachable: boolean },
    scene: Scene,
    nowMs: number,
  ): Verdict | undefined {
    const { member, reporter } = of;
    const key = keyOf(member.service, member.id);
    let open = this.#cases.get(key);
    if (open !== undefined && open.member !== member) open = undefined;
    if (!of.isUnreachable) {
      if (open?.untilMs.delete(reporter) !== true) return undefined;
      return this.#weigh(key, open, scene);
    }
    open ??= { member, untilMs: new Map(), isUnreachable: false };
    const isNew = !open.untilMs.has(reporter);
    if (isNew && open.untilMs.size >= LIMITS.reportersMax) return undefined;
    if (!this.#cases.has(key) && this.#cases.size >= LIMITS.reportedMax) return undefined;
    open.untilMs.set(reporter, nowMs + this.#tuning.reportTtlMs);
    this.#cases.set(key, open);
    this.#sweepMs = Math.min(this.#sweepMs, nowMs + this.#sweepIntervalMs);
    return this.#weigh(key, open, scene);
  }

  /** The run is over: what was said of it is said of nobody. */
  forget(member: Member): void {
    const key = keyOf(member.service, member.id);
    if (this.#cases.get(key)?.member === member) this.#cases.delete(key);
  }

  /** Of whom reports ended, because they expired or their reporters went. */
  due(nowMs: number, sceneOf: (service: string) => Scene): readonly Faded[] {
    if (nowMs < this.#sweepMs) return [];
    this.#sweepMs = this.#cases.size > 0 ? nowMs + this.#sweepIntervalMs : Infinity;
    const faded: Faded[] = [];
    for (const [key, open] of this.#cases) {
      const before = open.untilMs.size;
      for (const [reporter, untilMs] of open.untilMs) {
        if (untilMs <= nowMs) open.untilMs.delete(reporter);
      }
      const scene = sceneOf(open.member.service);
      const verdict = this.#weigh(key, open, scene);
      const { member, untilMs } = open;
      if (verdict === undefined && untilMs.size === before) continue;
      faded.push({ member, reporters: untilMs.size, needed: this.neededOf(scene), verdict });
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
    const { peers, isPresent } = scene;
    for (const reporter of open.untilMs.keys()) {
      if (!isPresent(reporter)) open.untilMs.delete(reporter);
    }
    const { massLossPercent } = this.#tuning;
    const needed = this.neededOf(scene);
    if (open.untilMs.size === 0) this.#cases.delete(key);
    const isAgreed = open.untilMs.size >= needed;
    if (isAgreed === open.isUnreachable) return undefined;
    // Never the last ones: a network that fails half of the reporters must not empty the pool.
    const room = Math.max(1, Math.floor((peers * massLossPercent) / 100));
    if (isAgreed && this.#outOf(open.member.service) >= Math.min(room, peers - 1)) return undefined;
    open.isUnreachable = isAgreed;
    return { member: open.member, isUnreachable: isAgreed };
  }

  #outOf(service: string): number {
    let out = 0;
    for (const { member, isUnreachable } of this.#cases.values()) {
      if (isUnreachable && member.service === service) out += 1;
    }
    return out;
  }
}
