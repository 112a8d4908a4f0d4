import type { History } from "../history.ts";
import { told } from "../faults.ts";
import type { DoneFault, Fact } from "../story.ts";
import type { Violation } from "../claims/claim.ts";
import { line, rect, short, word } from "./svg.ts";
import type { Scale } from "./svg.ts";

/** A strip of the picture for one process. */
export interface Lane {
  readonly label: string;
  readonly height: number;
  /** What is drawn when it begins at this height. */
  readonly draw: (y: number) => readonly string[];
}

const REGISTRAR_HEIGHT = 34;
const CREW_HEIGHT = 15;
const WATCHER_HEIGHT = 56;
const WIRE_HEIGHT = 18;
/** The stripe that tells how a registrar or a view stands. */
const STRIPE = 4;

/** Faults of a node in its lane: those of the process in full, cuts as stripes for each direction. */
function faultsOf(
  faults: readonly DoneFault[],
  scale: Scale,
  at: { y: number; height: number },
): string[] {
  return faults.flatMap(({ fault, ...span }) => {
    const { y, height } = at;
    const third = height / 3;
    const isIn = fault.kind === "cut" && fault.direction === "in";
    const isBoth = fault.kind === "cut" && fault.direction === "both";
    const box =
      fault.kind === "cut"
        ? scale.box(span, isIn || isBoth ? y : y + 2 * third, isBoth ? height : third)
        : scale.box(span, y, height);
    return box === undefined ? [] : [rect(`fault ${fault.kind}`, box, told(fault))];
  });
}

/** How far somebody is to be trusted, from then on. */
interface Account {
  readonly atMs: number;
  readonly authority: string;
}

/** How something stood from one fact to the next. */
function stripes(facts: readonly Account[], scale: Scale, y: number): string[] {
  return facts.flatMap(({ atMs, authority }, at) => {
    const toMs = facts[at + 1]?.atMs ?? scale.toMs;
    const box = scale.box({ fromMs: atMs, toMs }, y, STRIPE);
    return box === undefined
      ? []
      : [rect(`stripe ${authority}`, { ...box, width: box.width + 0.2 })];
  });
}

/** Only where the authority changes: one box for each stretch. */
function changes(facts: readonly Account[]): readonly Account[] {
  return facts.filter((fact, at) => fact.authority !== facts[at - 1]?.authority);
}

/** Packet loss and the proxy, which belong to nobody. */
export function wireLane(history: History, scale: Scale): Lane {
  const faults = history.story.faults.filter(({ fault }) => /^(?:loss|delay)$/.test(fault.kind));
  const at = (y: number) => ({ y: y + 3, height: WIRE_HEIGHT - 6 });
  return { label: "wire", height: WIRE_HEIGHT, draw: (y) => faultsOf(faults, scale, at(y)) };
}

/** What was done to a registrar, and how it stood by its own account. */
export function registrarLane(history: History, scale: Scale, node: string): Lane {
  const faults = history.story.faults.filter(({ fault }) => fault.node === node);
  const accounts = changes(
    history.story.facts.flatMap((fact): readonly Account[] => {
      if (fact.kind === "registrar" && fact.node === node) return [fact];
      return fact.kind === "down" && fact.node === node ? [{ ...fact, authority: "away" }] : [];
    }),
  );
  return {
    label: node,
    height: REGISTRAR_HEIGHT,
    draw: (y) => [
      // Cuts first, so that what is done to the process itself is seen through none of them.
      ...faultsOf(
        faults.toSorted((a, b) => Number(b.fault.kind === "cut") - Number(a.fault.kind === "cut")),
        scale,
        { y: y + 3, height: REGISTRAR_HEIGHT - 12 },
      ),
      ...stripes(accounts, scale, y + REGISTRAR_HEIGHT - 7),
    ],
  };
}

/** What was done to a process of members, and where it stood still by itself. */
export function crewLane(history: History, scale: Scale, node: string): Lane {
  const faults = history.story.faults.filter(({ fault }) => fault.node === node);
  const stalls = history.story.facts.filter((fact) => fact.kind === "stall" && fact.node === node);
  return {
    label: node,
    height: CREW_HEIGHT,
    draw: (y) => [
      ...stalls.flatMap((fact) => {
        if (fact.kind !== "stall") return [];
        const box = scale.box({ fromMs: fact.sinceMs, toMs: fact.atMs }, y + 5, CREW_HEIGHT - 10);
        return box === undefined ? [] : [rect("stall", box, "stood still")];
      }),
      ...faultsOf(faults, scale, { y: y + 2, height: CREW_HEIGHT - 4 }),
    ],
  };
}

/** How many a watcher listed, who came and went, and what was wrong with it. */
export function watcherLane(
  history: History,
  scale: Scale,
  of: { readonly node: string; readonly violations: readonly Violation[] },
): Lane {
  const { node, violations } = of;
  const { facts, faults } = history.story;
  const own = facts.filter((fact) => "node" in fact && fact.node === node);
  const own$ = own.flatMap((fact) => (fact.kind === "list" ? [fact] : []));
  const views = changes(own.flatMap((fact) => (fact.kind === "view" ? [fact] : [])));
  return {
    label: node,
    height: WATCHER_HEIGHT,
    draw: (y) => [
      ...violations.flatMap((violation, at) => {
        const box = scale.box(violation, y, WATCHER_HEIGHT);
        if (box === undefined) return [];
        return [
          rect("violation", box, violation.text),
          word("number", [box.x + 3, y + 11], String(at + 1)),
        ];
      }),
      ...faultsOf(
        faults.filter(({ fault }) => fault.node === node),
        scale,
        { y: y + 3, height: WATCHER_HEIGHT - 14 },
      ),
      ...listSize(own$, scale, y),
      ...stripes(views, scale, y + WATCHER_HEIGHT - 8),
    ],
  };
}

type ListFact = Extract<Fact, { readonly kind: "list" }>;

/** The number of those listed as a stepped line, and a mark for each arrival and departure. */
function listSize(lists: readonly ListFact[], scale: Scale, y: number): readonly string[] {
  const [top, bottom] = [y + 6, y + WATCHER_HEIGHT - 14];
  let size = 0;
  const sizes = lists.map(({ atMs, came, went }) => {
    size += came.length - went.length;
    return { atMs, size, came: came.length, went: went.length };
  });
  const seen = sizes.filter(({ atMs }) => atMs >= scale.fromMs);
  const before = sizes.findLast(({ atMs }) => atMs < scale.fromMs)?.size ?? 0;
  const all = [before, ...seen.map((step) => step.size)];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const height = (count: number): number =>
    bottom - (Math.max(0, count - least) / Math.max(1, most - least)) * (bottom - top);
  let path = "";
  for (const step of sizes) {
    const [x, at] = [short(scale.x(step.atMs)), short(height(step.size))];
    path += path === "" ? `M${x},${at}` : `H${x}V${at}`;
  }
  return [
    word("edge", [scale.left - 4, top + 3], String(most)),
    word("edge", [scale.left - 4, bottom + 3], least === most ? "" : String(least)),
    path === "" ? "" : `<path class="size" d="${path}H${short(scale.right)}"/>`,
    ...seen.flatMap(({ atMs, came, went }) => [
      ...(went > 0 ? [line("went", [scale.x(atMs), bottom], [scale.x(atMs), bottom + 5])] : []),
      ...(came > 0 ? [line("came", [scale.x(atMs), top - 5], [scale.x(atMs), top])] : []),
    ]),
  ];
}
