import { ANSWER_BYTES, GONE, hubRouter, readAll } from "../bare.ts";
import { LOOPBACK } from "../loopback.ts";
import { serve } from "../serve.ts";
import { sampleUsage, type Sampling, type Slice } from "../usage.ts";

/** Each socket is asked once in this time, spread over steps of the registrar's length. */
const INTERVAL_MS = 1000;
const STEP_MS = 10;
const STEPS = INTERVAL_MS / STEP_MS;
/** As long as a survey. */
const SURVEY = Buffer.alloc(4, 2);

const router = hubRouter();
const steps: Buffer[][] = Array.from({ length: STEPS }, () => []);
let known = 0;
let surveys = 0;
let answers = 0;
let step = 0;

/** The first message of a socket is its name; all others are answers. */
function heard([route, body]: readonly Buffer[]): void {
  if (body?.length === ANSWER_BYTES) {
    answers += 1;
    return;
  }
  if (route === undefined || body?.toString() === GONE) return;
  steps[known % STEPS]?.push(route);
  known += 1;
}

function tick(originMs: number): void {
  const now = Math.floor((performance.now() - originMs) / STEP_MS);
  for (; step < now; step += 1) {
    for (const route of steps[step % STEPS] ?? []) {
      surveys += 1;
      void router.send([route, SURVEY]);
    }
  }
  const dueMs = originMs + (step + 1) * STEP_MS;
  setTimeout(() => tick(originMs), Math.max(0, Math.ceil(dueMs - performance.now())));
}

/** The floor of the surveys: asks everybody on the registrar's schedule and throws answers away. */
const commands = serve({
  async start(): Promise<string> {
    await router.bind(LOOPBACK);
    void readAll(router, heard);
    tick(performance.now());
    return router.lastEndpoint ?? "";
  },
  counts: (): { readonly known: number; readonly answers: number } => ({
    known,
    answers,
  }),
  sample: (sampling: Sampling): Promise<Slice[]> => sampleUsage(sampling, () => surveys),
});

export type BareEchoRole = typeof commands;
