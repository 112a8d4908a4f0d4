import type { OperatorFunction } from "rxjs";
import { comparePeers } from "../core/changes.ts";
import { isUsable } from "../core/peer.ts";
import type { LeftCause, Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";
import { checkOptions } from "../host/check.ts";
import { operate } from "./alarms.ts";
import type { Alarm, Step, ViewMachine } from "./alarms.ts";
import { Fates } from "./fates.ts";
import { Holding } from "./holding.ts";
import type { HoldRule, Leaving } from "./holding.ts";
import { byName, byService, nameKey } from "./keys.ts";
import { numberOf, WAIT_MAX_MS } from "./numbers.ts";
import { Outlet } from "./outlet.ts";

/** How many peers a consumer lets go at once without a reason. */
export interface GuardOptions {
  /**
   * The largest share of the peers of a service that may be lost within the window. Higher lets a
   * real mass failure through sooner, lower holds smaller mistakes. 0 to 1; at 1 only an empty list
   * is held. Default 0.5, which is also Envoy's panic threshold: one of two zones may fail.
   */
  readonly maxRemovedShare?: number | undefined;
  /** So many may be lost within the window whatever their share, if anybody is left. Default 1. */
  readonly minRemoved?: number | undefined;
  /** Losses count for so long, in milliseconds. Default 10,000. */
  readonly windowMs?: number | undefined;
  /** Nobody is held longer, in milliseconds. Default 60,000. */
  readonly ceilingMs?: number | undefined;
}

const KNOWN = {
  maxRemovedShare: true,
  minRemoved: true,
  windowMs: true,
  ceilingMs: true,
} satisfies Record<keyof GuardOptions, true>;

const PEERS_MAX = 1_000_000;

/** Causes that somebody stands for: the peer itself, or its successor. */
const EXPLICIT: ReadonlySet<LeftCause> = new Set(["goodbye", "draining", "replaced"]);

/**
 * Does not believe that most peers are gone all at once. Losses without an explicit cause that
 * within the window are more than a share *and* more than a count, or that would leave nobody, are
 * not applied: those peers stay as they were usable last and the authority of the view is `held`,
 * until they come back, until their share is small enough (others came, earlier losses have left
 * the window), or until the ceiling. Newcomers, updates and explicit departures pass at once.
 *
 * Explicit are `goodbye`, `draining` and `replaced`, and any departure after which somebody else is
 * listed under the same id. `critical` is not: one broken check or one shared dependency makes
 * everybody critical at the same moment. One that merely left a selection while it lives is let
 * go, unless nobody would be left. Of several services each is guarded by itself.
 */
export function guard(options: GuardOptions = {}): OperatorFunction<View, View> {
  checkOptions("guard", options, KNOWN);
  const rule: GuardRule = {
    maxRemovedShare: numberOf("maxRemovedShare", options.maxRemovedShare, {
      byDefault: 0.5,
      min: 0,
      max: 1,
      isFraction: true,
    }),
    minRemoved: numberOf("minRemoved", options.minRemoved, {
      byDefault: 1,
      min: 0,
      max: PEERS_MAX,
    }),
    windowMs: numberOf("windowMs", options.windowMs, {
      byDefault: 10_000,
      min: 1,
      max: WAIT_MAX_MS,
    }),
    ceilingMs: numberOf("ceilingMs", options.ceilingMs, {
      byDefault: 60_000,
      min: 1,
      max: WAIT_MAX_MS,
    }),
  };
  return operate(() => new Guard(rule));
}

interface GuardRule extends HoldRule {
  readonly windowMs: number;
  readonly ceilingMs: number;
}

/** Alarms come in pairs: of mark `n` the window is alarm `2n` and the ceiling alarm `2n + 1`. */
class Guard implements ViewMachine {
  readonly #rule: GuardRule;
  readonly #fates = new Fates();
  readonly #outlet = new Outlet(this.#fates);
  readonly #services = new Map<string, Holding>();
  #view: View | null = null;
  #mark = 0;

  constructor(rule: GuardRule) {
    this.#rule = rule;
  }

  view(view: View): Step {
    this.#view = view;
    this.#fates.learn(view);
    return { alarms: this.#judge(view), view: this.#show(view) };
  }

  alarm(id: number): Step {
    const view = this.#view;
    if (view === null) return { view: null, alarms: [] };
    const mark = Math.floor(id / 2);
    const before = this.#held();
    for (const holding of this.#services.values()) {
      if (id % 2 === 0) holding.forget(mark);
      else holding.giveUp(mark);
    }
    const alarms = this.#judge(view);
    const isSame = isSameList(before, this.#held());
    return { alarms, view: isSame ? null : this.#show(view) };
  }

  #judge(view: View): readonly Alarm[] {
    const usable = byService(view.peers.filter(isUsable));
    const mark = (this.#mark += 1);
    let hasLet = false;
    let hasBegun = false;
    for (const service of new Set([...this.#services.keys(), ...usable.keys()])) {
      const holding = this.#services.get(service) ?? new Holding(this.#rule);
      this.#services.set(service, holding);
      const ruling = holding.judge(usable.get(service) ?? [], mark, (peer) => this.#leaving(peer));
      hasLet ||= ruling.hasLet;
      hasBegun ||= ruling.hasBegun;
      if (holding.isIdle) this.#services.delete(service);
    }
    return [
      ...(hasLet ? [{ id: 2 * mark, afterMs: this.#rule.windowMs }] : []),
      ...(hasBegun ? [{ id: 2 * mark + 1, afterMs: this.#rule.ceilingMs }] : []),
    ];
  }

  #leaving(peer: Peer): Leaving {
    const fate = this.#fates.of(peer);
    if (fate.isSucceeded || EXPLICIT.has(fate.cause)) return "explicit";
    return isUsable(fate.peer) ? "deselected" : "loss";
  }

  #show(view: View): View {
    const held = this.#held();
    const names = byName(held);
    const others = view.peers.filter((peer) => !names.has(nameKey(peer)));
    const peers = [...others, ...held].toSorted(comparePeers);
    const shown = this.#outlet.give(view, peers, held.length > 0 ? "held" : view.authority);
    this.#fates.keepOnly(peers);
    return shown;
  }

  #held(): readonly Peer[] {
    return [...this.#services.values()].flatMap((holding) => [...holding.held.values()]);
  }
}

function isSameList(a: readonly Peer[], b: readonly Peer[]): boolean {
  return a.length === b.length && a.every((peer, i) => peer === b[i]);
}
