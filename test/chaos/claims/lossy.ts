import type { Bounds } from "../bounds.ts";
import type { History, Life } from "../history.ts";
import type { Span } from "../spans.ts";
import { mute } from "./firm.ts";
import type { Claim } from "./claim.ts";
import { eachPair, losses } from "./presence.ts";
import { both, outside } from "../spans.ts";

/** When a watcher had lost somebody whose process ran, or paused no longer than changes nothing. */
export function runningLosses(
  history: History,
  bounds: Bounds,
  { watcher, life }: { readonly watcher: string; readonly life: Life },
): readonly Span[] {
  const ran = outside(mute(history, bounds, life));
  return both(losses(history, watcher, life), ran);
}

/** The claim for light packet loss and short pauses. */
export const nobodyLeaves: Claim = {
  name: "nobody leaves",
  text: "No live peer leaves `peers$`, not even for a moment; a process that the machine itself kept from running for too long is none of the loss.",
  check: (history, bounds) =>
    eachPair(history, (watcher, life) =>
      runningLosses(history, bounds, { watcher, life }).map((span) => ({
        ...span,
        claim: nobodyLeaves.name,
        watcher,
        text: `${watcher} lacks ${life.id} for ${Math.round(span.toMs - span.fromMs)} ms`,
      })),
    ),
};

/** The claim for heavy packet loss: a peer may be suspect, but it keeps its place. */
export const nobodyIsGone: Claim = {
  name: "nobody is gone",
  text: "No live peer is forgotten: it may be suspect, but stays in every view.",
  check: (history) =>
    eachPair(history, (watcher, life) =>
      both(history.gone(watcher, life), history.during(life)).map((span) => ({
        ...span,
        claim: nobodyIsGone.name,
        watcher,
        text: `${watcher} holds ${life.id} for gone`,
      })),
    ),
};
