import { LIMITS } from "../core/limits.ts";
import { RollcallError } from "../core/errors.ts";
import type { Authority, ServiceSnapshot, Snapshot } from "../core/messages.ts";
import type { Entry, Tombstone } from "../core/peer.ts";
import { ALL } from "../core/topics.ts";
import { authority, entry, service, tombstone } from "./card.ts";
import { decode, encode } from "./codec.ts";
import { KIND } from "./kinds.ts";
import { accepted, rejected, type Decoded } from "./pack.ts";
import { pagesFor } from "./pages.ts";
import { flag, random, whole } from "./scalars.ts";
import { list, variant } from "./shapes.ts";

interface Head {
  readonly kind: "snapshot";
  readonly epoch: string;
  readonly authority: Authority;
  readonly all: boolean;
  readonly pageCount: number;
}

interface Page {
  readonly kind: "page";
  readonly service: string;
  readonly revision: number;
  readonly index: number;
  readonly count: number;
  readonly entries: readonly Entry[];
  readonly tombstones: readonly Tombstone[];
}

const PAGES_MAX = LIMITS.framesMax - 2;

const headCodec = variant<Head>("snapshot", KIND.snapshot, {
  epoch: random,
  authority,
  all: flag,
  pageCount: whole(0, PAGES_MAX),
});
const pageCodec = variant<Page>("page", KIND.page, {
  service,
  revision: whole(),
  index: whole(0, PAGES_MAX),
  count: whole(1, PAGES_MAX),
  entries: list(entry),
  tombstones: list(tombstone, "tombstonesMax"),
});

/**
 * Head and pages, without the topic. `asked` is the service of the topic, or `*`. Throws `ERR_LIMIT`
 * or `ERR_WIRE` for what cannot travel.
 */
export function encodeSnapshot(message: Snapshot, asked: string): Uint8Array[] {
  const names = message.services.map((one) => one.service);
  const reason = checkServices(names, asked);
  if (reason !== undefined) throw new RollcallError("ERR_WIRE", reason);
  const pages = message.services.flatMap(pagesFor);
  const frames = pages.length + 2;
  if (frames > LIMITS.framesMax) {
    throw new RollcallError(
      "ERR_LIMIT",
      `snapshot has ${frames} frames, more than framesMax ${LIMITS.framesMax}`,
    );
  }
  return [encode(headCodec, { ...message, pageCount: pages.length }, "snapshot"), ...pages];
}

/** The snapshot in head and pages of any bytes. Never throws. */
export function decodeSnapshot(frames: readonly Uint8Array[], asked: string): Decoded<Snapshot> {
  const [first, ...rest] = frames;
  const head = decode(headCodec, first ?? new Uint8Array(), "snapshot");
  if (!head.ok) return head;
  const { pageCount, ...message } = head.value;
  if (pageCount !== rest.length) {
    return rejected(`the snapshot has ${rest.length} pages and not ${pageCount}`);
  }
  const services = readPages(rest);
  if (!services.ok) return services;
  const reason = checkServices(
    services.value.map((one) => one.service),
    asked,
  );
  return reason === undefined
    ? accepted({ ...message, services: services.value })
    : rejected(reason);
}

function checkServices(names: readonly string[], asked: string): string | undefined {
  if (new Set(names).size < names.length) return "the snapshot lists a service twice";
  return asked === ALL || names.every((name) => name === asked)
    ? undefined
    : "the snapshot lists a service that was not asked for";
}

/** Pages of one service follow each other, in order, all of them. */
function readPages(frames: readonly Uint8Array[]): Decoded<readonly ServiceSnapshot[]> {
  const services: ServiceSnapshot[] = [];
  let run: Page[] = [];
  for (const frame of frames) {
    const page = decode(pageCodec, frame, "page");
    if (!page.ok) return page;
    const reason = checkOrder(run, page.value);
    if (reason !== undefined) return rejected(reason);
    run.push(page.value);
    if (run.length < page.value.count) continue;
    const one = assemble(run, page.value);
    if (!one.ok) return one;
    services.push(one.value);
    run = [];
  }
  return run.length === 0 ? accepted(services) : rejected("the snapshot ends within a service");
}

function checkOrder(run: readonly Page[], page: Page): string | undefined {
  const expected = run.length;
  if (page.index !== expected) return `page ${page.index} stands where page ${expected} belongs`;
  const { service: name, revision, count } = run[0] ?? page;
  const belongs = page.service === name && page.revision === revision && page.count === count;
  return belongs ? undefined : "pages of different services or revisions are mixed";
}

function assemble(
  run: readonly Page[],
  { service: name, revision }: Page,
): Decoded<ServiceSnapshot> {
  const entries = run.flatMap((page) => page.entries);
  const tombstones = run.flatMap((page) => page.tombstones);
  if (new Set(entries.map((line) => line.id)).size < entries.length) {
    return rejected("the snapshot lists an id twice");
  }
  if (tombstones.length > LIMITS.tombstonesMax) {
    return rejected("the snapshot has more tombstones than tombstonesMax");
  }
  return accepted({ service: name, revision, entries, tombstones });
}
