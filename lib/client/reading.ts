import { RollcallError } from "../core/errors.ts";
import type { ExplanationOf } from "../core/explainer.ts";
import { checkExplanation } from "../core/record-check.ts";
import type { RecordingPage } from "../core/recording.ts";
import { decodeRoster } from "../wire/roster.ts";
import { isObject } from "../wire/shapes.ts";

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

/** One page of the record; what it holds is checked when the record is whole. Throws `ERR_WIRE`. */
export function pageIn(json: string): RecordingPage {
  const page = parsed(json, "a page of the record");
  // The head is on the first page alone, and checked with the whole.
  const isPage = isObject(page) && (page["head"] === null || isObject(page["head"]));
  if (isPage && Array.isArray(page["peers"])) return page as unknown as RecordingPage;
  throw new RollcallError("ERR_WIRE", "a page of the record has no head, or no peers");
}

/** An explanation; undefined for none. Throws `ERR_WIRE` for what is neither. */
export function explanationIn(json: string): ExplanationOf | undefined {
  return checkExplanation(parsed(json, "the explanation")) ?? undefined;
}

function parsed(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new RollcallError("ERR_WIRE", what, { cause: error });
  }
}
