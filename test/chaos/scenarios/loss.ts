import { machineMs } from "../../bench/clock.ts";
import { until } from "../../helpers/until.ts";
import { Random } from "../../../lib/testing/random.ts";
import { defaultBounds } from "../bounds.ts";
import { Bridge } from "../bridge.ts";
import { UNDER_HEAVY_LOSS, UNDER_LOSS } from "../claims/claims.ts";
import { judged } from "../judged.ts";
import { lossFigures } from "../loss-figures.ts";
import { perform } from "../perform.ts";
import { pausesOf } from "../plan.ts";
import { Places } from "../places.ts";
import type { Order, Outcome, Scenario, Workshop } from "../scenario.ts";
import { heardOfSerf, serfAgents, serfMissing, serfWitness } from "../serf.ts";
import { Stage } from "../stage.ts";
import type { Cast } from "../story.ts";
import { crewsFor, named } from "./faulty.ts";

const PER_CREW = 10;
/** Serf needs a process for each member. */
const SERF_PER_CREW = 3;
const MINUTE_MS = 60_000;
/** What is under way when the loss ends is waited for. */
const AFTER_MS = 5000;

/** Loss each way, in percent, and what is claimed under it. */
const LEVELS = [
  { percent: 5, claims: UNDER_LOSS },
  { percent: 10, claims: UNDER_HEAVY_LOSS },
] as const;
type Level = (typeof LEVELS)[number];

/** Packets lost each way and members paused, with serf and leases beside. */
export const loss: Scenario = {
  name: "loss",
  text: "5 and 10 % of packets lost each way while members pause for 400 ms; serf and leases beside",
  minutes: 10,
  run: async (order, workshop) => {
    const missing = serfMissing();
    if (missing !== undefined) workshop.say(`without serf: ${missing}`);
    const withSerf = missing === undefined;
    return Promise.all(LEVELS.map((level) => underLoss({ level, withSerf }, order, workshop)));
  },
};

async function underLoss(
  { level, withSerf }: { readonly level: Level; readonly withSerf: boolean },
  order: Order,
  { roles, say }: Workshop,
): Promise<Outcome> {
  const { percent, claims } = level;
  const name = `loss-${percent}`;
  const crews = crewsFor(order.members, PER_CREW);
  const cast: Cast = { registrars: ["r0"], crews, watchers: named("w", 3) };
  const places = new Places(cast);
  const companionsOf = (crew: string) => serfAgents(places, crew, withSerf ? SERF_PER_CREW : 0);
  const known = new Set<string>();
  const bounds = defaultBounds();
  const bridge = new Bridge(name);
  const perCrew = Math.max(1, Math.round(order.members / crews.length));
  const stage: Stage = new Stage({
    cast,
    bridge,
    bounds,
    perCrew,
    roles,
    companionsOf,
    withLeases: true,
    heardText: (who, text) => {
      const heard = who === "serf" ? heardOfSerf(text) : undefined;
      if (heard === undefined) return;
      const event = heard.event === "removed" ? "removed" : "returned";
      // The first time it is no return.
      if (event === "removed" || known.has(heard.id)) stage.other("serf", event, heard.id);
      known.add(heard.id);
    },
    ...(withSerf ? { beside: [serfWitness(places)] } : {}),
  });
  try {
    await stage.open();
    const serfs = withSerf ? crews.length * SERF_PER_CREW : 0;
    await until(() => known.size === serfs, { deadlineMs: MINUTE_MS, what: "serf has all agents" });
    say(`${name}: ${crews.length * perCrew} members and leases, ${serfs} agents of serf`);
    const lengthMs = order.minutes * MINUTE_MS;
    const fromMs = machineMs();
    const fault = { kind: "loss", node: "wire", percent } as const;
    const pauses = pausesOf(cast, lengthMs, new Random(order.seed).fork(name));
    const era = {
      spared: null,
      lengthMs,
      faults: [{ fault, fromMs: 0, toMs: lengthMs }, ...pauses],
    };
    let lost = 0;
    const faults = await perform(stage, era, () => (lost = bridge.lost));
    const lateMs = machineMs() + AFTER_MS;
    await until(() => machineMs() > lateMs, { deadlineMs: 2 * AFTER_MS, what: "the rest is told" });
    const { facts } = stage;
    const { failures } = stage.crowd;
    const { seed } = order;
    const story = { scenario: name, seed, cast, fromMs, toMs: machineMs(), facts, faults };
    const figures = lossFigures({ lost, serfs, leases: crews.length * perCrew });
    return judged({ story, bounds, claims, figures, failures });
  } finally {
    await stage.close();
  }
}
