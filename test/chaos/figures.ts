import { deathOf } from "./claims/absence.ts";
import { informed } from "./claims/firm.ts";
import type { Bounds } from "./bounds.ts";
import type { History, Life } from "./history.ts";
import { lacksOf } from "./lacks.ts";
import type { Figure } from "./scenario.ts";
import { covers } from "./spans.ts";

/** What is counted and measured where faults are brought about. */
export function faultFigures(history: History, bounds: Bounds): readonly Figure[] {
  const { facts, faults, cast, fromMs, toMs } = history.story;
  const { watchers } = cast;
  const lives = history.lives.filter(({ endedMs }) => endedMs > fromMs);
  const dead = lives.filter(({ endedMs }) => endedMs < toMs);
  const deaths = dead.flatMap((life) => {
    const { isPlain, boundMs } = deathOf(history, bounds, life);
    return watchers.map((watcher) => {
      const known = informed(history, bounds, { watcher, afterMs: boundMs });
      const kind = !covers(known, life.endedMs + boundMs) ? "blind" : isPlain ? "plain" : "hard";
      return { kind, lastedMs: outAfter(history, watcher, life) };
    });
  });
  const lasting = (kind: string): number[] =>
    deaths.filter((death) => death.kind === kind).map(({ lastedMs }) => lastedMs);
  const newcomers = lives.filter(({ joinedMs }) => joinedMs > fromMs);
  const joins = newcomers.flatMap((life) =>
    watchers.flatMap((watcher) => {
      const listedMs = history.listed(watcher, life)[0]?.fromMs;
      return listedMs === undefined ? [] : [Math.max(0, listedMs - life.joinedMs)];
    }),
  );
  // Where another registrar learns of a death later; beyond the bound it is a violation.
  const ghosts = watchers.map((watcher) =>
    dead.filter((life) => history.listed(watcher, life).some((span) => span.fromMs > life.endedMs)),
  );
  const settles = settleTimes(history);
  const others = facts.filter((fact) => fact.kind === "stall" && !isOurs(history, fact));
  const lacks = lacksOf(history, bounds);
  return [
    count("faults brought about", faults.length),
    count("members that were killed", dead.length),
    count("members that joined meanwhile", newcomers.length),
    count("lists and views told by watchers", facts.filter(isEmission).length),
    count("standstills of a process not of our making", others.length),
    count("times that a list lacked a live peer whose process ran", lacks.length),
    ...spread(
      "a dead peer was listed for, nothing else being wrong",
      lasting("plain"),
      bounds.plainMs,
    ),
    ...spread(
      "a dead peer was listed for, registrars being in trouble",
      lasting("hard"),
      bounds.troubledMs,
    ),
    ...spread("a dead peer was listed for, no registrar being in order", lasting("blind")),
    count("dead peers that came back to a list within their bound", ghosts.flat().length),
    ...spread("a newcomer was listed after", joins, bounds.returnMs),
    ...spread("all lists were the truth after faults", settles, bounds.healMs),
  ];
}

/** How long a watcher listed somebody after its death. */
function outAfter(history: History, watcher: string, life: Life): number {
  const last = history.listed(watcher, life).findLast(({ toMs }) => toMs > life.endedMs);
  const endMs = Math.min(last?.toMs ?? life.endedMs, history.story.toMs);
  return Math.max(0, endMs - life.endedMs);
}

function settleTimes({ story }: History): readonly number[] {
  let healedMs = Infinity;
  return story.facts.flatMap((fact) => {
    if (fact.kind === "healed") healedMs = fact.atMs;
    if (fact.kind !== "settled" || healedMs < story.fromMs) return [];
    return [Math.max(0, fact.sinceMs - healedMs)];
  });
}

function isEmission({ kind }: { readonly kind: string }): boolean {
  return kind === "list" || kind === "view";
}

/** So soon after we let a process go on, its standstill is of our making. */
const NEAR_MS = 300;

/** True where a standstill was brought about by us. */
export function isOurs(
  { story }: History,
  { node, atMs }: { readonly node: string; readonly atMs: number },
): boolean {
  return story.faults.some(
    ({ fault, toMs }) => fault.node === node && Math.abs(toMs - atMs) < NEAR_MS,
  );
}

/** A plain number. */
export function count(name: string, value: number, most?: number): Figure {
  const shown = value.toLocaleString("en");
  return { name, value, shown, ...(most === undefined ? {} : { most }) };
}

/** The worst of several times, with the middle one. */
function spread(name: string, values: readonly number[], most?: number): readonly Figure[] {
  const sorted = values.toSorted((a, b) => a - b);
  const [middle, worst] = [sorted[sorted.length >> 1], sorted.at(-1)];
  if (middle === undefined || worst === undefined) return [];
  const shown = `${ms(worst)} at most, ${ms(middle)} in the middle, of ${sorted.length}`;
  return [{ name, value: worst, shown, ...(most === undefined ? {} : { most }) }];
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value).toLocaleString("en")} ms`;
}
