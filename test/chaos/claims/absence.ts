import type { Bounds } from "../bounds.ts";
import type { History, Life } from "../history.ts";
import { both, lingering, outside, union } from "../spans.ts";
import type { Claim } from "./claim.ts";
import { informed } from "./firm.ts";
import { eachPair } from "./presence.ts";

/** A death, and how long it may be in lists. */
export interface Death {
  readonly life: Life;
  /** Nothing else was wrong at the time. */
  readonly isPlain: boolean;
  readonly boundMs: number;
}

/** The dead leave every list in time, and do not come back to any. */
export const theDeadAreOut: Claim = {
  name: "the dead are out",
  text: "A dead peer is gone from every connected list within the documented bound, and stays gone.",
  check: (history, bounds) =>
    eachPair(history, (watcher, life) => {
      if (life.endedMs === Infinity) return [];
      const { boundMs } = deathOf(history, bounds, life);
      const due = both(
        [{ fromMs: life.endedMs + boundMs, toMs: Infinity }],
        informed(history, bounds, { watcher, afterMs: boundMs }),
      );
      return both(history.listed(watcher, life), due).map((span) => ({
        ...span,
        claim: theDeadAreOut.name,
        watcher,
        text: `${watcher} lists ${life.id}, dead for ${Math.round(span.fromMs - life.endedMs)} ms or more; ${Math.round(boundMs)} ms are allowed`,
      }));
    }),
};

/** How a life ended. */
export function deathOf(history: History, bounds: Bounds, life: Life): Death {
  const { registrars, watchers } = history.story.cast;
  const troubles = registrars.flatMap((registrar) => [
    ...history.down(registrar),
    ...history.silent(registrar, bounds.stallMs),
    ...history.full(registrar),
    ...history.cut(registrar, life.node),
    ...watchers.flatMap((watcher) => history.cut(registrar, watcher)),
  ]);
  const asleep = watchers.flatMap((watcher) => history.silent(watcher, bounds.stallMs));
  const calm = outside(lingering(union(troubles, asleep), bounds.healMs, history.settledMs));
  const after = [{ fromMs: life.endedMs, toMs: life.endedMs + bounds.plainMs }];
  const span = both(calm, after)[0];
  const isPlain = span?.fromMs === life.endedMs && span.toMs === life.endedMs + bounds.plainMs;
  return { life, isPlain, boundMs: isPlain ? bounds.plainMs : bounds.troubledMs };
}
