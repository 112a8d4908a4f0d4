import Reference from "hashring";
import { HashRing } from "../../../lib/ring/index.ts";
import type { RingMember } from "../../../lib/ring/index.ts";
import { spreadOf, type Figure, type Spread } from "../figures.ts";
import type { Bench, Scenario } from "../scenario.ts";

const PEERS = 1000;
/** With so many equal weights, and not with one less, `hashring` rounds 40 virtual nodes to 39. */
const PEERS_ROUNDED = 1006;
const TIMES = 30;
const TIMES_SLOW = 5;
const KEYS = 20_000;
/** Fewer than either memory holds. */
const HOT_KEYS = 2000;

/** A ring is changed, not built anew, and is asked as fast as the one it replaces. */
export const ring: Scenario = {
  name: "ring",
  text: "a hash ring of 1,000 peers: changes and questions, beside the npm package hashring",
  run: measure,
};

async function measure({ progress }: Bench): Promise<readonly Figure[]> {
  const equal = changes(membersOf(PEERS), "equal weights");
  progress("changes with equal weights are measured");
  const weighted = changes(
    membersOf(PEERS, (at) => 1 + (at % 10)),
    "weights 1 to 10",
  );
  progress("changes with weights are measured");
  const rounded = changes(membersOf(PEERS_ROUNDED), "everybody loses a virtual node");
  progress("changes of everybody's virtual nodes are measured");
  return [...equal, ...weighted, ...rounded, ...questions()];
}

/** One member more and one less, ours beside a rebuild. */
function changes(all: readonly RingMember[], what: string): readonly Figure[] {
  const others = all.filter((_, at) => at !== all.length >> 1);
  const [few, many] = [HashRing.of(others), HashRing.of(all)];
  const cell = { unit: "ms", against: "hashring builds it anew", ratioMax: 0.05 } as const;
  return [
    {
      name: `one joins ${others.length} peers, ${what}`,
      ...cell,
      ours: timesOf(TIMES, () => few.update(all)),
      floor: timesOf(TIMES_SLOW, () => referenceOf(all, 1)),
    },
    {
      name: `one of ${all.length} peers leaves, ${what}`,
      ...cell,
      ours: timesOf(TIMES, () => many.update(others)),
      floor: timesOf(TIMES_SLOW, () => referenceOf(others, 1)),
    },
  ];
}

function questions(): readonly Figure[] {
  const all = membersOf(PEERS);
  const keys = Array.from({ length: KEYS }, (_, at) => `user:${at}`);
  const hot = keys.slice(0, HOT_KEYS);
  const [bare, remembering] = [HashRing.of(all, { cachedKeysMax: 0 }), HashRing.of(all)];
  const [bareFloor, rememberingFloor] = [referenceOf(all, 1), referenceOf(all, 5000)];
  return [
    {
      name: `owner of a key it has not seen, ${PEERS} peers`,
      unit: "µs",
      ours: perKey(keys, (key) => bare.owner(key)),
      floor: perKey(keys, (key) => bareFloor.get(key)),
      against: "hashring without its LRU cache",
      ratioMax: 1,
    },
    {
      name: `owner of a key it remembers, ${PEERS} peers`,
      unit: "µs",
      ours: perKey(hot, (key) => remembering.owner(key)),
      floor: perKey(hot, (key) => rememberingFloor.get(key)),
      against: "hashring with its LRU cache",
      ratioMax: 1,
    },
  ];
}

function membersOf(count: number, weightOf: (at: number) => number = () => 1): RingMember[] {
  return Array.from({ length: count }, (_, at) => {
    return { name: `10.0.${at >> 8}.${at & 255}:11211`, weight: weightOf(at) };
  });
}

function referenceOf(members: readonly RingMember[], cachedKeys: number): Reference {
  const servers = members.map(({ name, weight = 1 }) => [name, { weight }] as const);
  return new Reference(Object.fromEntries(servers), "md5", { "max cache size": cachedKeys });
}

/** Milliseconds of each call but the first, which warms it up. */
function timesOf(times: number, call: () => unknown): Spread {
  const found = Array.from({ length: times + 1 }, () => {
    const startedMs = performance.now();
    call();
    return performance.now() - startedMs;
  });
  return spreadOf(found.slice(1));
}

/** Microseconds for each key. */
function perKey(keys: readonly string[], ask: (key: string) => unknown): Spread {
  const { middle, min, max, count } = timesOf(TIMES, () => {
    for (const key of keys) ask(key);
  });
  const of = (ms: number): number => (ms * 1000) / keys.length;
  return { middle: of(middle), min: of(min), max: of(max), count };
}
