import { readSubscription } from "../../lib/transport/subscription.ts";
import { parseTopic } from "../../lib/core/topics.ts";
import { decodeRoster } from "../../lib/wire/roster.ts";
import { decodeFromRegistrar, decodeToRegistrar } from "../../lib/wire/survey.ts";
import { fromRegistrarSeeds, Mill, rosterSeeds, toRegistrarSeeds } from "./mill.ts";

/** What became of frames that went straight into the decoders. */
export interface Decoding {
  readonly frames: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Decoders that threw; there must be none. */
  readonly thrown: readonly string[];
  readonly ms: number;
}

/** The event loop gets a turn after so many frames. */
const TURN_FRAMES = 20_000;
const EPOCH = "ab".repeat(16);
/** Findings that are told; one is too many. */
const THROWN_MAX = 10;

/** True where the frame is a message. */
type Decode = () => boolean;

/**
 * Both directions of the survey connection, the roster and its subscriptions, in turn. `count`
 * frames in all.
 */
export async function decodeMany(count: number, seed: number): Promise<Decoding> {
  const startedMs = performance.now();
  const decoders = decodersOf(seed);
  const thrown: string[] = [];
  let accepted = 0;
  for (let frame = 0; frame < count; frame += 1) {
    try {
      if (decoders[frame % decoders.length]?.() === true) accepted += 1;
    } catch (error) {
      if (thrown.length < THROWN_MAX) thrown.push(String(error));
    }
    if (frame % TURN_FRAMES === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const ms = performance.now() - startedMs;
  return { frames: count, accepted, rejected: count - accepted - thrown.length, thrown, ms };
}

function decodersOf(seed: number): readonly Decode[] {
  const toRegistrar = new Mill(toRegistrarSeeds(EPOCH, seed), seed);
  const fromRegistrar = new Mill(fromRegistrarSeeds(seed), seed + 1);
  const published = rosterSeeds(seed);
  const pages = new Mill(published.flat(), seed + 2);
  const topics = new Mill(
    published.map(([topic = new Uint8Array()]) => Uint8Array.of(1, ...topic)),
    seed + 3,
  );
  let at = 0;
  return [
    () => decodeToRegistrar(toRegistrar.frame()).ok,
    () => decodeFromRegistrar(fromRegistrar.frame()).ok,
    () => {
      at += 1;
      const frames = [...(published[at % published.length] ?? [])];
      frames[at % Math.max(1, frames.length)] = pages.frame();
      return decodeRoster(frames).ok;
    },
    () => {
      const subscription = readSubscription(topics.frame());
      return subscription !== undefined && parseTopic(subscription.topic).kind !== "unknown";
    },
  ];
}
