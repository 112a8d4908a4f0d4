import type { Bounds } from "./bounds.ts";
import type { Fact, Run } from "./facts.ts";
import { Stops } from "./stops.ts";

/** Something that must not be, and when. */
export interface Breach {
  readonly atMs: number;
  readonly rule: "live one missing" | "dead one listed" | "nobody known listed" | "spares too long";
  readonly text: string;
}

/** How long something took until the last watcher had it, by what it was. */
export interface Took {
  readonly what: "leave" | "kill" | "freeze";
  readonly ms: number;
}

/** What is known of one run from outside. */
interface Life {
  readonly run: Run;
  readonly process: string;
  /** Since when it has to be listed; null before `join` has resolved. */
  upMs: number | null;
  /** Since when it must not be. */
  endedMs: number | null;
  how: "leave" | "kill";
  readonly firstSeenMs: number;
  readonly listedBy: Set<string>;
  /** Breaches that were told of it already. */
  isBlamed: boolean;
}

/**
 * Compares what watchers list with what really lives, from outside. Pure: facts go in, in the order of
 * time, and breaches come out. Knows nothing of how anything works, only the documented bounds.
 */
export class Checker {
  readonly breaches: Breach[] = [];
  readonly took: Took[] = [];
  /** Departures of living ones that the machine is to blame for: it gave their process no time. */
  excused = 0;
  /** Entries of lists that were compared. */
  entries = 0;
  readonly #bounds: Bounds;
  readonly #processOf: (run: Run) => string;
  readonly #watchers = new Set<string>();
  readonly #lives = new Map<Run, Life>();
  readonly #stops = new Stops();
  readonly #judges = new Set<string>();
  /** Since when a registrar that is there does not judge. */
  readonly #sparing = new Map<string, number>();
  /** The last moment at which nobody judged. */
  #unjudgedMs = -Infinity;
  #disturbedMs = -Infinity;

  constructor(bounds: Bounds, processOf: (run: Run) => string) {
    this.#bounds = bounds;
    this.#processOf = processOf;
  }

  /** How often, and how long at most, the machine gave one of the processes no time. */
  get starvation(): { readonly stalls: number; readonly longestMs: number } {
    const { stalls, longestMs } = this.#stops;
    return { stalls, longestMs };
  }

  take(fact: Fact): void {
    const { atMs } = fact;
    if (this.#judges.size === 0) this.#unjudgedMs = atMs;
    switch (fact.kind) {
      case "watching":
        return void this.#watchers.add(fact.watcher);
      case "emitted":
        for (const [at, run] of fact.went.entries()) this.#went(run, fact.causes[at] ?? "", fact);
        for (const run of fact.came) this.#came(run, fact.watcher, atMs);
        return;
      case "joined":
        this.#life(fact.run, atMs).upMs ??= atMs;
        return;
      case "leaving":
        return this.#end(this.#life(fact.run, atMs), "leave", atMs);
      case "killed":
        for (const life of this.#lives.values()) {
          if (life.process === fact.process) this.#end(life, "kill", atMs);
        }
        return this.#stops.ended(fact.process, atMs);
      case "frozen":
        return this.#stops.began(fact.process, atMs);
      case "thawed":
        return this.#stops.ended(fact.process, atMs);
      case "stalled":
        // A registrar that got no time begins to learn anew, and nobody is to blame for that.
        if (this.#sparing.has(fact.process)) this.#sparing.set(fact.process, atMs);
        return this.#stops.stalled(fact.process, atMs, fact.lastedMs);
      case "judging":
        return this.#judging(fact.registrar, fact.isJudging, atMs);
      case "disturbed":
        this.#disturbedMs = atMs;
        // Away or stopped, it spares nobody; what it says next begins anew.
        this.#sparing.delete(fact.registrar);
        return void this.#judges.delete(fact.registrar);
      case "tick":
        return this.#tick(atMs);
      default:
        return fact satisfies never;
    }
  }

  #life(run: Run, atMs: number): Life {
    let life = this.#lives.get(run);
    if (life === undefined) {
      life = {
        run,
        process: this.#processOf(run),
        upMs: null,
        endedMs: null,
        how: "leave",
        firstSeenMs: atMs,
        listedBy: new Set(),
        isBlamed: false,
      };
      this.#lives.set(run, life);
    }
    return life;
  }

  #end(life: Life, how: Life["how"], atMs: number): void {
    if (life.endedMs !== null) return;
    life.endedMs = atMs;
    life.how = how;
  }

