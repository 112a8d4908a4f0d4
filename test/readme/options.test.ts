import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type {
  BalancerOptions,
  DispatcherOptions,
  EjectionOptions,
  RetryOptions,
  SuccessRateOptions,
} from "../../lib/balance/index.ts";
import type { GrpcResolverOptions } from "../../lib/grpc/index.ts";
import type { RingOptions } from "../../lib/ring/index.ts";
import type { CLIENT_OPTIONS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";
import type { JoinOptions, LeaveOptions, RegistrarOptions, WatchOptions } from "../../lib/index.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
type Numbers = keyof typeof REGISTRAR_OPTIONS | keyof typeof CLIENT_OPTIONS;
type All = keyof RegistrarOptions | keyof JoinOptions | keyof WatchOptions | keyof LeaveOptions;

/** Every option that is in none of the tables made from data; the compiler sees that none is missing. */
const OTHERS = {
  preset: true,
  keys: true,
  logger: true,
  signal: true,
  survey: true,
  roster: true,
  advertise: true,
  disconnectMessages: true,
  registrar: true,
  service: true,
  id: true,
  watch: true,
  address: true,
  port: true,
  endpoints: true,
  version: true,
  zone: true,
  weight: true,
  tags: true,
  metadata: true,
  status: true,
  deadlineMs: true,
} satisfies Record<Exclude<All, Numbers>, true>;

type Consumers =
  | keyof BalancerOptions
  | keyof DispatcherOptions
  | keyof EjectionOptions
  | keyof RetryOptions
  | keyof SuccessRateOptions
  | keyof RingOptions
  | Exclude<keyof GrpcResolverOptions, keyof WatchOptions>;

/** The same of what consumes lists. */
const CONSUMERS = {
  strategy: true,
  slowStartMs: true,
  decayMs: true,
  ejection: true,
  failures: true,
  baseMs: true,
  maxMs: true,
  maxShare: true,
  successRate: true,
  intervalMs: true,
  peersMin: true,
  requestsMin: true,
  deviations: true,
  differenceMin: true,
  onUnreachable: true,
  random: true,
  nowMs: true,
  registrar: true,
  roster: true,
  services: true,
  watcher: true,
  suffix: true,
  scope: true,
  waitMs: true,
  balancer: true,
  keyOf: true,
  retry: true,
  max: true,
  ratio: true,
  minPerSecond: true,
  windowMs: true,
  pool: true,
  logger: true,
  signal: true,
  virtualNodes: true,
  replicas: true,
  cachedKeysMax: true,
  nameOf: true,
  suspects: true,
  warmUpMs: true,
  rampMs: true,
  scheme: true,
  protocol: true,
  firstListMs: true,
  through: true,
} satisfies Record<Consumers, true>;

for (const [head, options] of [
  ["| option | of what |", OTHERS],
  ["| option | where |", CONSUMERS],
] as const) {
  test(`the README has a line for every option, in the table that begins with ${head}`, () => {
    const [, rest = ""] = readFileSync(README, "utf8").split(head);
    const [table = ""] = rest.split("\n\n");
    const cells = [...table.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
    const names = cells.flatMap((cell) => cell.match(/\w+/g) ?? []);
    assert.deepEqual([...new Set(names)].toSorted(), Object.keys(options).toSorted());
  });
}
