import { RollcallError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { ServiceSnapshot } from "../core/messages.ts";
import type { Entry } from "../core/peer.ts";
import { entry, service, tombstone } from "./card.ts";
import { assertFrame, assertValid, encode, type Codec } from "./codec.ts";
import { KIND } from "./kinds.ts";
import { pack } from "./pack.ts";
import { whole } from "./scalars.ts";
import { list, record } from "./shapes.ts";

// Both caches go by identity: a snapshot goes to many watchers, and from one revision to the next
// nearly all entries are the same objects.
const pagesOf = new WeakMap<ServiceSnapshot, readonly Uint8Array[]>();
const bytesOf = new WeakMap<Entry, Uint8Array>();

const tombstones = list(tombstone, "tombstonesMax");
const title: Codec<Title> = record<Title>("page", { service, revision: whole() });

interface Title {
  readonly service: string;
  readonly revision: number;
}

/**
 * The pages of one service, each of about `pageBytesMax` or less; an empty service has one page.
 * The same object gets the same pages without being encoded again. Throws `ERR_LIMIT` or `ERR_WIRE`.
 */
export function pagesFor(snapshot: ServiceSnapshot): readonly Uint8Array[] {
  const known = pagesOf.get(snapshot);
  if (known !== undefined) return known;
  const pages = encodePages(snapshot);
  pagesOf.set(snapshot, pages);
  return pages;
}

/** Bytes of all pages of one service, without topic and head: what sending it costs. */
export function snapshotBytes(snapshot: ServiceSnapshot): number {
  return pagesFor(snapshot).reduce((sum, page) => sum + page.length, 0);
}

function encodePages(snapshot: ServiceSnapshot): readonly Uint8Array[] {
  assertValid(title, snapshot, "page");
  assertDistinct(snapshot);
  const { service: name, revision } = snapshot;
  const last = encode(tombstones, snapshot.tombstones, "tombstones");
  const groups = grouped(snapshot.entries.map(bytesOfEntry), LIMITS.pageBytesMax - last.length);
  return groups.map((entries, index) => {
    const head = pack([KIND.page, name, revision, index, groups.length]);
    // The array goes on: its first byte counts the two lists as well.
    head.set(listHead(7));
    const rest = index === groups.length - 1 ? last : listHead(0);
    const frame = joined([head, listHead(entries.length), ...entries, rest]);
    return assertFrame(frame, `page ${index} of the snapshot`);
  });
}

function bytesOfEntry(value: Entry): Uint8Array {
  const known = bytesOf.get(value);
  if (known !== undefined) return known;
  const bytes = encode(entry, value, "entry");
  bytesOf.set(value, bytes);
  return bytes;
}

/** Cuts pieces into groups of at most `room` bytes. The limits of a card keep each far below that. */
function grouped(pieces: readonly Uint8Array[], room: number): readonly (readonly Uint8Array[])[] {
  const groups: Uint8Array[][] = [];
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes + piece.length > room) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(piece);
    bytes += piece.length;
  }
  return [...groups, group];
}

/** The bytes that open a MessagePack array. */
function listHead(length: number): Uint8Array {
  if (length < 16) return Uint8Array.of(0x90 + length);
  if (length < 65_536) return Uint8Array.of(0xdc, length >>> 8, length & 0xff);
  return Uint8Array.of(
    0xdd,
    length >>> 24,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
  );
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const frame = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    frame.set(piece, at);
    at += piece.length;
  }
  return frame;
}

function assertDistinct(snapshot: ServiceSnapshot): void {
  const ids = new Set(snapshot.entries.map((line) => line.id));
  if (ids.size < snapshot.entries.length) {
    throw new RollcallError("ERR_WIRE", `the snapshot of ${snapshot.service} lists an id twice`);
  }
}
