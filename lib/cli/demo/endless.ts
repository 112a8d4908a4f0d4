import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../command.ts";
import { isScreen } from "../io.ts";
import { LiveView } from "../live-view.ts";
import { act, enter } from "./acts.ts";
import { Report, sentenceOf } from "./report.ts";
import type { DemoEvent } from "./report.ts";
import { SERVICE } from "./stage.ts";
import type { Stage } from "./stage.ts";

const MEMBERS = 3;
const ZONES = ["a", "b", "c"] as const;
/** Time to read what happened before the next thing does. */
const PAUSE_MS = 2500;

/** How the endless demo tells what it does. */
interface Teller {
  soon(text: string): void;
  happened(event: DemoEvent): void;
  close(): void;
}

/** Kills a member and starts a new one, again and again, until a signal ends it with `ERR_ABORTED`. */
export async function playOn(context: Context, stage: Stage): Promise<never> {
  const { signal } = context.stop;
  const teller = tellerFor(context, stage);
  let count = 0;
  const enterNext = async (): Promise<void> => {
    count += 1;
    const zone = ZONES[(count - 1) % ZONES.length] ?? "a";
    teller.happened(await enter(stage, `c${count}`, zone));
  };
  try {
    teller.soon(`${MEMBERS} member processes are starting`);
    await Promise.all(Array.from({ length: MEMBERS }, enterNext));
    for (;;) {
      const [oldest] = stage.actors;
      if (oldest !== undefined) teller.soon(`next: kill -9 of ${oldest.id} (pid ${oldest.pid})`);
      await pause(PAUSE_MS, undefined, { signal });
      // Whoever watches may have killed or frozen one as well.
      if (oldest !== undefined && stage.isListed(oldest)) {
        teller.happened(await act(stage, oldest, "kill -9"));
      } else if (oldest !== undefined) stage.signal(oldest, "SIGKILL");
      teller.soon("next: a new member");
      await pause(PAUSE_MS, undefined, { signal });
      while (stage.actors.length < MEMBERS) await enterNext();
    }
  } finally {
    teller.close();
  }
}

function tellerFor(context: Context, stage: Stage): Teller {
  if (context.options.isOn("json") || !isScreen(context.io, context.io.stdout)) {
    const report = new Report(context);
    report.head();
    return { soon() {}, happened: (event) => report.event(event), close() {} };
  }
  const view = new LiveView(context, stage.watcher, {
    title: `rollcall demo: ${MEMBERS} processes of the service ${SERVICE}; Ctrl-C ends it`,
    showsService: false,
  });
  let last = "";
  view.open();
  return {
    soon: (text) => view.caption([last, text]),
    happened: (event) => {
      last = sentenceOf(event);
    },
    close: () => view.close(),
  };
}
