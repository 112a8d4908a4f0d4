import { freezeBoundMs, RollcallError, tuneRegistrar } from "../../index.ts";
import type { Context } from "../command.ts";
import { duration } from "../render/time.ts";
import { act, enter } from "./acts.ts";
import { Report } from "./report.ts";
import { PRESET } from "./stage.ts";
import type { Actor, Stage } from "./stage.ts";

/** One member each. */
const ZONES = ["a", "b", "c"] as const;

/** One scenario: each thing that can happen to a member, once. Rejects where one goes unseen. */
export async function playOnce(context: Context, stage: Stage): Promise<void> {
  const report = new Report(context);
  const { survey, roster } = stage.registrar.endpoints;
  const bound = duration(freezeBoundMs(tuneRegistrar({ preset: PRESET })));
  report.say(`A registrar (survey ${survey}, roster ${roster}),`);
  report.say("member processes, and one watcher. AFTER is from the act to the watcher's list.");
  report.say(`A frozen member has to be noticed within ${bound} by the formula.`);
  report.head();
  const first = await Promise.all(
    ZONES.map(async (zone, at) => {
      const started = await enter(stage, `c${at + 1}`, zone);
      report.event(started);
      return started;
    }),
  );
  const [freezes, dies, leaves] = first.map(({ id }) => actorOf(stage, id));
  report.list(stage.watcher.view);
  report.head();
  if (dies !== undefined) report.event(await act(stage, dies, "kill -9"));
  if (leaves !== undefined) report.event(await act(stage, leaves, "SIGTERM"));
  report.event(await enter(stage, `c${ZONES.length + 1}`, "b"));
  if (freezes !== undefined) {
    report.event(await act(stage, freezes, "SIGSTOP"));
    report.event(await act(stage, freezes, "SIGCONT"));
  }
  report.list(stage.watcher.view);
}

function actorOf(stage: Stage, id: string): Actor {
  const actor = stage.actors.find((one) => one.id === id);
  if (actor === undefined) throw new RollcallError("ERR_NOT_FOUND", `member ${id} has ended`);
  return actor;
}
