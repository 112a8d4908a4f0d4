import { ANSWER_BYTES, bareDealer, readAll } from "../bare.ts";
import { machineMs } from "../clock.ts";
import { idsOf } from "../sample.ts";
import { serve } from "../serve.ts";

/** How many sockets, and what they are called. */
export interface BareFilling {
  readonly survey: string;
  readonly prefix: string;
  readonly count: number;
}

const ANSWER = Buffer.alloc(ANSWER_BYTES, 1);

function enlist(survey: string, id: string): void {
  const socket = bareDealer();
  socket.connect(survey);
  void socket.send(id);
  void readAll(socket, () => void socket.send(ANSWER));
}

/** The floor of a fleet: sockets that say their name and answer whatever comes. */
const commands = serve({
  fill({ survey, prefix, count }: BareFilling): number {
    const startedMs = machineMs();
    for (const id of idsOf(prefix, count)) enlist(survey, id);
    return startedMs;
  },
});

export type BareFleetRole = typeof commands;
