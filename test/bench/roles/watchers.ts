import { watch, type Peer, type Watcher } from "../../../lib/index.ts";
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
let removals = 0;

/** What one watcher was shown, and when. */
interface Emission {
  readonly atMs: number;
  readonly peers: readonly Peer[];
  /** Ids that this watcher had before; brought up to date when the emission is looked at. */
  readonly had: Set<string>;
}

let emissions: Emission[] = [];

/** Later, so that looking does not keep the next watcher waiting. */
function lookLater(emission: Emission): void {
  if (emissions.length === 0) setImmediate(lookAtAll);
  emissions.push(emission);
}

function lookAtAll(): void {
  const shown = emissions;
  emissions = [];
  for (const { atMs, peers, had } of shown) {
    const has = new Set(peers.map((peer) => peer.id));
    for (const id of has) if (!had.has(id)) sightings.note(`+${id}`, atMs);
    for (const id of had) {
      if (has.has(id)) continue;
      sightings.note(`-${id}`, atMs);
      removals += 1;
    }
    had.clear();
    for (const id of has) had.add(id);
  }
}

function observe(watcher: Watcher, withChanges: boolean): void {
  const had = new Set<string>();
  watcher.peers$.subscribe((peers) => lookLater({ atMs: machineMs(), peers, had }));
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
  /** Peers that were taken off a list, in the lists of all watchers together. */
  removals: (): number => removals,
  /** True where every watcher hears a registrar that judges. */
  areLive: (): boolean => watchers.every(({ view }) => view.authority === "live"),
});

export type WatchersRole = typeof commands;
