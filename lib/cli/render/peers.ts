import type { Peer, Standing, Status } from "../../index.ts";
import type { Paint, Style } from "./style.ts";
import { layTable } from "./table.ts";
import type { Cell, Column } from "./table.ts";
import { age } from "./time.ts";

const COLUMNS: readonly Column[] = [
  { title: "SERVICE", rank: 7, least: 8, optional: true },
  { title: "ID", rank: 10, least: 12 },
  { title: "ADDRESS", rank: 8, least: 15 },
  { title: "STATUS", rank: 6 },
  { title: "STANDING", rank: 9 },
  { title: "ZONE", rank: 4, least: 6, optional: true },
  { title: "WEIGHT", rank: 3, align: "right" },
  { title: "VERSION", rank: 2, least: 6, optional: true },
  { title: "TAGS", rank: 1, least: 8, optional: true },
  { title: "AGE", rank: 5, align: "right" },
];

const STANDING_STYLE: Readonly<Record<Standing, Style>> = {
  alive: "green",
  suspect: "yellow",
  gone: "red",
};

const STATUS_STYLE: Readonly<Record<Status, Style>> = {
  passing: "plain",
  unknown: "dim",
  warning: "yellow",
  draining: "yellow",
  critical: "red",
};

/** What a table of peers needs beside them. */
export interface PeerTableOptions {
  readonly width: number;
  /** For the ages, in milliseconds since 1970. */
  readonly wallMs: number;
  readonly paint: Paint;
  /** Names the service of each peer; not needed where there is only one. */
  readonly showsService: boolean;
}

/** Peers as a table that fits `width`; the first line is the head. */
export function peerTable(peers: readonly Peer[], options: PeerTableOptions): readonly string[] {
  const rows = peers.map((peer) => rowOf(peer, options));
  return layTable({ columns: COLUMNS, rows }, options.width, options.paint);
}

/** Host and port as one writes them; the brackets of IPv6 included. */
export function addressOf({ address, port }: Pick<Peer, "address" | "port">): string {
  if (port === 0) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function rowOf(peer: Peer, { wallMs, showsService }: PeerTableOptions): readonly Cell[] {
  return [
    { text: showsService ? peer.service : "" },
    { text: peer.id },
    { text: addressOf(peer) },
    { text: peer.status, style: STATUS_STYLE[peer.status] },
    { text: peer.standing, style: STANDING_STYLE[peer.standing] },
    { text: peer.zone ?? "" },
    { text: String(Number(peer.weight.toPrecision(6))) },
    { text: peer.version ?? "" },
    { text: peer.tags.join(",") },
    { text: age(wallMs - peer.joinedAt) },
  ];
}
