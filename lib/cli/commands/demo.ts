import type { CliCommand, Context } from "../command.ts";
import { playOn } from "../demo/endless.ts";
import { playOnce } from "../demo/once.ts";
import { Stage } from "../demo/stage.ts";
import { JSON_LINES } from "../settings/tables.ts";

/** `rollcall demo`: a registrar, members and a watcher on this machine. */
export const demo: CliCommand = {
  name: "demo",
  operands: "",
  summary: "watch members being killed and noticed on this machine",
  description: `Starts a registrar on free ports and three member processes, and shows the list while one
member is killed and a new one comes, until Ctrl-C. With --once, one scenario: members join, one is
killed, one says goodbye, one is frozen and thawed; each is printed with its latency and cause, and
the exit code is 0 if all were seen. Only processes that it started are ended, by their pid.`,
  settings: [
    {
      key: "once",
      value: { kind: "switch" },
      help: "play one scenario, print each event, and exit.",
      group: "Output",
    },
    JSON_LINES,
  ],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const stage = await Stage.open(context);
  try {
    if (context.options.isOn("once")) await playOnce(context, stage);
    else await playOn(context, stage);
    return 0;
  } catch (error) {
    // The endless demo ends like this, and that is as it should be.
    if (context.stop.signal.aborted && !context.options.isOn("once")) return 0;
    throw error;
  } finally {
    await stage.close();
  }
}
