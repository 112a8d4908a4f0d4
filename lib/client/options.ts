import { RollcallError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { tuneClient } from "../core/options.ts";
import { CLIENT_OPTIONS } from "../core/option-table.ts";
import type { Preset } from "../core/option-table.ts";
import type { ClientTuning } from "../core/options.ts";
import type { Card, Endpoint, Status } from "../core/peer.ts";
import { ALL } from "../core/topics.ts";
import { checkOptions } from "../host/check.ts";
import type { Logger } from "../host/log.ts";
import type { ClientKeys } from "../keys/options.ts";
import { formatEndpoint, parseEndpoint } from "../transport/endpoint.ts";
import { checkCard, checkName } from "../wire/card.ts";
import { hostAddress, refuseLoopback } from "./address.ts";

/** Where a client looks for the registrar unless told otherwise. */
export const DEFAULT_REGISTRAR = "tcp://127.0.0.1:5570";

/** What members and watchers have in common; every number of `CLIENT_OPTIONS` may be given as well. */
export interface ClientOptions extends Partial<{ [K in keyof ClientTuning]: number | undefined }> {
  /** Numbers for a situation; single ones given beside it win. Default `lan`. */
  readonly preset?: Preset | undefined;
  /** For a registrar that has keys. Default: none. */
  readonly keys?: ClientKeys | undefined;
  /** A pino logger, or false for silence. Default: warnings and errors on stderr. */
  readonly logger?: Logger | false | undefined;
  /** Closes the handle. */
  readonly signal?: AbortSignal | undefined;
}

/** What a member may change while it is listed. */
export interface CardOptions {
  /** Host others reach it at. Default: 127.0.0.1 with a registrar on this machine, else the one address of this host. */
  readonly address?: string | undefined;
  /** Port others reach it at. Default 0, which means none. */
  readonly port?: number | undefined;
  /** Several ways to reach it, instead of `address` and `port`. */
  readonly endpoints?: readonly (Pick<Endpoint, "host" | "port"> & Partial<Endpoint>)[] | undefined;
  /** Null is none; that takes away the one before. */
  readonly version?: string | null | undefined;
  /** Null is none; that takes away the one before. */
  readonly zone?: string | null | undefined;
  /** Share of the work relative to others, 0 to 1,000,000. Default 1. */
  readonly weight?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Default `passing`. */
  readonly status?: Status | undefined;
}

/** Options of `join`. */
export interface JoinOptions extends ClientOptions, CardOptions {
  /** Survey endpoint of the registrar, or of several. Default `tcp://127.0.0.1:5570`. */
  readonly registrar?: string | readonly string[] | undefined;
  /** The group to be listed in: UTF-8 without NUL, up to 255 bytes, not `*`. */
  readonly service: string;
  /** Names this peer in its service. Default: the instance, which is random per run. */
  readonly id?: string | undefined;
  /** What `peers$` of this member shows. Default: its own service. */
  readonly watch?: string | readonly string[] | undefined;
}

/** Options of `watch`. */
export interface WatchOptions extends ClientOptions {
  /** Survey endpoint of the registrar, or of several: a named consumer. Default `tcp://127.0.0.1:5570`. */
  readonly registrar?: string | readonly string[] | undefined;
  /** Roster endpoint, or several, instead of `registrar`: a SUB socket alone, an anonymous consumer. */
  readonly roster?: string | readonly string[] | undefined;
  /** A name, several, or `*` for all. */
  readonly service: string | readonly string[];
}

const SHARED = {
  ...CLIENT_OPTIONS,
  preset: true,
  keys: true,
  logger: true,
  signal: true,
} satisfies Record<keyof ClientOptions, unknown>;

const CARD = {
  address: true,
  port: true,
  endpoints: true,
  version: true,
  zone: true,
  weight: true,
  tags: true,
  metadata: true,
  status: true,
} satisfies Record<keyof CardOptions, true>;

const JOIN = {
  ...SHARED,
  ...CARD,
  registrar: true,
  service: true,
  id: true,
  watch: true,
} satisfies Record<keyof JoinOptions, unknown>;

const WATCH = {
  ...SHARED,
  registrar: true,
  roster: true,
  service: true,
} satisfies Record<keyof WatchOptions, unknown>;

/** Refuses what `join` has no option for; throws `ERR_OPTION`. */
export function checkJoin(options: unknown): void {
  checkOptions("join", options, JOIN);
}

/** Refuses what `watch` has no option for; throws `ERR_OPTION`. */
export function checkWatch(options: unknown): void {
  checkOptions("watch", options, WATCH);
}

/** Refuses what `update` cannot change; throws `ERR_OPTION`. */
export function checkCardOptions(patch: unknown): void {
  checkOptions("update", patch, CARD);
}

/** One registrar to talk to. */
export interface Target {
  readonly endpoint: string;
  /** False for a roster endpoint. */
  readonly hasSurvey: boolean;
}

/** Numbers of a client, complete and checked. */
export function tuningOf(options: ClientOptions): ClientTuning {
  return tuneClient(options);
}

/** The endpoints of a client, checked; throws `ERR_ENDPOINT` or `ERR_OPTION`. */
export function targetsOf(options: Pick<WatchOptions, "registrar" | "roster">): readonly Target[] {
  const { registrar, roster } = options;
  if (registrar !== undefined && roster !== undefined) {
    throw new RollcallError(
      "ERR_OPTION",
      "registrar and roster are given, but one of them is enough",
    );
  }
  const hasSurvey = roster === undefined;
  const name = hasSurvey ? "registrar" : "roster";
  const given = hasSurvey ? registrar : roster;
  const texts = listOf(given === undefined ? DEFAULT_REGISTRAR : given);
  if (texts.length === 0) throw new RollcallError("ERR_OPTION", `${name} is an empty list`);
  const endpoints = texts.map((text) => formatEndpoint(parseEndpoint(text, "connect", name)));
  return [...new Set(endpoints)].map((endpoint) => ({ endpoint, hasSurvey }));
}

/** The services to follow, checked; throws `ERR_OPTION`. */
export function servicesOf(given: unknown, name: string): readonly string[] {
  const services = [...new Set(listOf(given))];
  if (services.length === 0) throw new RollcallError("ERR_OPTION", `${name} is an empty list`);
  if (services.includes(ALL)) return [ALL];
  const max = LIMITS.watchedServicesMax;
  if (services.length > max) {
    throw new RollcallError(
      "ERR_OPTION",
      `${name} has ${services.length} names, at most ${max}; "*" is all`,
    );
  }
  for (const service of services) check(checkName("service", service));
  return services.map(String);
}

/** A name that will be listed, checked; throws `ERR_OPTION`. */
export function nameOf(field: "service" | "id", value: unknown): string {
  check(checkName(field, value));
  return String(value);
}

/** The card of a member at its first joining, checked; throws `ERR_OPTION`. */
export function cardOf(options: CardOptions, targets: readonly Target[]): Card {
  const registrars = targets.map((target) => target.endpoint);
  const first: Card = {
    endpoints: [],
    weight: 1,
    tags: [],
    metadata: {},
    status: "passing",
    joinedAt: Date.now(),
  };
  const address =
    options.address ?? (options.endpoints === undefined ? hostAddress(registrars) : undefined);
  const card = changedCard(first, { ...options, address });
  for (const { host } of card.endpoints) refuseLoopback(host, registrars);
  return card;
}

/** The card of a member that is listed, with some of it changed; its addresses as for `join`. */
export function updatedCard(card: Card, patch: CardOptions, targets: readonly Target[]): Card {
  const updated = changedCard(card, patch);
  const registrars = targets.map((target) => target.endpoint);
  if (patch.address === undefined && patch.endpoints === undefined) return updated;
  for (const { host } of updated.endpoints) refuseLoopback(host, registrars);
  return updated;
}

/** A card with some of it changed, checked; throws `ERR_OPTION`. */
export function changedCard(card: Card, patch: CardOptions): Card {
  const { weight, tags, metadata, status } = patch;
  const { version: ownVersion, zone: ownZone, ...rest } = card;
  const [version, zone] = [kept(ownVersion, patch.version), kept(ownZone, patch.zone)];
  const changed: Card = {
    ...rest,
    ...defined({ version, zone, weight, tags, metadata, status }),
    endpoints: endpointsOf(card.endpoints, patch),
  };
  check(checkCard(changed));
  // Copied once they are known to be what they should: text would become a list of letters.
  return { ...changed, tags: [...changed.tags], metadata: { ...changed.metadata } };
}

function endpointsOf(before: readonly Endpoint[], patch: CardOptions): readonly Endpoint[] {
  const { address, port, endpoints } = patch;
  if (endpoints !== undefined) {
    if (address !== undefined || port !== undefined) {
      throw new RollcallError("ERR_OPTION", "endpoints are given together with address or port");
    }
    if (!isListOfObjects(endpoints)) {
      throw new RollcallError("ERR_OPTION", "endpoints is no list of { host, port }");
    }
    return endpoints.map(({ host, port: at, protocol = "tcp", scope = "private" }) => {
      return { protocol, host, port: at, scope };
    });
  }
  if (address === undefined && port === undefined) return before;
  const [first, ...others] = before;
  const changed: Endpoint = {
    protocol: first?.protocol ?? "tcp",
    host: address ?? first?.host ?? "",
    port: port ?? first?.port ?? 0,
    scope: first?.scope ?? "private",
  };
  return [changed, ...others];
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function check(flaw: string | undefined): void {
  if (flaw !== undefined) throw new RollcallError("ERR_OPTION", flaw);
}

/** Undefined leaves a word as it is, null takes it away. */
function kept(own: string | undefined, given: string | null | undefined): string | undefined {
  return given === undefined ? own : (given ?? undefined);
}

/** Only what is given; an option that is undefined counts as absent. */
function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
