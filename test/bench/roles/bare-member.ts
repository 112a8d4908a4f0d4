import type { Dealer } from "zeromq";
import { bareDealer } from "../bare.ts";
import { machineMs } from "../clock.ts";
import { serve } from "../serve.ts";

/** Where to say which name. */
export interface BareJoining {
  readonly survey: string;
  readonly id: string;
}

let dealer: Dealer | undefined;

/** The floor of a member: a DEALER. Each command returns the moment at which it was begun. */
const commands = serve({
  /** Resolves when the program is loaded. */
  ready(): void {},
  async join({ survey, id }: BareJoining): Promise<number> {
    const startedMs = machineMs();
    dealer = bareDealer();
    dealer.connect(survey);
    await dealer.send(id);
    return startedMs;
  },
  /** The socket stays until `drop`, so that its end does not overtake the goodbye. */
  async leave(): Promise<number> {
    const startedMs = machineMs();
    await dealer?.send("");
    return startedMs;
  },
  drop(): void {
    dealer?.close();
  },
});

export type BareMemberRole = typeof commands;
