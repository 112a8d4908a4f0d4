import { watch } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";

/** Where to watch, and who has to be there. */
export interface WatcherSetup {
  readonly survey: string;
  readonly roster: string;
  readonly service: string;
  readonly id: string;
}

/** What the watchers of one process saw. */
export interface Sight {
  /** Lists without the honest member, of all watchers. */
  readonly lacking: number;
  /** The longest time in which some watcher heard of no change of the honest member. */
  readonly quietMs: number;
  readonly lists: number;
  /** Why and when the honest member left, as each watcher was told. */
  readonly left: readonly string[];
}

/** One watcher's list, from its first one on. */
class Witness {
  lacking = 0;
  lists = 0;
  #weight = 0;
  #heardMs = performance.now();
  #quietMs = 0;

  see(weight: number | undefined): void {
    this.lists += 1;
    if (weight === undefined) this.lacking += 1;
    if (weight === undefined || weight === this.#weight) return;
    this.#weight = weight;
    const nowMs = performance.now();
    this.#quietMs = Math.max(this.#quietMs, nowMs - this.#heardMs);
    this.#heardMs = nowMs;
  }

  /** The longest quiet time since it was asked last, one that goes on included. */
  quietMs(): number {
    const longest = Math.max(this.#quietMs, performance.now() - this.#heardMs);
    this.#quietMs = 0;
    return longest;
  }
}

const witnesses: Witness[] = [];
const left: string[] = [];
const beganMs = performance.now();

function tell(watcher: number, cause: string): void {
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
  left.push(`watcher ${watcher} after ${seconds} s: ${cause}`);
}

/** Honest watchers: a named one, one of the roster alone, and one of all services. */
const commands = serve({
  async start({ survey, roster, service, id }: WatcherSetup): Promise<number> {
    const watchers = [
      watch({ registrar: survey, service, logger: false }),
      watch({ roster, service, logger: false }),
      watch({ registrar: survey, service: "*", logger: false }),
    ];
    await Promise.all(watchers.map((watcher) => watcher.ready()));
    for (const [index, { peers$, changes$ }] of watchers.entries()) {
      changes$.subscribe(({ kind, peer, cause }) => {
        if (kind === "left" && peer.id === id) tell(index, cause);
      });
      const witness = new Witness();
      witnesses.push(witness);
      peers$.subscribe((peers) =>
        witness.see(peers.find((peer) => peer.id === id && peer.service === service)?.weight),
      );
    }
    return witnesses.length;
  },
  sight: (): Sight => ({
    lacking: witnesses.reduce((sum, { lacking }) => sum + lacking, 0),
    lists: witnesses.reduce((sum, { lists }) => sum + lists, 0),
    quietMs: Math.max(...witnesses.map((witness) => witness.quietMs())),
    left: left.splice(0),
  }),
});

export type WatcherRole = typeof commands;
