import {
  learningMs,
  lossyFreezeBoundMs,
  patienceOf,
  pauseToleratedMs,
  silenceMs,
} from "../core/options.ts";
import type { ClientTuning, RegistrarTuning } from "../core/options.ts";
import type { NetworkOptions } from "./network.ts";

/** Room for rounding and for acts that share a moment. */
const SLACK_MS = 2;
/** The clockwork of the registrar advances in steps of this length. */
const TICK_MS = 10;
/** Pauses between snapshot requests grow to this many times the first, and one is added to it. */
const SNAPSHOT_PATIENCE = 9;

/** How long things may take at most: the documented formulas plus what the network adds. */
export interface Bounds {
  /** One way through an undisturbed network. */
  readonly delayMs: number;
  /** From a cause that the registrar learns of at once to the last consumer. */
  readonly crashMs: number;
  /** From freezing to the last consumer. */
  readonly freezeMs: number;
  /** A silence shorter than this changes nothing. */
  readonly pauseMs: number;
  /** From a member's start to the last consumer, where nothing is wrong. */
  readonly joinMs: number;
  /** How old a judgement of the registrar may be when it is published. */
  readonly judgementMs: number;
  /** From the end of a member's troubles until it is listed by the registrar again. */
  readonly returnMs: number;
  /** From the end of a consumer's troubles until its list is the registrar's. */
  readonly repairMs: number;
  /** A subscriber has heard how often the registrar gives a sign of life. */
  readonly pulseMs: number;
  /** From the last evidence of a registrar to `stale`, for who knows that. */
  readonly staleMs: number;
  /** One learning time at most. */
  readonly learningMaxMs: number;
  /** Removals are held for so long at most. */
  readonly holdMaxMs: number;
  /** From a report of a peer that cannot be reached until it counts no more. */
  readonly reportMs: number;
  /** Whatever is still under way shows within this time. */
  readonly calmMs: number;
  /** From the end of all troubles until all lists are the truth, and stay so. */
  readonly convergenceMs: number;
}

/** Everything a bound depends on. */
export interface BoundsInput {
  readonly registrar: RegistrarTuning;
  readonly client: ClientTuning;
  readonly network: NetworkOptions;
  /** Consumers at most: publications are spaced by 20 µs for each. */
  readonly consumers: number;
}

/** The bounds of one simulation. */
export function boundsOf(input: BoundsInput): Bounds {
  const { registrar, client, network, consumers } = input;
  const delayMs = network.delayMs[1];
  const timerMs = network.timerMs[1];
  const spacingMs = Math.max(registrar.coalesceMs, consumers * 0.02) + 2 * timerMs + SLACK_MS;
  const crashMs = 2 * delayMs + spacingMs;
  const steps = patienceOf(registrar, "steady loss") + 2;
  const freezeMs =
    lossyFreezeBoundMs(registrar) + consumers * 0.02 + 2 * delayMs + steps * timerMs + SLACK_MS;
  const dialMs = network.dialRetryMs + 2 * client.reconnectMinMs + 3 * delayMs;
  const pauseMs = pauseToleratedMs(registrar) - 2 * delayMs - network.retransmitMs[1] - SLACK_MS;
  const returnMs =
    silenceMs(registrar.surveyIntervalMs, registrar.answerWindowMs) +
    // Two tries: the first may have begun while nobody could answer.
    2 *
      (client.helloTimeoutMs + Math.max(registrar.reconnectMaxMs, client.helloTimeoutMs) + dialMs) +
    registrar.rejoinJitterMs +
    network.retransmitMs[1] +
    crashMs;
  const staleMs =
    silenceMs(registrar.announceIntervalMs, registrar.announceIntervalMs) +
    delayMs +
    timerMs +
    SLACK_MS;
  const repairMs =
    staleMs +
    dialMs +
    SNAPSHOT_PATIENCE * client.snapshotTimeoutMs +
    2 * registrar.announceIntervalMs +
    network.retransmitMs[1] +
    crashMs;
  const quietMs = registrar.surveyIntervalMs + registrar.answerWindowMs;
  return {
    delayMs,
    crashMs,
    freezeMs,
    pauseMs,
    // The first peer of a service costs those who follow all services a snapshot.
    joinMs: 3 * delayMs + crashMs + 2 * timerMs + 2 * delayMs + timerMs,
    judgementMs: spacingMs + delayMs + network.retransmitMs[1] + 2 * TICK_MS,
    returnMs,
    repairMs,
    pulseMs: registrar.announceIntervalMs + registrar.coalesceMs + delayMs + 2 * timerMs + SLACK_MS,
    staleMs,
    learningMaxMs: registrar.learningMaxMs + timerMs + SLACK_MS,
    holdMaxMs: holdBoundMs(registrar, timerMs),
    reportMs: 1.1 * registrar.reportTtlMs + returnMs,
    calmMs: Math.max(learningMs(registrar), freezeMs, staleMs, registrar.holdMaxMs) + freezeMs,
    convergenceMs:
      returnMs + learningMs(registrar) + quietMs + freezeMs + repairMs + registrar.holdMaxMs,
  };
}

/** The last call lasts one answer window, and is looked at every probe interval. */
function holdBoundMs(registrar: RegistrarTuning, timerMs: number): number {
  const { holdMaxMs, answerWindowMs, probeIntervalMs } = registrar;
  return Math.max(holdMaxMs, answerWindowMs) + 2 * (probeIntervalMs + timerMs + SLACK_MS);
}
