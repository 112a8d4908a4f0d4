import { take } from "rxjs";
import { Client, request, type Dispatcher } from "undici";
import { openDispatcher, type RollcallDispatcher } from "../../../lib/balance/index.ts";
import { watch } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";
import { machineMs } from "../facts.ts";
import { SENT_HEADER } from "../strays.ts";

/** How much is sent where. */
export interface Loading {
  readonly registrar: string;
  readonly service: string;
  readonly perSecond: number;
  /** Acknowledges like everybody, but keeps to the list that it saw first. */
  readonly isDeaf: boolean;
}

const STEP_MS = 5;
/** Requests that are open at one time, at most: a stall is not made up for all at once. */
const OPEN_MAX = 200;

const counts = { sent: 0, failed: 0 };
const open = new Set<Promise<void>>();
let timer: NodeJS.Timeout | undefined;

/** Says in each request when it was given to a connection: then it was decided whom it goes to. */
class StampingClient extends Client {
  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const headers = options.headers;
    if (!Array.isArray(headers)) throw new Error("headers of another form");
    const stamped = [...(headers as string[]), SENT_HEADER, String(machineMs())];
    return super.dispatch({ ...options, headers: stamped }, handler);
  }
}

async function openLoad({ registrar, service, isDeaf }: Loading): Promise<RollcallDispatcher> {
  const watcher = watch({ registrar, service, logger: false });
  await watcher.ready();
  const peers$ = isDeaf ? watcher.peers$.pipe(take(1)) : watcher.peers$;
  return openDispatcher({
    watcher: { peers$ },
    waitMs: 5000,
    pool: { factory: (origin, options) => new StampingClient(origin, options) },
  });
}

async function send(url: string, dispatcher: RollcallDispatcher): Promise<void> {
  counts.sent += 1;
  try {
    const { statusCode, body } = await request(url, { dispatcher, headers: ["x-from", "soak"] });
    await body.dump();
    if (statusCode !== 200) counts.failed += 1;
  } catch {
    counts.failed += 1;
  }
}

/** A balanced client that sends all the time. */
const commands = serve({
  async start(loading: Loading): Promise<void> {
    const dispatcher = await openLoad(loading);
    const url = `http://${loading.service}.rollcall/`;
    const startMs = machineMs();
    timer = setInterval(() => {
      const due = ((machineMs() - startMs) * loading.perSecond) / 1000;
      while (counts.sent < due && open.size < OPEN_MAX) {
        const one: Promise<void> = send(url, dispatcher).finally(() => open.delete(one));
        open.add(one);
      }
    }, STEP_MS);
  },
  async stop(): Promise<typeof counts> {
    clearInterval(timer);
    await Promise.all(open);
    return counts;
  },
});

export type ClientRole = typeof commands;
