import {
  startRegistrar,
  type Authority,
  type Registrar,
  type RegistrarCounters,
} from "../../../lib/index.ts";
import { LOOPBACK } from "../loopback.ts";
import { serve } from "../serve.ts";
import { sampleUsage, type Sampling, type Slice } from "../usage.ts";

let registrar: Registrar | undefined;

function running(): Registrar {
  if (registrar === undefined) throw new Error("not started");
  return registrar;
}

/** A registrar in a process of its own. */
const commands = serve({
  /** At free ports, or where one was before. */
  async start(at: Registrar["endpoints"] | undefined): Promise<Registrar["endpoints"]> {
    registrar = await startRegistrar(at ?? { survey: LOOPBACK, roster: LOOPBACK });
    return registrar.endpoints;
  },
  authority: (): Authority => running().view("any").authority,
  members: (service: string): number => running().view(service).peers.length,
  counters: (): RegistrarCounters => running().counters,
  sample: (sampling: Sampling): Promise<Slice[]> =>
    sampleUsage(sampling, () => running().counters.surveys),
});

export type RegistrarRole = typeof commands;