  #came(run: Run, watcher: string, atMs: number): void {
    this.entries += 1;
    this.#life(run, atMs).listedBy.add(watcher);
  }

  #went(run: Run, cause: string, { watcher, atMs }: Extract<Fact, { kind: "emitted" }>): void {
    this.entries += 1;
    const life = this.#life(run, atMs);
    life.listedBy.delete(watcher);
    if (life.endedMs !== null) return this.#settled(life, atMs);
    const stop = this.#stops.of(life.process);
    const { harmlessMs, inMs } = this.#bounds;
    if (stop !== undefined && (stop.endMs ?? atMs) - stop.startMs >= harmlessMs) {
      const fromMs = Math.max(stop.endMs ?? atMs, this.#unjudgedMs);
      if (stop.endMs === null || atMs <= fromMs + inMs) {
        if (stop.isOurs) this.#frozenOut(life, stop.startMs, atMs);
        else this.excused += 1;
        return;
      }
    }
    if (life.upMs === null) return;
    if (this.#isStarved(watcher, atMs)) return void (this.excused += 1);
    this.#blame(life, "live one missing", atMs, `left the list of ${watcher}, ${cause}`);
  }

  /** True where the machine lately gave no time to the watcher or to a registrar. */
  #isStarved(watcher: string, atMs: number): boolean {
    const own = watcher.slice(0, watcher.indexOf("."));
    const stalledMs = this.#stops.lastStallOf((process) => {
      return process === own || process.startsWith("registrar");
    });
    return atMs <= stalledMs + this.#bounds.inMs;
  }

  /** The last watcher has dropped it. */
  #settled(life: Life, atMs: number): void {
    if (life.listedBy.size > 0 || life.endedMs === null) return;
    if (this.#isCalm(life.endedMs)) this.took.push({ what: life.how, ms: atMs - life.endedMs });
    this.#lives.delete(life.run);
  }

  #frozenOut(life: Life, startMs: number, atMs: number): void {
    if (life.listedBy.size > 0 || !this.#isCalm(startMs)) return;
    this.took.push({ what: "freeze", ms: atMs - startMs });
  }

  /** True where registrars did nothing but judge since then. */
  #isCalm(sinceMs: number): boolean {
    return this.#unjudgedMs < sinceMs && this.#disturbedMs < sinceMs - this.#bounds.lostMs;
  }

  #judging(registrar: string, isJudging: boolean, atMs: number): void {
    if (isJudging) {
      this.#judges.add(registrar);
      this.#sparing.delete(registrar);
      return;
    }
    this.#judges.delete(registrar);
    if (!this.#sparing.has(registrar)) this.#sparing.set(registrar, atMs);
  }

  #tick(atMs: number): void {
    for (const [registrar, sinceMs] of this.#sparing) {
      const forMs = atMs - sinceMs;
      if (forMs <= this.#bounds.spareMs) continue;
      this.#sparing.set(registrar, atMs);
      const text = `${registrar} has not judged for ${Math.round(forMs)} ms`;
      this.breaches.push({ atMs, rule: "spares too long", text });
    }
    for (const life of this.#lives.values()) this.#check(life, atMs);
  }

  #check(life: Life, atMs: number): void {
    const { outMs, lostMs, inMs } = this.#bounds;
    const stop = this.#stops.of(life.process);
    const isStopped = stop !== undefined && stop.endMs === null;
    const goneSinceMs = life.endedMs ?? (isStopped && life.upMs !== null ? stop.startMs : null);
    if (goneSinceMs !== null) {
      if (life.listedBy.size === 0)
        return life.endedMs === null ? undefined : this.#forget(life, atMs);
      const wasLost = this.#disturbedMs >= goneSinceMs - lostMs;
      const fromMs = Math.max(goneSinceMs, this.#unjudgedMs, this.#stops.lastStallMs);
      if (atMs <= fromMs + outMs + (wasLost ? lostMs : 0)) return;
      const after = `${Math.round(atMs - goneSinceMs)} ms after it ended or froze`;
      return this.#blame(
        life,
        "dead one listed",
        atMs,
        `is in ${life.listedBy.size} lists ${after}`,
      );
    }
    if (life.upMs === null) {
      if (life.listedBy.size === 0) return this.#forget(life, atMs);
      if (atMs - Math.max(life.firstSeenMs, this.#unjudgedMs) <= inMs + outMs || isStopped) return;
      return this.#blame(life, "nobody known listed", atMs, `is in ${life.listedBy.size} lists`);
    }
    const sinceMs = Math.max(life.upMs, stop?.endMs ?? 0, this.#disturbedMs, this.#unjudgedMs);
    if (atMs <= Math.max(sinceMs, this.#stops.lastStallMs) + inMs) return;
    const missing = [...this.#watchers].filter((watcher) => !life.listedBy.has(watcher));
    if (missing.length === 0) return;
    const since = `${Math.round(atMs - life.upMs)} ms after it joined`;
    this.#blame(life, "live one missing", atMs, `is not in ${missing.length} lists ${since}`);
  }

  /** Nobody lists it any more, and it has had its time. */
  #forget(life: Life, atMs: number): void {
    if (atMs - (life.endedMs ?? life.firstSeenMs) > this.#bounds.inMs) this.#lives.delete(life.run);
  }

  #blame(life: Life, rule: Breach["rule"], atMs: number, text: string): void {
    if (life.isBlamed) return;
    life.isBlamed = true;
    this.breaches.push({ atMs, rule, text: `${life.run} ${text}` });
  }
}
