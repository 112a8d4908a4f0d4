import { losses } from "./claims/presence.ts";
import { nobodyIsGone, runningLosses } from "./claims/lossy.ts";
import type { Bounds } from "./bounds.ts";
import { count, isOurs } from "./figures.ts";
import type { History, Life } from "./history.ts";
import type { Figure } from "./scenario.ts";
import type { Span } from "./spans.ts";

/** Counts of removals of those who were alive all the time: ours, serf's, and those of leases. */
export function lossFigures(of: {
  /** Packets that the wire lost. */
  readonly lost: number;
  /** Agents of serf; 0 where it is not there. */
  readonly serfs: number;
  readonly leases: number;
}): (history: History, bounds: Bounds) => readonly Figure[] {
  return (history, bounds) => {
    const { facts, faults, cast, fromMs } = history.story;
    const pauses = faults.filter(({ fault }) => fault.kind === "freeze").length;
    const stalls = facts.filter((fact) => fact.kind === "stall" && !isOurs(history, fact)).length;
    const worst = (count: (watcher: string, life: Life) => readonly Span[]): number => {
      const sums = cast.watchers.map((watcher) =>
        history.lives
          .flatMap((life) => count(watcher, life))
          .filter((span) => span.fromMs >= fromMs),
      );
      return Math.max(...sums.map(({ length }) => length));
    };
    const left = worst((watcher, life) => losses(history, watcher, life));
    const ran = worst((watcher, life) => runningLosses(history, bounds, { watcher, life }));
    const gone = nobodyIsGone.check(history, bounds).length;
    const removals = (system: string): number =>
      facts.filter(
        (fact) =>
          fact.kind === "other" &&
          fact.system === system &&
          fact.event === "removed" &&
          fact.atMs >= fromMs,
      ).length;
    const ours = `rollcall, ${history.lives.length} members`;
    return [
      count("packets lost", of.lost),
      count("pauses of a process", pauses),
      count("standstills of a process not of our making", stalls),
      count(`${ours}: left peers$ (worst watcher)`, left),
      count(`${ours}: of these, while their process ran`, ran),
      count(`${ours}: gone`, gone, 0),
      ...(of.serfs > 0 ? [count(`serf, ${of.serfs} agents: failed`, removals("serf"))] : []),
      count(`lease of 3 s renewed every second, ${of.leases} holders: expired`, removals("lease")),
    ];
  };
}
