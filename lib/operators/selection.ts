import Range from "semver/classes/range.js";
import { RollcallError } from "../core/errors.ts";
import type { Peer, Status } from "../core/peer.ts";
import { checkOptions } from "../host/check.ts";
import { numberOf } from "./numbers.ts";
import { inZone } from "./zone.ts";
import type { ZoneRule } from "./zone.ts";

/** Where work should stay, and when it may leave. */
export interface ZonePreference {
  /** The zone to stay in. */
  readonly prefer: string;
  /** With fewer usable peers in the zone, those of all zones are used. At least 1. Default 1. */
  readonly minPeers?: number | undefined;
  /**
   * With a smaller share of all usable peers in the zone, those of all zones are used: with 0.25
   * and 40 peers the zone has to have 10. 0 to 1. Default 0.
   */
  readonly minShare?: number | undefined;
}

/** Which peers to keep; all that is given has to hold. */
export interface SelectOptions {
  /** Tags that a peer must have, all of them. */
  readonly tags?: readonly string[] | undefined;
  /**
   * A range as npm writes them, such as `^1.2.0` or `>=1 <3`. A peer without a version, or with one
   * that is not semantic, is in no range; a pre-release only in a range that names one of the same
   * version.
   */
  readonly version?: string | undefined;
  /** Statuses, of which a peer must have one. */
  readonly status?: readonly Status[] | undefined;
  /** A protocol that one of the peer's endpoints must speak. `address` and `port` stay the first. */
  readonly protocol?: string | undefined;
  /** A zone to prefer: a name is short for `{ prefer: name }`. */
  readonly zone?: string | ZonePreference | undefined;
}

const KNOWN = {
  tags: true,
  version: true,
  status: true,
  protocol: true,
  zone: true,
} satisfies Record<keyof SelectOptions, true>;

const KNOWN_ZONE = {
  prefer: true,
  minPeers: true,
  minShare: true,
} satisfies Record<keyof ZonePreference, true>;

const KNOWN_STATUS: Readonly<Record<Status, true>> = {
  passing: true,
  warning: true,
  critical: true,
  unknown: true,
  draining: true,
};

/** The longest range that is read. */
const RANGE_CHARACTERS_MAX = 256;
const PEERS_MAX = 1_000_000;

type Test = (peer: Peer) => boolean;

/** Turns options into a filter of lists, checked; throws `ERR_OPTION`. */
export function selectionOf(options: SelectOptions): (peers: readonly Peer[]) => readonly Peer[] {
  checkOptions("select", options, KNOWN);
  const tests = [
    ...testOf(options.tags, tagsTest),
    ...testOf(options.version, versionTest),
    ...testOf(options.status, statusTest),
    ...testOf(options.protocol, protocolTest),
  ];
  const zone = options.zone === undefined ? null : zoneOf(options.zone);
  // A peer stays the same object while nothing about it changes.
  const known = new WeakMap<Peer, boolean>();
  const isWanted = (peer: Peer): boolean => {
    const before = known.get(peer);
    if (before !== undefined) return before;
    const isNow = tests.every((test) => test(peer));
    known.set(peer, isNow);
    return isNow;
  };
  return (peers) => {
    const wanted = peers.filter(isWanted);
    return zone === null ? wanted : inZone(wanted, zone);
  };
}

function testOf<T>(given: T | undefined, make: (given: T) => Test): readonly Test[] {
  return given === undefined ? [] : [make(given)];
}

function tagsTest(given: unknown): Test {
  const tags = wordsOf("tags", given);
  return (peer) => tags.every((tag) => peer.tags.includes(tag));
}

function statusTest(given: unknown): Test {
  const statuses = wordsOf("status", given);
  const stranger = statuses.find((status) => !Object.hasOwn(KNOWN_STATUS, status));
  if (stranger !== undefined) {
    const all = Object.keys(KNOWN_STATUS).join(", ");
    throw refusal(`status has ${JSON.stringify(stranger)}, which is none of ${all}`);
  }
  return (peer) => statuses.includes(peer.status);
}

function protocolTest(given: unknown): Test {
  const protocol = wordOf("protocol", given);
  return (peer) => peer.endpoints.some((endpoint) => endpoint.protocol === protocol);
}

function versionTest(given: unknown): Test {
  const range = rangeOf(wordOf("version", given));
  return ({ version }) => version !== undefined && range.test(version);
}

function rangeOf(text: string): Range {
  if (text.length > RANGE_CHARACTERS_MAX) {
    throw refusal(`version has ${text.length} characters, at most ${RANGE_CHARACTERS_MAX}`);
  }
  try {
    return new Range(text);
  } catch (cause) {
    const detail = `version is ${JSON.stringify(text)}, which is no range of versions`;
    throw new RollcallError("ERR_OPTION", detail, { cause });
  }
}

function zoneOf(given: string | ZonePreference): ZoneRule {
  if (typeof given === "string") return zoneOf({ prefer: given });
  checkOptions("zone", given, KNOWN_ZONE);
  return {
    prefer: wordOf("zone.prefer", given.prefer),
    minPeers: numberOf("zone.minPeers", given.minPeers, { byDefault: 1, min: 1, max: PEERS_MAX }),
    minShare: numberOf("zone.minShare", given.minShare, {
      byDefault: 0,
      min: 0,
      max: 1,
      isFraction: true,
    }),
  };
}

/** Refuses blank text: it mostly comes from a setting that is not set. */
function wordOf(name: string, given: unknown): string {
  if (typeof given === "string" && given.trim() !== "") return given;
  throw refusal(`${name} is ${JSON.stringify(given)} but takes text`);
}

function wordsOf(name: string, given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw refusal(`${name} is ${JSON.stringify(given)} but takes a list with something in it`);
  }
  return given.map((word) => wordOf(name, word));
}

function refusal(detail: string): RollcallError {
  return new RollcallError("ERR_OPTION", detail);
}
