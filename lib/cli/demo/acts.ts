import { RollcallError } from "../../index.ts";
import type { DemoAction, DemoEvent } from "./report.ts";
import type { Actor, Expected, Stage } from "./stage.ts";

/** Starts a member and waits until it is listed. */
export async function enter(stage: Stage, id: string, zone: string): Promise<DemoEvent> {
  const expected = { kind: "joined", cause: "new" } as const;
  const actor = stage.enter(id, zone);
  const ended = new Promise<never>((_, reject) => {
    actor.child.once("exit", (code) => {
      reject(new RollcallError("ERR_CLOSED", `${id} ended with ${code}: ${actor.complaint}`));
    });
  });
  const atMs = await Promise.race([stage.seen(actor, expected), ended]);
  return event(actor, { action: "start", expected }, atMs - actor.startedMs);
}

/** The signal behind each act, and what a watcher has to see of it. */
const ACTS = {
  "kill -9": { signal: "SIGKILL", expected: { kind: "left", cause: "connection-lost" } },
  SIGTERM: { signal: "SIGTERM", expected: { kind: "left", cause: "goodbye" } },
  SIGSTOP: { signal: "SIGSTOP", expected: { kind: "left", cause: "missed-surveys" } },
  SIGCONT: { signal: "SIGCONT", expected: { kind: "joined", cause: "returned" } },
} as const satisfies Record<
  Exclude<DemoAction, "start">,
  { readonly signal: NodeJS.Signals; readonly expected: Expected }
>;

/** Does something to a member and waits until the watcher has seen it. */
export async function act(
  stage: Stage,
  actor: Actor,
  action: keyof typeof ACTS,
): Promise<DemoEvent> {
  const { signal, expected } = ACTS[action];
  await stage.judging();
  const fromMs = stage.signal(actor, signal);
  return event(actor, { action, expected }, (await stage.seen(actor, expected)) - fromMs);
}

function event(
  { id, pid }: Actor,
  act: { readonly action: DemoAction; readonly expected: Expected },
  latencyMs: number,
): DemoEvent {
  const { kind: seen, cause } = act.expected;
  const rounded = Number(latencyMs.toFixed(3));
  return { kind: "event", action: act.action, id, pid, seen, cause, latencyMs: rounded };
}
