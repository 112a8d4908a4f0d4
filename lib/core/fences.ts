import { LIMITS } from "./limits.ts";
import type { SurveyorEffect } from "./io.ts";
import type { Watch } from "./messages.ts";
import { follows } from "./topics.ts";

/** Who waits for the proof, and until when. It may be a consumer itself, and is not waited for by itself. */
interface Asker {
  readonly route: string;
  /** The edition that drains, or null for a goodbye. */
  readonly edition: number | null;
  /** The peer that leaves or drains. */
  readonly id: string;
  untilMs: number;
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
  /** Instances by connection. */
  readonly acknowledged: Map<string, string>;
  readonly missing: string[];
  /** Instances by connection, those of the askers too: each of them is a consumer for the others. */
  readonly waiting: Map<string, string>;
  /** Connections of consumers whose word shows that they have their subscription, and still have it. */
  readonly present: Set<string>;
  /** Connections of consumers that came later: their subscriptions are known to be theirs once they speak. */
  readonly guests: Set<string>;
  /** Consumers that we have never heard of may hold the peer: those of the run before ours. */
  isUncertain: boolean;
  askers: Asker[];
}

/** Who subscribes to a service now, and how many of these may be of consumers that said goodbye. */
export interface Subscribers {
  readonly count: number;
  readonly leaving: number;
}

/** What fences need, and whom they tell. */
export interface FenceHooks {
  readonly emit: (effect: SurveyorEffect) => void;
  /** Somebody was told what became of its fence. */
  readonly proved: (proved: Proved) => void;
  /** Whoever said goodbye and has its proof closes its handle now. */
  readonly released: (route: string) => void;
  readonly subscribers: (service: string) => Subscribers;
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
  /** Subscribers that cannot be those of the consumers. */
  readonly anonymous: number;
}

/**
 * Leaving with proof: a published revision is a fence, each named consumer acknowledges it once its
 * merged list has emitted it, and whoever asked is told when all have, or when its time is up. A
 * consumer whose connection closes, or had closed a while before, counts as missing: it may still hold
 * the peer. While consumers of the run before may be on their way to us there is no proof.
 *
 * A subscription names nobody. So at the end they are counted again, and only who has acknowledged
 * accounts for one; for a few more it is waited, if there are some whose they may be.
 */
export class Fences {
  readonly #hooks: FenceHooks;
  readonly #open: Fence[] = [];

  constructor(hooks: FenceHooks) {
    this.#hooks = hooks;
  }

  open(request: FenceRequest): void {
    const { service, revision, anonymous, isUncertain, route, edition, id, untilMs } = request;
    const asker: Asker = { route, edition, id, untilMs };
    const known = this.#open.find(
      (f) => f.service === service && f.revision === revision && f.isUncertain === isUncertain,
    );
    if (known !== undefined) return this.#join(known, asker);
    const fence: Fence = {
      service,
      revision,
      anonymous,
      acknowledged: new Map(),
      missing: [...request.absent],
      waiting: new Map(request.consumers),
      present: new Set(),
      guests: new Set(),
      isUncertain,
      askers: [asker],
    };
    if (this.#open.length >= LIMITS.fencesMax) return this.#prove(fence, [asker]);
    this.#open.push(fence);
    this.#tell(fence);
  }

