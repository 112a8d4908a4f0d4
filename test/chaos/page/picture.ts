import { History } from "../history.ts";
import type { Outcome } from "../scenario.ts";
import { crewLane, registrarLane, watcherLane, wireLane } from "./lanes.ts";
import type { Lane } from "./lanes.ts";
import { line, rect, Scale, word } from "./svg.ts";

const WIDTH = 1440;
const LEFT = 56;
const TOP = 26;
/** Between registrars, crews and watchers. */
const GAP = 12;

/** The whole timeline as one SVG: a lane for each process, the faults as bars. */
export function pictureOf({ story, violations }: Outcome): string {
  const history = new History(story);
  const { fromMs, toMs, cast } = story;
  const scale = new Scale({ fromMs, toMs, left: LEFT, right: WIDTH - 8 });
  const groups: readonly (readonly Lane[])[] = [
    [
      wireLane(history, scale),
      ...cast.registrars.map((node) => registrarLane(history, scale, node)),
    ],
    cast.crews.map((node) => crewLane(history, scale, node)),
    cast.watchers.map((node) => {
      const own = violations.filter(({ watcher }) => watcher === node);
      return watcherLane(history, scale, { node, violations: own });
    }),
  ];
  const lanes: string[] = [];
  const drawn: string[] = [];
  let y = TOP;
  for (const group of groups) {
    for (const { label, height, draw } of group) {
      const box = { x: LEFT, y, width: WIDTH - 8 - LEFT, height: height - 2 };
      lanes.push(rect("lane", box), word("label", [4, y + height / 2 + 3], label));
      drawn.push(...draw(y));
      y += height;
    }
    y += GAP;
  }
  const bottom = y - GAP;
  const behind = [...calms(history, scale, bottom), ...axis(scale, bottom)];
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 4}" role="img" aria-label="Timeline">${[...lanes, ...behind, ...drawn].join("")}</svg>`;
}

/** Where all faults were lifted, until everything was seen to be well. */
function calms({ story }: History, scale: Scale, bottom: number): readonly string[] {
  let healedMs = Infinity;
  return story.facts.flatMap((fact) => {
    if (fact.kind === "healed") healedMs = fact.atMs;
    if (fact.kind !== "settled") return [];
    const box = scale.box({ fromMs: healedMs, toMs: fact.atMs }, TOP - 6, bottom - TOP + 6);
    const tookMs = Math.max(0, Math.round(fact.sinceMs - healedMs));
    return box === undefined
      ? []
      : [rect("calm", box, `all lifted; all lists the truth after ${tookMs} ms`)];
  });
}

function axis(scale: Scale, bottom: number): readonly string[] {
  return scale.ticks.flatMap((second) => {
    const x = scale.x(scale.fromMs + second * 1000);
    return [line("tick", [x, TOP - 6], [x, bottom]), word("second", [x, TOP - 11], `${second} s`)];
  });
}
