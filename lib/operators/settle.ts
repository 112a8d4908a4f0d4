import type { OperatorFunction } from "rxjs";
import { comparePeers } from "../core/changes.ts";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";
import { checkOptions } from "../host/check.ts";
import { operate } from "./alarms.ts";
import type { Step, ViewMachine } from "./alarms.ts";
import { Fates } from "./fates.ts";
import { byName, nameKey } from "./keys.ts";
import { Lingering } from "./lingering.ts";
import type { Wait } from "./lingering.ts";
import { numberOf, WAIT_MAX_MS } from "./numbers.ts";
import { Outlet } from "./outlet.ts";

/** How long a ring waits for those who went. */
export interface SettleOptions {
  /**
   * How long one that is gone or critical stays a member, in milliseconds. More than a crashed process takes to
   * be started again; until then its keys have no other owner. Default 30,000; 0 does not wait.
   */
  readonly downForMs?: number | undefined;
  /**
   * The same for one that drains or says goodbye, counted from the first of both. Default 0: it is
   * out at once. Where processes keep their ids, a rolling restart moves no key if each is back
   * within this time.
   */
  readonly goodbyeForMs?: number | undefined;
}

const KNOWN = {
  downForMs: true,
  goodbyeForMs: true,
} satisfies Record<keyof SettleOptions, true>;

/**
 * The membership of a ring: views that lose a member only once it has been out for a quiet time, so
 * that a flap, or a restart under the same id, moves no key. Members are those of standing alive or
 * suspect who are neither draining nor critical. One who is out, be it gone or critical, stays for
 * `downForMs` as it was when it was a member last, but as a suspect; then it is shown as the
 * registrar lists it, or not at all. Draining and goodbye wait for `goodbyeForMs`. Suspects stay as
 * long as the registrar lists them, newcomers show at once, and `changes` (which is about usable
 * peers) tells of every departure at once.
 *
 * Every peer has a time of its own, so it makes no difference how many services the view has.
 */
export function settle(options: SettleOptions = {}): OperatorFunction<View, View> {
  checkOptions("settle", options, KNOWN);
  const waits = { min: 0, max: WAIT_MAX_MS };
  const rule: SettleRule = {
    downForMs: numberOf("downForMs", options.downForMs, { byDefault: 30_000, ...waits }),
    goodbyeForMs: numberOf("goodbyeForMs", options.goodbyeForMs, { byDefault: 0, ...waits }),
  };
  return operate(() => new Settler(rule));
}

type SettleRule = { readonly [K in keyof SettleOptions]-?: number };

function isMember({ status }: Peer): boolean {
  return status !== "draining" && status !== "critical";
}

class Settler implements ViewMachine {
  readonly #rule: SettleRule;
  readonly #fates = new Fates();
  readonly #outlet = new Outlet(this.#fates);
  readonly #lingering = new Lingering();
  readonly #waits = new Map<number, Wait>();
  #view: View | null = null;
  #mark = 0;
  #alarm = 0;

  constructor(rule: SettleRule) {
    this.#rule = rule;
  }

  view(view: View): Step {
    this.#view = view;
    this.#fates.learn(view);
    this.#mark += 1;
    const members = view.peers.filter(isMember);
    const waits = this.#lingering.take(members, this.#mark, (peer) => this.#waitFor(peer));
    const alarms = waits.map((wait) => {
      this.#waits.set((this.#alarm += 1), wait);
      return { id: this.#alarm, afterMs: wait.afterMs };
    });
    return { alarms, view: this.#show(view) };
  }

  alarm(id: number): Step {
    const wait = this.#waits.get(id);
    this.#waits.delete(id);
    const isNews = wait !== undefined && this.#lingering.end(wait);
    return { alarms: [], view: isNews && this.#view !== null ? this.#show(this.#view) : null };
  }

  #waitFor(peer: Peer): number {
    const { cause } = this.#fates.of(peer);
    const isExplicit = cause === "goodbye" || cause === "draining";
    return isExplicit ? this.#rule.goodbyeForMs : this.#rule.downForMs;
  }

  #show(view: View): View {
    const lingering = this.#lingering.peers;
    const names = byName(lingering);
    const others = view.peers.filter((peer) => !names.has(nameKey(peer)));
    const peers = [...others, ...lingering].toSorted(comparePeers);
    const shown = this.#outlet.give(view, peers);
    this.#fates.keepOnly(peers);
    return shown;
  }
}
