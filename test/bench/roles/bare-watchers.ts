import { bareSubscriber, readAll, TOPIC } from "../bare.ts";
import { machineMs } from "../clock.ts";
import { serve } from "../serve.ts";
import { Sightings } from "../sightings.ts";

/** Whom to follow, and how often in this process. */
export interface BareWatching {
  readonly roster: string;
  readonly count: number;
}

let sightings = new Sightings(0);

function subscribe(roster: string): void {
  const socket = bareSubscriber();
  socket.connect(roster);
  socket.subscribe(TOPIC);
  void readAll(socket, ([, text]) => sightings.note(text?.toString() ?? "", machineMs()));
}

/** The floor of the watchers: SUB sockets and nothing behind them. */
const commands = serve({
  start({ roster, count }: BareWatching): void {
    sightings = new Sightings(count);
    for (let each = 0; each < count; each += 1) subscribe(roster);
  },
  joined: (name: string): Promise<number> => sightings.last(`+${name}`),
  allJoined: (ids: readonly string[]): Promise<number> => sightings.all(ids.map((id) => `+${id}`)),
  left: (name: string): Promise<number> => sightings.last(`-${name}`),
});

export type BareWatchersRole = typeof commands;
