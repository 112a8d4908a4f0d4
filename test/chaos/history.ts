import { ALWAYS, union } from "./spans.ts";
import type { Span } from "./spans.ts";
import type { Fact, Run, Story } from "./story.ts";

/** One run of a member, and when it was listed at all. */
export interface Life extends Run {
  /** The process it ran in. */
  readonly node: string;
  readonly joinedMs: number;
  /** Infinity while it lives. */
  readonly endedMs: number;
}

const BEGIN: Readonly<Record<string, string>> = { frozen: "thawed", full: "freed", down: "up" };

/** Facts of one kind put together into stretches of time: what the claims are made of. */
export class History {
  readonly story: Story;
  readonly lives: readonly Life[];
  readonly #spans = new Map<string, Span[]>();
  readonly #cuts: readonly { readonly fact: CutFact; readonly toMs: number }[];
  readonly #listed = new Map<string, Span[]>();
  readonly #known = new Map<string, Span[]>();

  constructor(story: Story) {
    const facts = story.facts.toSorted((a, b) => a.atMs - b.atMs);
    this.story = { ...story, facts };
    this.lives = livesOf(facts);
    this.#cuts = cutsOf(facts);
    for (const [begin, end] of Object.entries(BEGIN)) this.#pair(begin, end);
    for (const fact of facts) this.#take(fact);
  }

  /** Not running. */
  down(node: string): readonly Span[] {
    return this.#spans.get(`down ${node}`) ?? [];
  }

  /** Stopped by us, or without the processor for a while; each at least `leastMs` long. */
  silent(node: string, leastMs: number): readonly Span[] {
    const stalls = this.#spans.get(`stall ${node}`) ?? [];
    const frozen = this.#spans.get(`frozen ${node}`) ?? [];
    return union(stalls, frozen).filter(({ fromMs, toMs }) => toMs - fromMs >= leastMs);
  }

  /** No file could be opened, so no connection accepted. */
  full(node: string): readonly Span[] {
    return this.#spans.get(`full ${node}`) ?? [];
  }

  /** Packets of one to the other, or back, were lost. */
  cut(a: string, b: string): readonly Span[] {
    const isBetween = ({ from, to }: CutFact): boolean =>
      (from.includes(a) && to.includes(b)) || (from.includes(b) && to.includes(a));
    return union(
      this.#cuts
        .filter(({ fact }) => isBetween(fact))
        .map(({ fact, toMs }) => ({ fromMs: fact.atMs, toMs })),
    );
  }

  /** When all lists were last seen to be the truth, with every registrar live. */
  get settledMs(): readonly number[] {
    return this.story.facts.filter(({ kind }) => kind === "settled").map(({ atMs }) => atMs);
  }

  /** When a watcher had a run in `peers$`. */
  listed(watcher: string, { instance }: Run): readonly Span[] {
    return this.#listed.get(`${watcher} ${instance}`) ?? [];
  }

  /** When a watcher lacked a run that it had had before, even as a suspect. */
  gone(watcher: string, { instance }: Run): readonly Span[] {
    return this.#known.get(`${watcher} ${instance}`) ?? [];
  }

  /** The whole time, or from somebody's start to its end. */
  during(life?: Life): readonly Span[] {
    return life === undefined ? ALWAYS : [{ fromMs: life.joinedMs, toMs: life.endedMs }];
  }

  #pair(begin: string, end: string): void {
    for (const fact of this.story.facts) {
      if (!("node" in fact)) continue;
      if (fact.kind === begin) open(this.#spans, `${begin} ${fact.node}`, fact.atMs);
      else if (fact.kind === end) close(this.#spans, `${begin} ${fact.node}`, fact.atMs);
    }
  }

  #take(fact: Fact): void {
    if (fact.kind === "stall") {
      const key = `stall ${fact.node}`;
      const span = { fromMs: fact.sinceMs, toMs: fact.atMs };
      this.#spans.set(key, [...(this.#spans.get(key) ?? []), span]);
    } else if (fact.kind === "list") {
      for (const { instance } of fact.went)
        close(this.#listed, `${fact.node} ${instance}`, fact.atMs);
      for (const { instance } of fact.came)
        open(this.#listed, `${fact.node} ${instance}`, fact.atMs);
      for (const { instance } of fact.came)
        close(this.#known, `${fact.node} ${instance}`, fact.atMs);
    } else if (fact.kind === "view") {
      for (const { instance } of fact.gone)
        open(this.#known, `${fact.node} ${instance}`, fact.atMs);
    }
  }
}

type CutFact = Extract<Fact, { readonly kind: "cut" }>;

function cutsOf(facts: readonly Fact[]): readonly { fact: CutFact; toMs: number }[] {
  return facts
    .filter((fact) => fact.kind === "cut")
    .map((fact) => {
      const end = facts.find((other) => other.kind === "mended" && other.cut === fact.cut);
      return { fact, toMs: end?.atMs ?? Infinity };
    });
}

/** A member lives from its joining until its process ends. */
function livesOf(facts: readonly Fact[]): readonly Life[] {
  const downs = facts.flatMap((fact) => (fact.kind === "down" ? [fact] : []));
  return facts.flatMap((fact) => {
    if (fact.kind !== "joined") return [];
    const { node, atMs } = fact;
    const end = downs.find((down) => down.node === node && down.atMs >= atMs);
    return fact.runs.map((run) => ({
      ...run,
      node,
      joinedMs: atMs,
      endedMs: end?.atMs ?? Infinity,
    }));
  });
}

function open(spans: Map<string, Span[]>, key: string, fromMs: number): void {
  const list = spans.get(key) ?? [];
  if (list.at(-1)?.toMs !== Infinity) list.push({ fromMs, toMs: Infinity });
  spans.set(key, list);
}

function close(spans: Map<string, Span[]>, key: string, toMs: number): void {
  const list = spans.get(key) ?? [];
  const last = list.at(-1);
  if (last?.toMs === Infinity) list[list.length - 1] = { ...last, toMs };
}
