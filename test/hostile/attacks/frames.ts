import { Mill, MILL_BYTES_MAX, rosterSeeds, toRegistrarSeeds } from "../mill.ts";
import { counted, steady } from "../stage.ts";
import type { Attack, Stage } from "../stage.ts";
import { RawConnection } from "../zmtp.ts";

/** Connections that send at the same time. */
const SENDERS = 8;
const BATCH_BYTES = 262_144;
const HEAD_BYTES_MAX = 9;
const LONG = 2;
/** Of the senders, so many write to the roster socket. */
const ROSTER_SENDERS = 2;

/** One buffer full of frames, and how many there are. */
function batch(mill: Mill, most: number): { readonly bytes: Uint8Array; readonly frames: number } {
  const bytes = Buffer.allocUnsafe(BATCH_BYTES);
  let at = 0;
  let frames = 0;
  while (frames < most && at + HEAD_BYTES_MAX + MILL_BYTES_MAX <= BATCH_BYTES) {
    const length = mill.write(bytes, at + HEAD_BYTES_MAX);
    const head = length > 255 ? HEAD_BYTES_MAX : 2;
    bytes[at] = length > 255 ? LONG : 0;
    if (length > 255) bytes.writeBigUInt64BE(BigInt(length), at + 1);
    else bytes[at + 1] = length;
    bytes.copyWithin(at + head, at + HEAD_BYTES_MAX, at + HEAD_BYTES_MAX + length);
    at += head + length;
    frames += 1;
  }
  return { bytes: bytes.subarray(0, at), frames };
}

async function send(stage: Stage, index: number, count: number): Promise<void> {
  const { address, dice } = stage;
  const isRoster = index < ROSTER_SENDERS;
  const seed = dice.below(2 ** 31);
  const seeds = isRoster
    ? rosterSeeds(seed).map(([topic = new Uint8Array()]) => Uint8Array.of(1, ...topic))
    : toRegistrarSeeds(address.epoch, seed);
  const mill = new Mill(seeds, seed);
  const endpoint = isRoster ? address.roster : address.survey;
  let connection = await RawConnection.client(endpoint, isRoster ? "SUB" : "DEALER");
  for (let sent = 0; sent < count && connection !== undefined;) {
    // The roster ends every connection when too much is subscribed.
    if (connection.isOver) connection = await reopened(endpoint, isRoster);
    const { bytes, frames } = batch(mill, count - sent);
    await connection?.write(bytes);
    sent += frames;
  }
  await connection?.flush();
  await steady(stage);
  connection?.close();
}

const TRIES = 100;
const TRY_MS = 50;

/** A connection to a socket that may be closed for a second. */
export async function reopened(
  endpoint: string,
  isRoster: boolean,
): Promise<RawConnection | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const connection = await RawConnection.client(endpoint, isRoster ? "SUB" : "DEALER");
    if (connection !== undefined) return connection;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  return undefined;
}

/** Bytes that are no messages, nearly are, or are. */
export const frames: Attack = {
  name: "frames",
  text: "random, damaged and valid frames over real sockets, as fast as they are taken",
  async run(stage) {
    const each = Math.ceil(stage.sizes.frames / SENDERS);
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: SENDERS }, (_, index) => send(stage, index, each)));
    const perSecond = (each * SENDERS * 1000) / (performance.now() - startedMs);
    return `${counted(each * SENDERS)} frames over ${SENDERS} connections, ${counted(perSecond)}/s`;
  },
};
