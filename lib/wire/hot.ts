import type { Answer, Leave, Survey } from "../core/messages.ts";
import { isRandom, RANDOM_BYTES, randomOf, writeRandom } from "./hex.ts";
import { INTERVAL_MS_MAX } from "./scalars.ts";
import { KIND } from "./kinds.ts";

/*
 * Surveys and answers are nearly all of the traffic, and for a goodbye many wait, so they are
 * written and read here without the general codec: the same bytes at a tenth of its cost. Whatever
 * is unusual (a number above 32 bits, a longer array of a later version) is left to the general
 * codec, which alone judges.
 */

const HEAD = 4 + RANDOM_BYTES;
const HEADS = {
  answer: [0x94, KIND.answer, 0xc4, RANDOM_BYTES],
  leave: [0x93, KIND.leave, 0xc4, RANDOM_BYTES],
} as const;

/** `[2, round]`, or undefined for the general codec. */
export function encodeSurvey({ round }: Survey): Uint8Array | undefined {
  if (!isUint32(round)) return undefined;
  const frame = new Uint8Array(2 + sizeOf(round));
  frame[0] = 0x92;
  frame[1] = KIND.survey;
  writeUint(frame, 2, round);
  return frame;
}

/** The survey in a frame, or undefined for the general codec. */
export function decodeSurvey(frame: Uint8Array): Survey | undefined {
  if (frame[0] !== 0x92 || frame[1] !== KIND.survey) return undefined;
  const round = readUint(frame, 2);
  return round >= 0 && 2 + widthAt(frame, 2) === frame.length
    ? { kind: "survey", round }
    : undefined;
}

/** `[19, epoch, round, stalledMs]`, or undefined for the general codec. */
export function encodeAnswer({ epoch, round, stalledMs }: Answer): Uint8Array | undefined {
  if (!isUint32(round) || !isUint32(stalledMs) || !isRandom(epoch)) return undefined;
  const second = HEAD + sizeOf(round);
  const frame = new Uint8Array(second + sizeOf(stalledMs));
  writeHead(frame, HEADS.answer, epoch);
  writeUint(frame, HEAD, round);
  writeUint(frame, second, stalledMs);
  return frame;
}

/** The answer in a frame, or undefined for the general codec. */
export function decodeAnswer(frame: Uint8Array): Answer | undefined {
  if (!hasHead(frame, HEADS.answer)) return undefined;
  const round = readUint(frame, HEAD);
  const second = HEAD + widthAt(frame, HEAD);
  const stalledMs = readUint(frame, second);
  const end = second + widthAt(frame, second);
  if (round < 0 || stalledMs < 0 || end !== frame.length) return undefined;
  return { kind: "answer", epoch: randomOf(frame, 4), round, stalledMs };
}

/** `[21, epoch, proofMs]`, or undefined for the general codec. */
export function encodeLeave({ epoch, proofMs }: Leave): Uint8Array | undefined {
  if (!isUint32(proofMs) || proofMs > INTERVAL_MS_MAX || !isRandom(epoch)) return undefined;
  const frame = new Uint8Array(HEAD + sizeOf(proofMs));
  writeHead(frame, HEADS.leave, epoch);
  writeUint(frame, HEAD, proofMs);
  return frame;
}

/** The goodbye in a frame, or undefined for the general codec. */
export function decodeLeave(frame: Uint8Array): Leave | undefined {
  if (!hasHead(frame, HEADS.leave)) return undefined;
  const proofMs = readUint(frame, HEAD);
  if (proofMs < 0 || proofMs > INTERVAL_MS_MAX) return undefined;
  if (HEAD + widthAt(frame, HEAD) !== frame.length) return undefined;
  return { kind: "leave", epoch: randomOf(frame, 4), proofMs };
}

/** The first bytes of a message: how many elements, its kind, and that an epoch follows. */
type Head = readonly [elements: number, kind: number, bin: number, bytes: number];

function writeHead(frame: Uint8Array, head: Head, epoch: string): void {
  frame.set(head);
  writeRandom(epoch, frame, head.length);
}

// No destructuring here, and none where messages are read: it goes through an iterator each time.
function hasHead(frame: Uint8Array, head: Head): boolean {
  if (frame[1] !== head[1] || frame[0] !== head[0]) return false;
  return frame[2] === head[2] && frame[3] === head[3];
}

function isUint32(value: number): boolean {
  return value >>> 0 === value;
}

function sizeOf(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x100) return 2;
  return value < 0x10000 ? 3 : 5;
}

function writeUint(frame: Uint8Array, at: number, value: number): void {
  const size = sizeOf(value);
  let rest = value;
  for (let index = at + size - 1; index >= at; index -= 1) {
    frame[index] = rest & 0xff;
    rest >>>= 8;
  }
  if (size > 1) frame[at] = size === 2 ? 0xcc : size === 3 ? 0xcd : 0xce;
}

/** Bytes of the number that opens at `at`, by its first byte. */
function widthAt(frame: Uint8Array, at: number): number {
  const token = frame[at];
  if (token === 0xcc) return 2;
  if (token === 0xcd) return 3;
  return token === 0xce ? 5 : 1;
}

/** The number that opens at `at`, or -1 where there is none of at most 32 bits. */
function readUint(frame: Uint8Array, at: number): number {
  const token = frame[at] ?? 0xff;
  if (token < 0x80) return token;
  const end = at + widthAt(frame, at);
  if (end === at + 1 || end > frame.length) return -1;
  let value = 0;
  for (let index = at + 1; index < end; index += 1) value = value * 256 + (frame[index] ?? 0);
  return value;
}
