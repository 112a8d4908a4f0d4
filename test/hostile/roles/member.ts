import { join } from "../../../lib/index.ts";
import type { Member } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";

/** Which member to be. */
export interface MemberSetup {
  readonly registrar: string;
  readonly service: string;
  readonly id: string;
  /** Time between two changes of its card, which tell watchers that it is served. */
  readonly changeMs: number;
}

let member: Member | undefined;
let changes = 0;

async function change(changeMs: number): Promise<void> {
  changes += 1;
  await member?.update({ weight: changes }).catch(() => undefined);
  setTimeout(() => void change(changeMs), changeMs);
}

/** An honest member that lives through everything. */
const commands = serve({
  async start({ registrar, service, id, changeMs }: MemberSetup): Promise<string> {
    member = await join({ registrar, service, id, logger: false });
    void change(changeMs);
    return member.self.instance;
  },
  changes: (): number => changes,
});

export type MemberRole = typeof commands;
