import { LIMITS } from "./limits.ts";
import type { SurveyorEffect } from "./io.ts";
import type { Watch } from "./messages.ts";
import { follows } from "./topics.ts";

/** Who waits for the proof, and until when. */
interface Asker {
  readonly route: string;
  /** The edition that drains, or null for a goodbye. */
  readonly edition: number | null;
  /** The peer that leaves or drains. */
  readonly id: string;
  readonly untilMs: number;
}

/** What became of one fence for one who waited. */
export interface Proved {
  readonly service: string;
  readonly id: string;
  readonly edition: number | null;
  readonly revision: number;
  readonly anonymous: number;
  readonly acknowledged: readonly string[];
  readonly missing: readonly string[];
}

/** One revision that consumers are to acknowledge; those who leave together share it. */
interface Fence {
  readonly service: string;
  readonly revision: number;
  anonymous: number;
  readonly acknowledged: string[];
  readonly missing: string[];
  /** Instances by connection. */
  readonly waiting: Map<string, string>;
  /** Consumers that we have never heard of may hold the peer: those of the run before ours. */
  isUncertain: boolean;
  askers: Asker[];
}

/** A revision that is published, and who has to have it. */
export interface FenceRequest extends Asker {
  readonly service: string;
  readonly revision: number;
  /** Named consumers by connection, each with its instance. */
  readonly consumers: Iterable<readonly [route: string, instance: string]>;
  /** Instances whose connection closed a while before: they may still hold the peer. */
  readonly absent: readonly string[];
  /** There may be consumers of whom we know nothing yet. */
  readonly isUncertain: boolean;
  readonly anonymous: number;
}

/**
 * Leaving with proof: a published revision is a fence, each named consumer acknowledges it once its
 * merged list has emitted it, and whoever asked is told when all have, or when its time is up. A
 * consumer whose connection closes, or had closed a while before, counts as missing: it may still hold
 * the peer. While consumers of the run before may be on their way to us there is no proof.
 */
export class Fences {
  readonly #emit: (effect: SurveyorEffect) => void;
  readonly #proved: (proved: Proved) => void;
  readonly #open: Fence[] = [];

  constructor(
    emit: (effect: SurveyorEffect) => void,
    proved: (proved: Proved) => void = () => undefined,
  ) {
    this.#emit = emit;
    this.#proved = proved;
  }

  open(request: FenceRequest): void {
    const { service, revision, anonymous, isUncertain, route, edition, id, untilMs } = request;
    const asker: Asker = { route, edition, id, untilMs };
    const known = this.#open.find(
      (f) => f.service === service && f.revision === revision && f.isUncertain === isUncertain,
    );
    if (known !== undefined) {
      if (this.#askers >= LIMITS.askersMax) return this.#prove(known, asker);
      known.askers.push(asker);
      return;
    }
    const waiting = new Map([...request.consumers].filter(([other]) => other !== route));
    const fence: Fence = {
      service,
      revision,
      anonymous,
      acknowledged: [],
      missing: [...request.absent],
      waiting,
      isUncertain,
      askers: [asker],
    };
    if (this.#open.length >= LIMITS.fencesMax) return this.#prove(fence, asker);
    this.#open.push(fence);
    this.#endIfComplete(fence);
  }

  get #askers(): number {
    return this.#open.reduce((sum, { askers }) => sum + askers.length, 0);
  }

  /** True while some revision of this service waits for somebody. */
  has(service: string): boolean {
    return this.#open.some((fence) => fence.service === service);
  }

  /** A consumer shows this revision, and all before it. */
  acknowledged(route: string, service: string, revision: number): void {
    for (const fence of this.#open.slice()) {
      if (fence.service !== service || fence.revision > revision) continue;
      const instance = fence.waiting.get(route);
      if (instance === undefined) continue;
      fence.waiting.delete(route);
      fence.acknowledged.push(instance);
      this.#endIfComplete(fence);
    }
  }

  /** A consumer has come: services of which it is to acknowledge a revision, because it may hold the list before. */
  came(route: string, watch: Watch): readonly string[] {
    const services = new Set<string>();
    for (const fence of this.#open) {
      const isAsked = fence.acknowledged.includes(watch.instance);
      if (!fence.isUncertain || isAsked || !follows(watch.services, fence.service)) continue;
      fence.waiting.set(route, watch.instance);
      services.add(fence.service);
    }
    return [...services];
  }

  /** A consumer speaks on another connection: services of which it is to acknowledge a revision there. */
  moved(before: string, route: string): readonly string[] {
    const services = new Set<string>();
    for (const { waiting, service } of this.#open) {
      const instance = waiting.get(before);
      if (instance === undefined) continue;
      waiting.delete(before);
      waiting.set(route, instance);
      services.add(service);
    }
    return [...services];
  }

  /** Whoever held lists of the run before has had the time to come, and to say who it is. */
  learned(anonymousOf: (service: string) => number): void {
    for (const fence of this.#open.slice()) {
      if (!fence.isUncertain) continue;
      fence.isUncertain = false;
      fence.anonymous = anonymousOf(fence.service);
      this.#endIfComplete(fence);
    }
  }

  /** A consumer that said goodbye gives out nobody: it is neither waited for nor missing. */
  excuse(route: string): void {
    for (const fence of this.#open.slice()) {
      if (fence.waiting.delete(route)) this.#endIfComplete(fence);
    }
  }

  /** A connection closed, of a consumer that is waited for or of one who waits. */
  closed(route: string): void {
    for (const fence of this.#open.slice()) {
      fence.askers = fence.askers.filter((asker) => asker.route !== route);
      const instance = fence.waiting.get(route);
      if (instance !== undefined) {
        fence.waiting.delete(route);
        fence.missing.push(instance);
      }
      this.#endIfComplete(fence);
    }
  }

  advance(nowMs: number): void {
    for (const fence of this.#open.slice()) {
      for (const asker of fence.askers) if (asker.untilMs <= nowMs) this.#prove(fence, asker);
      fence.askers = fence.askers.filter(({ untilMs }) => untilMs > nowMs);
      this.#endIfComplete(fence);
    }
  }

  nextMs(): number {
    let next = Infinity;
    for (const { askers } of this.#open) {
      for (const { untilMs } of askers) next = Math.min(next, untilMs);
    }
    return next;
  }

  #endIfComplete(fence: Fence): void {
    const at = this.#open.indexOf(fence);
    const isOpen = fence.waiting.size > 0 || fence.isUncertain;
    if (at < 0 || (isOpen && fence.askers.length > 0)) return;
    this.#open.splice(at, 1);
    for (const asker of fence.askers) this.#prove(fence, asker);
  }

  #prove(fence: Fence, { route, edition, id }: Asker): void {
    // Who is told nothing has no proof.
    if (fence.isUncertain) return;
    const { service, revision, anonymous } = fence;
    const acknowledged = [...fence.acknowledged];
    const missing = [...fence.missing, ...fence.waiting.values()];
    const names = { acknowledged: [...acknowledged], missing: [...missing] };
    this.#proved({ service, id, edition, revision, anonymous, ...names });
    do {
      const some = acknowledged.splice(0, LIMITS.proofNamesMax);
      const others = missing.splice(0, LIMITS.proofNamesMax);
      const more = acknowledged.length + missing.length > 0;
      this.#emit({
        kind: "reply",
        route,
        message: { kind: "proof", edition, acknowledged: some, missing: others, anonymous, more },
      });
    } while (acknowledged.length + missing.length > 0);
  }
}
