import type { History, Life } from "../history.ts";
import { covers } from "../spans.ts";
import type { Claim, Violation } from "./claim.ts";

/** When the faults are over, every list becomes the truth within the bound. */
export const viewsBecomeTheTruth: Claim = {
  name: "views become the truth",
  text: "After all faults are lifted, every list equals the truth within the bound, and every view is live.",
  check: (history, bounds) => {
    const { facts, toMs } = history.story;
    return facts.flatMap((fact, at): readonly Violation[] => {
      if (fact.kind !== "healed") return [];
      const { atMs } = fact;
      const end = facts.slice(at).find(({ kind }) => kind === "settled" || kind === "unsettled");
      const lookMs = end?.kind === "settled" ? end.sinceMs : atMs + bounds.healMs;
      if (lookMs > toMs) return [];
      const why = end?.kind === "unsettled" ? [end.why] : [];
      const isLate = lookMs > atMs + bounds.healMs;
      return [...why, ...(isLate ? ["it took too long"] : []), ...wrongLists(history, lookMs)].map(
        (text) => ({
          claim: viewsBecomeTheTruth.name,
          watcher: history.story.cast.watchers.find((name) => text.startsWith(`${name} `)) ?? "",
          fromMs: atMs,
          toMs: lookMs,
          text,
        }),
      );
    });
  },
};

/** What differs from the truth at one moment. */
function wrongLists(history: History, atMs: number): readonly string[] {
  const living = history.lives.filter(
    ({ joinedMs, endedMs }) => joinedMs <= atMs && atMs < endedMs,
  );
  const dead = history.lives.filter(({ endedMs }) => endedMs <= atMs);
  return history.story.cast.watchers.flatMap((watcher) => {
    const has = (life: Life): boolean => covers(history.listed(watcher, life), atMs);
    return [
      ...living.filter((life) => !has(life)).map(({ id }) => `${watcher} lacks ${id}`),
      ...dead.filter(has).map(({ id }) => `${watcher} lists ${id}, which is dead`),
    ];
  });
}
