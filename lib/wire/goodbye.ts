import { LIMITS } from "../core/limits.ts";
import type { Authority, Delta } from "../core/messages.ts";
import type { LeftCause } from "../core/peer.ts";
import { AUTHORITIES, CAUSES } from "./card.ts";
import { CHANGE, KIND } from "./kinds.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";
import { isRandom } from "./hex.ts";

/*
 * A revision in which one peer leaves is what everybody waits for most, and it is rare enough to
 * find nothing of the general codec in the processor's caches. Written and read here in one straight
 * line: the same bytes, and whatever is unusual is left to the general codec, which alone judges.
 */

const ELEMENTS = 6;
const CHANGE_ELEMENTS = 4;
const WORD_MAX = 16;

const authorities: ReadonlySet<string> = new Set<string>(AUTHORITIES);
const causes: ReadonlySet<string> = new Set<string>(CAUSES);

/** `[33, epoch, revision, authority, fence, [[3, id, instance, cause]]]`, or undefined. */
export function encodeGoodbye(message: Omit<Delta, "service">): Uint8Array | undefined {
  const { epoch, revision, authority, fence, changes } = message;
  const gone = changes[0];
  if (changes.length !== 1 || gone?.kind !== "gone" || !isRandom(epoch)) return undefined;
  if (revision >>> 0 !== revision || gone.id === "" || gone.instance === "") return undefined;
  if (!authorities.has(authority) || !causes.has(gone.cause)) return undefined;
  const writer = new Writer();
  writer.array(ELEMENTS);
  writer.number(KIND.delta);
  writer.random(epoch);
  writer.number(revision);
  writer.text(authority, WORD_MAX);
  writer.flag(fence);
  writer.array(1);
  writer.array(CHANGE_ELEMENTS);
  writer.number(CHANGE.gone);
  writer.text(gone.id, LIMITS.idBytesMax);
  writer.text(gone.instance, LIMITS.instanceBytesMax);
  writer.text(gone.cause, WORD_MAX);
  return writer.frame();
}

/** The revision in a frame, or undefined for the general codec. */
export function decodeGoodbye(frame: Uint8Array): Omit<Delta, "service"> | undefined {
  const reader = new Reader(frame);
  if (reader.array() !== ELEMENTS || reader.number() !== KIND.delta) return undefined;
  const epoch = reader.random();
  const revision = reader.number();
  const authority = reader.text(WORD_MAX);
  const fence = reader.flag();
  if (reader.array() !== 1 || reader.array() !== CHANGE_ELEMENTS) return undefined;
  if (reader.number() !== CHANGE.gone) return undefined;
  const id = reader.text(LIMITS.idBytesMax);
  const instance = reader.text(LIMITS.instanceBytesMax);
  const cause = reader.text(WORD_MAX);
  if (!reader.isDone || id === "" || instance === "" || revision >>> 0 !== revision)
    return undefined;
  if (!isAuthority(authority) || !isCause(cause)) return undefined;
  const changes = [{ kind: "gone", id, instance, cause } as const];
  return { kind: "delta", epoch, revision, authority, fence, changes };
}

function isAuthority(word: string): word is Authority {
  return authorities.has(word);
}

function isCause(word: string): word is LeftCause {
  return causes.has(word);
}
