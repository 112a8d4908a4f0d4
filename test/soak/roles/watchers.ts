import { watch, type Watcher } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";
import { machineMs, runOf, type Run } from "../facts.ts";
import { measure, NAME, tell } from "./role.ts";

/** How many watch what. */
export interface Watching {
  readonly registrars: readonly string[];
  readonly service: string;
  readonly count: number;
}

/** A watcher, and its list as it follows from the changes that it told of. */
interface Follower {
  readonly watcher: Watcher;
  readonly listed: Set<Run>;
}

const followers: Follower[] = [];

/** Says what the list gains and loses. */
function follow({ watcher, listed }: Follower, name: string): void {
  watcher.view$.subscribe(({ changes }) => {
    const left = changes.filter(({ kind }) => kind === "left");
    const went = left.map(({ peer }) => runOf(peer));
    const came = changes.filter(({ kind }) => kind === "joined").map(({ peer }) => runOf(peer));
    for (const run of went) listed.delete(run);
    for (const run of came) listed.add(run);
    if (came.length + went.length === 0) return;
    const causes = left.map(({ cause }) => cause);
    tell({ kind: "emitted", watcher: name, came, went, causes, atMs: machineMs() });
  });
}

/** True where the changes add up to the list. */
function isConsistent({ watcher, listed }: Follower): boolean {
  const { peers } = watcher;
  return peers.length === listed.size && peers.every((peer) => listed.has(runOf(peer)));
}

/** Watchers of one process. */
const commands = serve({
  async start({ registrars, service, count }: Watching): Promise<void> {
    const places = Array.from({ length: count }, (_, at) => `${NAME}.${at}`);
    await Promise.all(
      places.map(async (place) => {
        const watcher = watch({ registrar: registrars, service, logger: false });
        const follower = { watcher, listed: new Set<Run>() };
        followers.push(follower);
        follow(follower, place);
        await watcher.ready();
        tell({ kind: "watching", watcher: place, atMs: machineMs() });
      }),
    );
  },
  /** How many lists are not what their changes add up to. */
  inconsistent: (): number => followers.filter((one) => !isConsistent(one)).length,
  measure,
});

export type WatchersRole = typeof commands;
