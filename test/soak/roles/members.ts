import { setTimeout as pause } from "node:timers/promises";
import { join, type Member } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";
import { machineMs, runOf } from "../facts.ts";
import { measure, NAME, tell } from "./role.ts";

/** Who joins what. */
export interface Enlisting {
  readonly registrars: readonly string[];
  readonly service: string;
  readonly ids: readonly string[];
}

const AGAIN_MS = 250;
const members = new Map<string, Member>();
let enlisting: Enlisting | undefined;
let refusals = 0;

/** Joins, again and again if need be: an id may still be that of the run before. */
async function enlist(id: string): Promise<void> {
  const { registrars, service } = enlisting ?? { registrars: [], service: "" };
  for (;;) {
    try {
      const member = await join({
        registrar: registrars,
        service,
        id,
        address: "127.0.0.1",
        port: 8080,
        metadata: { process: NAME },
        logger: false,
      });
      members.set(id, member);
      tell({ kind: "joined", run: runOf(member.self), process: NAME, atMs: machineMs() });
      return;
    } catch {
      refusals += 1;
      await pause(AGAIN_MS);
    }
  }
}

/** Members of one process. */
const commands = serve({
  async start(given: Enlisting): Promise<void> {
    enlisting = given;
    await Promise.all(given.ids.map(enlist));
  },
  /** Leaves, stays away, and joins again. Answers how many proofs were not complete. */
  async cycle({ ids, awayMs }: { ids: readonly string[]; awayMs: number }): Promise<number> {
    const complete = await Promise.all(
      ids.map(async (id) => {
        const member = members.get(id);
        members.delete(id);
        const proof = await member?.leave({ deadlineMs: 5000 });
        await pause(awayMs);
        await enlist(id);
        return proof?.complete ?? true;
      }),
    );
    return complete.filter((isComplete) => !isComplete).length;
  },
  refusals: (): number => refusals,
  measure,
});

export type MembersRole = typeof commands;
