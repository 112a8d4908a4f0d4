import { watch, type Watcher } from "../../../lib/index.ts";
import { machineMs } from "../clock.ts";
import { serve } from "../serve.ts";
import { Sightings } from "../sightings.ts";

/** Whom to watch, and how often in this process. */
export interface Watching {
  readonly registrar: string;
  readonly service: string;
  readonly count: number;
  /** Subscribes to `changes$` as well. */
  readonly withChanges?: boolean;
}

let sightings = new Sightings(0);
let watchers: Watcher[] = [];
let changes = 0;

function observe(watcher: Watcher, withChanges: boolean): void {
  let had = new Set<string>();
  watcher.peers$.subscribe((peers) => {
    const atMs = machineMs();
    const has = new Set(peers.map((peer) => peer.id));
    for (const id of has) if (!had.has(id)) sightings.note(`+${id}`, atMs);
    for (const id of had) if (!has.has(id)) sightings.note(`-${id}`, atMs);
    had = has;
  });
  if (withChanges) watcher.changes$.subscribe(() => (changes += 1));
}

/** Some watchers in a process of their own; each tells when it has a peer and when it lacks it. */
const commands = serve({
  async start({ registrar, service, count, withChanges = false }: Watching): Promise<void> {
    sightings = new Sightings(count);
    watchers = Array.from({ length: count }, () => watch({ registrar, service }));
    for (const watcher of watchers) observe(watcher, withChanges);
    await Promise.all(watchers.map((watcher) => watcher.ready()));
  },
  joined: (id: string): Promise<number> => sightings.last(`+${id}`),
  allJoined: (ids: readonly string[]): Promise<number> => sightings.all(ids.map((id) => `+${id}`)),
  left: (id: string): Promise<number> => sightings.last(`-${id}`),
  /** Changes that all watchers have seen, together. */
  changes: (): number => changes,
});

export type WatchersRole = typeof commands;
