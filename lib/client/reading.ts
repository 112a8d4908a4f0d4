import { RollcallError } from "../core/errors.ts";
import type { ExplanationOf } from "../core/explainer.ts";
import type { RecordingPage } from "../core/recording.ts";
import { decodeRoster } from "../wire/roster.ts";

type Read = ReturnType<typeof decodeRoster>;

/** Of the latest small message, a copy of the frames and what became of them. */
let latest: { readonly frames: readonly Uint8Array[]; readonly read: Read } | undefined;

/**
 * Reads a roster message. Handles of one process that follow the same service are sent the same
 * bytes one after the other: what was read last is not read again, which is half the work of a
 * change. Snapshots have more frames and go to one handle alone.
 */
export function readRoster(frames: readonly Uint8Array[]): Read {
  if (frames.length !== 2) return decodeRoster(frames);
  if (latest === undefined || !isSame(latest.frames, frames)) {
    latest = { frames: frames.map((frame) => new Uint8Array(frame)), read: decodeRoster(frames) };
  }
  return latest.read;
}

function isSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.every((frame, at) => Buffer.compare(frame, b[at] ?? new Uint8Array()) === 0);
}

/** The same of one page of its record; what it holds is checked when it is whole. */
export function pageIn(json: string): RecordingPage {
  try {
    return JSON.parse(json) as RecordingPage;
  } catch (error) {
    throw new RollcallError("ERR_WIRE", "a page of the record", { cause: error });
  }
}

/** The registrar of our own version wrote it; the shape is documented beside the message. */
export function explanationIn(json: string): ExplanationOf | undefined {
  try {
    return (JSON.parse(json) as ExplanationOf | null) ?? undefined;
  } catch (error) {
    throw new RollcallError("ERR_WIRE", "the explanation", { cause: error });
  }
}
