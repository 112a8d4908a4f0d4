import type { Bounds } from "../bounds.ts";
import type { History, Life } from "../history.ts";
import { both, covers, lingering, outside, union, without } from "../spans.ts";
import type { Span } from "../spans.ts";
import type { Claim, Violation } from "./claim.ts";
import { within } from "./claim.ts";
import { awake, mute, vouched } from "./firm.ts";

/** A live member that a registrar in order could vouch for is in every list. */
export const theLivingAreListed: Claim = {
  name: "the living are listed",
  text: "No watcher lacks a live peer while a registrar that both can reach is in order.",
  check: (history, bounds) =>
    eachPair(history, (watcher, life) => {
      const due = both(
        without(wellSince(bounds, life), mute(history, bounds, life)),
        both(vouched(history, bounds, { watcher, life }), awake(history, bounds, watcher)),
      );
      return without(due, history.listed(watcher, life)).map((span) => ({
        ...span,
        claim: theLivingAreListed.name,
        watcher,
        text: `${watcher} lacks ${life.id}, which runs and for which a registrar could vouch`,
      }));
    }),
};

/** Even with no registrar in order, nobody leaves a list to whom nothing happened. */
export const nobodyLeavesForNothing: Claim = {
  name: "nobody leaves for nothing",
  text: "A live peer leaves a list only after a long silence, or a cut between it and a registrar.",
  check: (history, bounds) =>
    eachPair(history, (watcher, life) => {
      const blamed = excuses(history, bounds, life);
      return losses(history, watcher, life)
        .filter(({ fromMs }) => !covers(blamed, fromMs))
        .map((span) => ({
          ...span,
          claim: nobodyLeavesForNothing.name,
          watcher,
          text: `${watcher} lost ${life.id}, to which nothing had happened`,
        }));
    }),
};

/** When a watcher had lost somebody who lived. */
export function losses(history: History, watcher: string, life: Life): readonly Span[] {
  const listed = history.listed(watcher, life);
  const first = listed[0]?.fromMs;
  if (first === undefined) return [];
  const since = [{ fromMs: Math.max(first, life.joinedMs), toMs: life.endedMs }];
  return without(since, listed);
}

function wellSince(bounds: Bounds, { joinedMs, endedMs }: Life): readonly Span[] {
  return [{ fromMs: joinedMs + bounds.returnMs, toMs: endedMs }];
}

/** What may take a live member out of lists: its own silence, or a cut on its way. */
function excuses(history: History, bounds: Bounds, life: Life): readonly Span[] {
  const ways = history.story.cast.registrars.flatMap((registrar) => [
    ...history.cut(registrar, life.node),
    ...history.full(registrar),
  ]);
  return union(
    lingering(ways, bounds.healMs, history.settledMs),
    mute(history, bounds, life),
    // Before it was listed everywhere it can be told of by one and not by another.
    outside(wellSince(bounds, life)),
  );
}

/** Breaches of every watcher and every life. */
export function eachPair(
  history: History,
  check: (watcher: string, life: Life) => readonly Violation[],
): readonly Violation[] {
  const { watchers } = history.story.cast;
  return within(
    history,
    watchers.flatMap((watcher) => history.lives.flatMap((life) => check(watcher, life))),
  );
}