  /** Who repeats what it asked is one asker, with the longer of its times. */
  #join(fence: Fence, asker: Asker): void {
    const { route, edition, untilMs } = asker;
    const same = fence.askers.find((one) => one.route === route && one.edition === edition);
    if (same === undefined && this.#askers >= LIMITS.askersMax) return this.#prove(fence, [asker]);
    if (same === undefined) fence.askers.push(asker);
    else same.untilMs = Math.max(same.untilMs, untilMs);
    this.#tell(fence);
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
      if (instance !== undefined) fence.acknowledged.set(route, instance);
      if (!fence.waiting.delete(route) && !fence.guests.delete(route)) continue;
      fence.present.add(route);
      this.#tell(fence);
    }
  }

  /** A consumer has come: services of which it is to acknowledge a revision, because it may hold the list before. */
  came(route: string, watch: Watch): readonly string[] {
    const services = new Set<string>();
    for (const fence of this.#open) {
      if (!follows(watch.services, fence.service)) continue;
      const isKnown = fence.waiting.has(route) || fence.present.has(route);
      if (!fence.isUncertain && !isKnown) fence.guests.add(route);
      if (!fence.isUncertain) continue;
      if ([...fence.acknowledged.values()].includes(watch.instance)) continue;
      fence.waiting.set(route, watch.instance);
      services.add(fence.service);
    }
    return [...services];
  }

  /** A consumer speaks on another connection: services of which it is to acknowledge a revision there. */
  moved(before: string, route: string): readonly string[] {
    const services = new Set<string>();
    for (const { waiting, present, guests, service } of this.#open) {
      for (const set of [present, guests]) if (set.delete(before)) set.add(route);
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
      this.#tell(fence);
    }
  }

  /** A consumer that said goodbye gives out nobody: it is neither waited for nor missing. */
  excuse(route: string): void {
    for (const fence of this.#open.slice()) {
      forget(fence, route);
      this.#tell(fence);
    }
  }

  /** A connection closed, of a consumer that is waited for or of one who waits. */
  closed(route: string): void {
    for (const fence of this.#open.slice()) {
      fence.askers = fence.askers.filter((asker) => asker.route !== route);
      const instance = fence.waiting.get(route);
      if (instance !== undefined) fence.missing.push(instance);
      forget(fence, route);
      this.#tell(fence);
    }
  }

  advance(nowMs: number): void {
    for (const fence of this.#open.slice()) {
      const over = fence.askers.filter(({ untilMs }) => untilMs <= nowMs);
      fence.askers = fence.askers.filter(({ untilMs }) => untilMs > nowMs);
      this.#prove(fence, over);
      this.#tell(fence);
    }
  }

  nextMs(): number {
    let next = Infinity;
    for (const { askers } of this.#open) {
      for (const { untilMs } of askers) next = Math.min(next, untilMs);
    }
    return next;
  }

  /** Tells those who have nobody to wait for but themselves; a fence that nobody waits at is gone. */
  #tell(fence: Fence): void {
    // All but one, because each asker may be the one.
    if (fence.askers.length > 0 && fence.waiting.size > 1) return;
    const at = this.#open.indexOf(fence);
    const subscribers = this.#hooks.subscribers(fence.service);
    const done = fence.askers.filter((asker) => isDone(fence, asker, subscribers));
    fence.askers = fence.askers.filter((asker) => !isDone(fence, asker, subscribers));
    if (at >= 0 && fence.askers.length === 0) this.#open.splice(at, 1);
    this.#prove(fence, done);
  }

  #prove(fence: Fence, askers: readonly Asker[]): void {
    // Who is told nothing has no proof.
    if (fence.isUncertain) return;
    for (const asker of askers) this.#say(fence, asker);
    for (const { route, edition } of askers) {
      if (edition !== null) continue;
      this.#hooks.released(route);
      this.excuse(route);
    }
  }

  #say(fence: Fence, { route, edition, id }: Asker): void {
    const { service, revision } = fence;
    const acknowledged = othersOf(fence.acknowledged, route);
    const silent = othersOf(fence.waiting, route);
    const missing = [...fence.missing, ...silent];
    // Where somebody is missing, they need not be told apart.
    const named = fence.present.size + (silent.length > 0 ? fence.waiting.size : 0);
    const anonymous = Math.max(fence.anonymous, this.#hooks.subscribers(service).count - named);
    const names = { acknowledged: [...acknowledged], missing: [...missing] };
    this.#hooks.proved({ service, id, edition, revision, anonymous, ...names });
    do {
      const some = acknowledged.splice(0, LIMITS.proofNamesMax);
      const others = missing.splice(0, LIMITS.proofNamesMax);
      const more = acknowledged.length + missing.length > 0;
      this.#hooks.emit({
        kind: "reply",
        route,
        message: { kind: "proof", edition, acknowledged: some, missing: others, anonymous, more },
      });
    } while (acknowledged.length + missing.length > 0);
  }
}

/**
 * Everybody else has acknowledged, or is known not to; and nobody can still show that a subscription
 * is its own that would count as anonymous.
 */
function isDone(fence: Fence, { route }: Asker, { count, leaving }: Subscribers): boolean {
  const { waiting, guests, present, isUncertain, anonymous } = fence;
  const isOwn = waiting.has(route);
  if (isUncertain || waiting.size > (isOwn ? 1 : 0)) return false;
  const mayBeTheirs = isOwn || guests.size > 0 || leaving > 0;
  return anonymous > 0 || count <= present.size || !mayBeTheirs;
}

function forget(fence: Fence, route: string): void {
  fence.waiting.delete(route);
  fence.present.delete(route);
  fence.guests.delete(route);
}

/** Instances on other connections than this one. */
function othersOf(instances: ReadonlyMap<string, string>, route: string): string[] {
  return [...instances].filter(([other]) => other !== route).map(([, instance]) => instance);
}
