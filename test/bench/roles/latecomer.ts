import { randomBytes } from "node:crypto";
import { watch } from "../../../lib/index.ts";
import { snapshotTopic } from "../../../lib/core/topics.ts";
import { bareSubscriber } from "../bare.ts";
import { machineMs } from "../clock.ts";
import { serve } from "../serve.ts";

/** Where to be late, and how many there are to be seen. */
export interface Arrival {
  readonly registrar: string;
  readonly service: string;
  readonly peers: number;
}

/** Subscribes to something new and resolves with the bytes of the first message about it. */
async function firstMessage(roster: string, topic: string): Promise<number> {
  const socket = bareSubscriber();
  socket.connect(roster);
  socket.subscribe(topic);
  const frames = await socket.receive();
  socket.close();
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}

/** A process that comes when all others are there. Each command tells how long it waited. */
const commands = serve({
  async watch({ registrar, service, peers }: Arrival): Promise<number> {
    const startedMs = machineMs();
    const watcher = watch({ registrar, service });
    await watcher.ready();
    const tookMs = machineMs() - startedMs;
    if (watcher.peers.length !== peers) throw new Error(`${watcher.peers.length} of ${peers}`);
    await watcher.close();
    return tookMs;
  },
  async subscribe(roster: string): Promise<number> {
    const startedMs = machineMs();
    await firstMessage(roster, randomBytes(16).toString("hex"));
    return machineMs() - startedMs;
  },
  /** Bytes of a snapshot. */
  weigh: ({ roster, service }: { readonly roster: string; readonly service: string }) =>
    firstMessage(roster, snapshotTopic(randomBytes(16).toString("hex"), service)),
});

export type LatecomerRole = typeof commands;
