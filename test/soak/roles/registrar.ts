import { startRegistrar, type Registrar } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";
import { machineMs } from "../facts.ts";
import { measure, NAME, tell } from "./role.ts";

/** Where it listens; a restarted one takes the place of its predecessor. */
export interface Place {
  readonly survey: string;
  readonly roster: string;
}

const LOOK_MS = 50;
/** Said again and again, because whoever was stopped does not know it. */
const REPEAT_MS = 500;

let registrar: Registrar | undefined;

/** Says whether it judges, as soon as that changes. */
function watchTrust(service: string): void {
  let said: boolean | undefined;
  let saidMs = 0;
  setInterval(() => {
    const isJudging = registrar?.view(service).authority === "live";
    const atMs = machineMs();
    if (isJudging === said && atMs - saidMs < REPEAT_MS) return;
    said = isJudging;
    saidMs = atMs;
    tell({ kind: "judging", registrar: NAME, isJudging, atMs });
  }, LOOK_MS);
}

/** A registrar in a process of its own. */
const commands = serve({
  async start({ place, service }: { place: Place; service: string }): Promise<Place> {
    registrar = await startRegistrar({ ...place, logger: false });
    watchTrust(service);
    return registrar.endpoints;
  },
  measure,
});

export type RegistrarRole = typeof commands;
