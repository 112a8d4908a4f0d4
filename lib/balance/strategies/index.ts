import type { Die } from "../random.ts";
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
    make: (die: Die): Strategy => new PeakEwmaStrategy(die),
  },
  "least-pending": {
    text: "the one with the least work pending; among equals the one that waited longest",
    make: (): Strategy => new LeastPendingStrategy(),
  },
  "round-robin": {
    text: "one after the other",
    make: (die: Die): Strategy => new RoundRobinStrategy(die),
  },
  weighted: {
    text: "round robin by weight, in the smooth order of nginx",
    make: (die: Die): Strategy => new WeightedStrategy(die),
  },
  random: {
    text: "anyone",
    make: (die: Die): Strategy => new RandomStrategy(die),
  },
  "weighted-random": {
    text: "anyone, as likely as its weight says",
    make: (die: Die): Strategy => new WeightedRandomStrategy(die),
  },
  hash: {
    text: "the same peer for the same key; minds weights",
    make: (): Strategy => new RendezvousStrategy(),
  },
} as const;

/** The name of a strategy. */
export type StrategyName = keyof typeof STRATEGIES;
