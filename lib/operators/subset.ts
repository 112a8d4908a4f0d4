import { tap } from "rxjs";
import type { OperatorFunction } from "rxjs";
import { RollcallError } from "../core/errors.ts";
import { isUsable } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";
import { checkOptions } from "../host/check.ts";
import { operate } from "./alarms.ts";
import type { Step, ViewMachine } from "./alarms.ts";
import { Fates } from "./fates.ts";
import { byService } from "./keys.ts";
import { lotOf } from "./lots.ts";
import { numberOf, WAIT_MAX_MS } from "./numbers.ts";
import { Outlet } from "./outlet.ts";

/** How many peers each watcher connects to. */
export interface SubsetOptions {
  /** Peers of each service that a watcher gets; all where there are no more. At least 1. */
  readonly size: number;
  /**
   * How long to wait for the registrar to say this watcher's number, in milliseconds, counted from
   * the first view. Until then nothing is emitted; then a number is drawn at random, until one is
   * told: the subset is as small as it should be, but the peers are not used evenly. Default 5,000.
   */
  readonly ordinalForMs?: number | undefined;
}

const KNOWN = { size: true, ordinalForMs: true } satisfies Record<keyof SubsetOptions, true>;

const SIZE_MAX = 1_000_000;
/** Random numbers are drawn from so many: more than there are watchers. */
const ORDINALS = 2 ** 20;

/**
 * Some of the usable peers for each watcher, so that all peers are used by equally many
 * watchers: 100 watchers of 100 peers with size 10 give each peer exactly 10. It needs no exchange
 * between watchers, only the number that the registrar gives each named one; `lotOf` says how.
 * A peer that leaves is made good at once, a restart under the same id changes nothing.
 *
 * Suspect, draining and critical peers are in no subset: put `guard` and `select` before it. Of
 * several services each is drawn from by itself, with the same number. A watcher without a survey
 * endpoint has no number: the observable fails with `ERR_NEEDS_SURVEY`, because no network will
 * ever mend that.
 */
export function subset(options: SubsetOptions): OperatorFunction<View, View> {
  checkOptions("subset", options, KNOWN);
  const size = numberOf("size", options.size, { min: 1, max: SIZE_MAX });
  const ordinalForMs = numberOf("ordinalForMs", options.ordinalForMs, {
    byDefault: 5000,
    min: 0,
    max: WAIT_MAX_MS,
  });
  return (source) =>
    source.pipe(
      tap(refuseAnonymous),
      operate(() => new Subsetter({ size, ordinalForMs })),
    );
}

function refuseAnonymous({ consumer }: View): void {
  if (consumer.kind === "named") return;
  throw new RollcallError("ERR_NEEDS_SURVEY", "subset needs the number of a named consumer");
}

interface SubsetRule {
  readonly size: number;
  readonly ordinalForMs: number;
}

class Subsetter implements ViewMachine {
  readonly #rule: SubsetRule;
  readonly #fates = new Fates();
  readonly #outlet = new Outlet(this.#fates);
  #view: View | null = null;
  /** As told last; kept while the registrar is away. */
  #ordinal: number | null = null;

  constructor(rule: SubsetRule) {
    this.#rule = rule;
  }

  view(view: View): Step {
    const isFirst = this.#view === null;
    this.#view = view;
    this.#fates.learn(view);
    if (view.consumer.kind === "named") this.#ordinal = view.consumer.ordinal ?? this.#ordinal;
    if (this.#ordinal !== null) return { alarms: [], view: this.#show(view, this.#ordinal) };
    const alarms = isFirst ? [{ id: 0, afterMs: this.#rule.ordinalForMs }] : [];
    return { alarms, view: null };
  }

  alarm(): Step {
    const view = this.#view;
    if (view === null || this.#ordinal !== null) return { alarms: [], view: null };
    this.#ordinal = Math.floor(Math.random() * ORDINALS);
    return { alarms: [], view: this.#show(view, this.#ordinal) };
  }

  #show(view: View, ordinal: number): View {
    const chosen = new Set<Peer>();
    for (const peers of byService(view.peers.filter(isUsable)).values()) {
      for (const peer of lotOf(peers, { ordinal, size: this.#rule.size })) chosen.add(peer);
    }
    const shown = this.#outlet.give(
      view,
      view.peers.filter((peer) => chosen.has(peer)),
    );
    this.#fates.keepOnly(shown.peers);
    return shown;
  }
}
