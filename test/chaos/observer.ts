import type { Cast, Fact, Run, Seen } from "./story.ts";

/** What one watcher said last. */
interface Picture {
  readonly listed: Map<string, Run>;
  sources: readonly Seen[];
  authority: string;
}

/** What one registrar said last. */
interface Account {
  readonly atMs: number;
  readonly authority: string;
  readonly revision: number;
  readonly alive: number;
}

/** Keeps the latest of what all processes told, to see whether everything is well again. */
export class Observer {
  readonly #cast: Cast;
  readonly #pictures = new Map<string, Picture>();
  readonly #accounts = new Map<string, Account>();
  readonly #living = new Map<string, Map<string, Run>>();

  constructor(cast: Cast) {
    this.#cast = cast;
    for (const watcher of cast.watchers) {
      this.#pictures.set(watcher, { listed: new Map(), sources: [], authority: "stale" });
    }
  }

  take(fact: Fact): void {
    switch (fact.kind) {
      case "joined": {
        const runs = this.#living.get(fact.node) ?? new Map<string, Run>();
        for (const run of fact.runs) runs.set(run.instance, run);
        this.#living.set(fact.node, runs);
        return;
      }
      case "down":
        this.#living.delete(fact.node);
        this.#accounts.delete(fact.node);
        return;
      case "list": {
        const picture = this.#pictures.get(fact.node);
        for (const { instance } of fact.went) picture?.listed.delete(instance);
        for (const run of fact.came) picture?.listed.set(run.instance, run);
        return;
      }
      case "view": {
        const picture = this.#pictures.get(fact.node);
        if (picture === undefined) return;
        picture.sources = fact.sources;
        picture.authority = fact.authority;
        return;
      }
      case "registrar":
        this.#accounts.set(fact.node, fact);
        return;
      default:
    }
  }

  /** Members that live, as far as they have told. */
  get members(): number {
    return [...this.#living.values()].reduce((sum, runs) => sum + runs.size, 0);
  }

  /**
   * What is not as it should be, given how many members there are; undefined where every registrar
   * is live and has them all, and every watcher has the truth from all of them. Accounts of
   * registrars older than `sinceMs` do not count.
   */
  complaint(members: number, sinceMs: number): string | undefined {
    if (this.members !== members) return `${this.members} of ${members} members have joined`;
    const truth = new Set([...this.#living.values()].flatMap((runs) => [...runs.keys()]));
    for (const registrar of this.#cast.registrars) {
      const account = this.#accounts.get(registrar);
      if (account === undefined || account.atMs < sinceMs) return `${registrar} does not tell`;
      if (account.authority !== "live") return `${registrar} is ${account.authority}`;
      if (account.alive !== members) return `${registrar} has ${account.alive} of ${members}`;
    }
    for (const [watcher, picture] of this.#pictures) {
      const wrong = this.#wrongPicture(picture, truth);
      if (wrong !== undefined) return `${watcher} ${wrong}`;
    }
    return undefined;
  }

  #wrongPicture(
    { listed, sources, authority }: Picture,
    truth: ReadonlySet<string>,
  ): string | undefined {
    const lacking = [...truth].filter((instance) => !listed.has(instance)).length;
    if (lacking > 0) return `lacks ${lacking} who live`;
    const extra = [...listed.values()].find(({ instance }) => !truth.has(instance));
    if (extra !== undefined) return `lists ${extra.id}, which is dead`;
    if (authority !== "live") return `says ${authority}`;
    for (const registrar of this.#cast.registrars) {
      const seen = sources.find((source) => source.registrar === registrar);
      const revision = this.#accounts.get(registrar)?.revision;
      if (seen?.authority !== "live") return `has ${registrar} as ${seen?.authority ?? "unknown"}`;
      if (seen.revision !== revision) return `has revision ${seen.revision} of ${registrar}`;
    }
    return undefined;
  }
}
