import type { ConnectionState, Peer, View } from "../../index.ts";
import { connectionText, eventLine } from "./events.ts";
import type { SeenEvent } from "./events.ts";
import { peerTable } from "./peers.ts";
import type { Paint } from "./style.ts";
import { fit, visible } from "./text.ts";

/** All that a live view shows at one moment. */
export interface FrameState {
  /** What is being watched. */
  readonly title: string;
  readonly view: View;
  /** False before the first snapshot. */
  readonly hasView: boolean;
  readonly connection: ConnectionState;
  readonly showsService: boolean;
  /** Oldest first; as many of the last ones are shown as there is room for. */
  readonly events: readonly SeenEvent[];
  /** Lines below everything, such as log lines or what a demo is about to do. */
  readonly notes: readonly string[];
}

/** The room there is and how to use it. */
export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly wallMs: number;
  readonly paint: Paint;
}

const EVENTS_MAX = 8;
/** Below this many peers the table gives no more room to events. */
const PEERS_KEPT = 5;

/**
 * A live view as lines that fit the terminal: head, table, last events, notes. Where room is short,
 * events go first, then peers, whose number is told instead.
 */
export function frame(state: FrameState, options: FrameOptions): readonly string[] {
  const { rows, columns, paint, wallMs } = options;
  const head = [...headLines(state, options), ""];
  const notes = state.notes.slice(-3).map((note) => fit(visible(note), columns));
  const foot = notes.length === 0 ? [] : ["", ...notes.map((note) => paint("dim", note))];
  const room = Math.max(2, rows - head.length - foot.length);
  const wanted = Math.min(state.view.peers.length, PEERS_KEPT) + 3;
  const eventRoom = Math.max(0, Math.min(EVENTS_MAX, room - wanted));
  const events = state.events
    .slice(state.events.length - Math.min(eventRoom, state.events.length))
    .map((event) => eventLine(event, columns, paint));
  const tail = events.length === 0 ? [] : ["", ...events];
  const table = tableLines(state, { columns, paint, wallMs, rows: room - tail.length });
  return [...head, ...table, ...tail, ...foot].slice(0, Math.max(1, rows));
}

function headLines(state: FrameState, { columns, paint, wallMs }: FrameOptions): string[] {
  const { view, connection, hasView } = state;
  const title = fit(visible(state.title), columns);
  const alive = view.peers.filter((peer) => peer.standing === "alive").length;
  const facts = [
    `connection ${connectionText(connection, wallMs)}`,
    hasView ? `authority ${view.authority}` : "waiting for the first list",
    ...(hasView ? [`revision ${view.revision}`, counted(view.peers, alive)] : []),
  ].join("   ");
  const isFine = connection.kind === "live" && hasView && view.authority === "live";
  return [paint("bold", title), paint(isFine ? "green" : "yellow", fit(facts, columns))];
}

function counted(peers: readonly Peer[], alive: number): string {
  const suspect = peers.length - alive;
  return suspect === 0 ? `${alive} alive` : `${alive} alive, ${suspect} suspect`;
}

function tableLines(state: FrameState, options: FrameOptions): readonly string[] {
  const { columns: width, rows, wallMs, paint } = options;
  const { showsService, view } = state;
  if (!state.hasView) return [];
  const [head = "", ...lines] = peerTable(view.peers, { width, wallMs, paint, showsService });
  if (lines.length === 0) return [head, paint("dim", "nobody")];
  const room = Math.max(1, rows - 1);
  if (lines.length <= room) return [head, ...lines];
  const shown = lines.slice(0, room - 1);
  const left = lines.length - shown.length;
  return [head, ...shown, paint("dim", fit(`… and ${left} more`, width))];
}
