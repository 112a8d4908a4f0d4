import { GONE, hubPublisher, hubRouter, readAll, TOPIC } from "../bare.ts";
import { LOOPBACK } from "../loopback.ts";
import { serve } from "../serve.ts";

/** Where the floor's hub listens. */
export interface HubEndpoints {
  readonly survey: string;
  readonly roster: string;
}

const router = hubRouter();
const publisher = hubPublisher();
const names = new Map<string, string>();
let publications = 0;

function publish(text: string): void {
  publications += 1;
  void publisher.send([TOPIC, text]);
}

/** A name is a join, an empty text a goodbye. */
function heard([route, body]: readonly Buffer[]): void {
  const key = route?.toString("latin1") ?? "";
  const text = body?.toString() ?? "";
  const name = names.get(key);
  if (text === "" || text === GONE) {
    if (names.delete(key)) publish(`-${name}`);
    return;
  }
  names.set(key, text);
  publish(`+${text}`);
}

/** The floor of the registrar: passes on who came and who went. */
const commands = serve({
  async start(): Promise<HubEndpoints> {
    await router.bind(LOOPBACK);
    await publisher.bind(LOOPBACK);
    void readAll(router, heard);
    return { survey: router.lastEndpoint ?? "", roster: publisher.lastEndpoint ?? "" };
  },
  publications: (): number => publications,
});

export type BareHubRole = typeof commands;
