import { WeightedRandomStrategy } from "./weighted-random.ts";
import { LeastPendingStrategy } from "./least-pending.ts";
import { PeakEwmaStrategy } from "./peak-ewma.ts";
import { RendezvousStrategy } from "./rendezvous.ts";
import type { Strategy } from "./strategy.ts";
import { RandomStrategy, RoundRobinStrategy } from "./uniform.ts";
import { WeightedStrategy } from "./weighted.ts";

/** How a balancer chooses; the table says what each does. */
export const STRATEGIES = {
  "peak-ewma": {
    text: "the cheaper of two, by latency and pending work; minds weights",
    make: (random: () => number): Strategy => new PeakEwmaStrategy(random),
  },
  "least-pending": {
    text: "the one with the least work pending; among equals the one that waited longest",
    make: (): Strategy => new LeastPendingStrategy(),
  },
  "round-robin": {
    text: "one after the other",
    make: (random: () => number): Strategy => new RoundRobinStrategy(random),
  },
  weighted: {
    text: "round robin by weight, in the smooth order of nginx",
    make: (random: () => number): Strategy => new WeightedStrategy(random),
  },
  random: {
    text: "anyone",
    make: (random: () => number): Strategy => new RandomStrategy(random),
  },
  "weighted-random": {
    text: "anyone, as likely as its weight says",
    make: (random: () => number): Strategy => new WeightedRandomStrategy(random),
  },
  hash: {
    text: "the same peer for the same key; minds weights",
    make: (): Strategy => new RendezvousStrategy(),
  },
} as const;

/** The name of a strategy. */
export type StrategyName = keyof typeof STRATEGIES;
