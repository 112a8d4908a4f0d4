import type { Bounds } from "./bounds.ts";
import { troublesOf } from "./claims/firm.ts";
import { runningLosses } from "./claims/lossy.ts";
import type { History, Life } from "./history.ts";
import { covers } from "./spans.ts";
import type { Span } from "./spans.ts";

/** A live member, whose process ran, that was not in a list; no violation where that is excused. */
export interface Lack extends Span {
  readonly watcher: string;
  readonly life: Life;
}

/** So many are told of; all are counted. */
const SHOWN_MAX = 20;

/** Every time that a list lacked a live member whose process ran, oldest first. */
export function lacksOf(history: History, bounds: Bounds): readonly Lack[] {
  const { fromMs, toMs, cast } = history.story;
  return cast.watchers
    .flatMap((watcher) =>
      history.lives.flatMap((life) =>
        runningLosses(history, bounds, { watcher, life }).map((span) => ({
          ...span,
          watcher,
          life,
        })),
      ),
    )
    .filter((span) => span.toMs > fromMs && span.fromMs < toMs)
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

/** Who lacked whom, and what was wrong at that moment, one a line. */
export function lackTales(history: History, bounds: Bounds): readonly string[] {
  const lacks = lacksOf(history, bounds);
  const { fromMs, toMs } = history.story;
  const seconds = (ms: number): string => `${((Math.min(ms, toMs) - fromMs) / 1000).toFixed(2)} s`;
  const lines = lacks.slice(0, SHOWN_MAX).map((lack) => {
    const why = reasonsOf(history, bounds, lack);
    const when = `${seconds(lack.fromMs)} to ${seconds(lack.toMs)}`;
    return `${when}: ${lack.watcher} lacked ${lack.life.id}; ${why.join(", ") || "nothing was wrong"}`;
  });
  const rest = lacks.length - SHOWN_MAX;
  return rest > 0 ? [...lines, `… and ${rest} more`] : lines;
}

/** All that was wrong for a watcher and a member when the one came to lack the other. */
function reasonsOf(
  history: History,
  bounds: Bounds,
  { watcher, life, fromMs }: Lack,
): readonly string[] {
  const troubles = history.story.cast.registrars.flatMap((registrar) =>
    troublesOf(history, bounds, { registrar, watcher, life }),
  );
  const asleep = history.silent(watcher, bounds.stallMs);
  const sinceMs = fromMs - life.joinedMs;
  return [
    ...(sinceMs < bounds.returnMs ? [`it had joined ${Math.round(sinceMs)} ms before`] : []),
    ...(covers(asleep, fromMs) ? [`${watcher} stood still`] : []),
    ...troubles.filter(({ spans }) => covers(spans, fromMs)).map(({ text }) => text),
  ];
}
