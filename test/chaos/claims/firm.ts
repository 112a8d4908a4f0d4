import type { Bounds } from "../bounds.ts";
import type { History, Life } from "../history.ts";
import { atOnce, both, lingering, outside, settled, union } from "../spans.ts";
import type { Span } from "../spans.ts";

/** So large a share of silent members may make a registrar hold all removals. */
const CROWD = 0.25;

/** Something that was wrong, in words, and when it was. */
export interface Trouble {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** What kept a registrar from its work for a member and a watcher, each for itself. */
export function troublesOf(
  history: History,
  bounds: Bounds,
  of: { readonly registrar: string; readonly watcher: string; readonly life?: Life },
): readonly Trouble[] {
  const { registrar, watcher, life } = of;
  return [
    { text: `${registrar} was down`, spans: history.down(registrar) },
    { text: `${registrar} stood still`, spans: history.silent(registrar, bounds.stallMs) },
    { text: `${registrar} had no file left`, spans: history.full(registrar) },
    { text: `${registrar} and ${watcher} were cut`, spans: history.cut(registrar, watcher) },
    ...(life === undefined
      ? []
      : [
          {
            text: `${registrar} and ${life.node} were cut`,
            spans: history.cut(registrar, life.node),
          },
        ]),
  ].map(({ text, spans }) => ({
    text,
    spans: lingering(spans, bounds.healMs, history.settledMs),
  }));
}

/**
 * When a registrar could not do its work for a member and a watcher, with the time it may need
 * afterwards; it is over sooner where all lists were seen to be the truth again.
 */
function troubled(
  history: History,
  bounds: Bounds,
  of: { readonly registrar: string; readonly watcher: string; readonly life?: Life },
): readonly Span[] {
  return union(...troublesOf(history, bounds, of).map(({ spans }) => spans));
}

/** When at least one registrar is well, can be heard by the watcher and hears the member. */
export function vouched(
  history: History,
  bounds: Bounds,
  of: { readonly watcher: string; readonly life: Life },
): readonly Span[] {
  const { registrars } = history.story.cast;
  return union(
    ...registrars.map((registrar) => outside(troubled(history, bounds, { registrar, ...of }))),
  );
}

/**
 * When the watcher must have heard of whatever happened `afterMs` before: it ran, and one registrar
 * was well, heard by it, and not holding removals, all of that time.
 */
export function informed(
  history: History,
  bounds: Bounds,
  of: { readonly watcher: string; readonly afterMs: number },
): readonly Span[] {
  const { watcher, afterMs } = of;
  const known = history.story.cast.registrars.map((registrar) => {
    const trouble = union(
      troubled(history, bounds, { registrar, watcher }),
      crowded(history, bounds, registrar),
    );
    return settled(outside(trouble), afterMs);
  });
  return both(union(...known), settled(awake(history, bounds, watcher), afterMs));
}

/** When a watcher ran, and had the time to repair what it had missed. */
export function awake(history: History, bounds: Bounds, watcher: string): readonly Span[] {
  const asleep = history.silent(watcher, bounds.stallMs);
  return outside(lingering(asleep, bounds.healMs, history.settledMs));
}

/** When a member was silent for longer than changes nothing, and its way back. */
export function mute(history: History, bounds: Bounds, { node }: Life): readonly Span[] {
  const silent = history.silent(node, bounds.toleratedMs);
  return lingering(silent, bounds.returnMs, history.settledMs);
}

/** When so many members were silent to a registrar that it may have held all removals. */
function crowded(history: History, bounds: Bounds, registrar: string): readonly Span[] {
  const { crews } = history.story.cast;
  const silences = crews.map((crew) =>
    union(history.silent(crew, bounds.toleratedMs), history.cut(crew, registrar)),
  );
  const least = Math.floor(crews.length * CROWD) + 1;
  return lingering(atOnce(silences, least), bounds.healMs, history.settledMs);
}
