import { join, type Member } from "../../../lib/index.ts";
import { machineMs } from "../clock.ts";
import { serve } from "../serve.ts";

/** Where to join, and as whom. */
export interface Joining {
  readonly registrar: string;
  readonly service: string;
  readonly id: string;
}

let member: Member | undefined;

/** A small process that is a member. Each command returns the moment at which it was begun. */
const commands = serve({
  /** Resolves when the program is loaded. */
  ready(): void {},
  async join(options: Joining): Promise<number> {
    const startedMs = machineMs();
    member = await join(options);
    return startedMs;
  },
  async close(): Promise<number> {
    const startedMs = machineMs();
    await member?.close();
    return startedMs;
  },
});

export type MemberRole = typeof commands;
