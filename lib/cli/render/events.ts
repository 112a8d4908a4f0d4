import type { Authority, Change, ConnectionState, ExplanationOf } from "../../index.ts";
import { addressOf } from "./peers.ts";
import type { Paint, Style } from "./style.ts";
import { layLine } from "./table.ts";
import type { Cell } from "./table.ts";
import { pad, visible } from "./text.ts";
import { clock, duration } from "./time.ts";

/** One thing that a watcher saw. */
export type WatchEvent =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "authority"; readonly authority: Authority }
  | { readonly kind: "connection"; readonly connection: ConnectionState };

const WORD_WIDTH = 10;
const CAUSE_WIDTH = 15;

const CHANGE_STYLE: Readonly<Record<Change["kind"], Style>> = {
  joined: "green",
  updated: "cyan",
  left: "red",
};

/** What each authority means for whoever reads the list. */
const TRUST: Readonly<Record<Authority, string>> = {
  live: "the registrar judges who lives",
  learning: "the registrar is new or was stalled and removes nobody yet",
  held: "the registrar refuses a mass loss and removes nobody",
  stale: "no registrar is heard; the list is the last one known",
};

/** An event and when it was seen, in milliseconds since 1970. */
export interface SeenEvent {
  readonly wallMs: number;
  readonly event: WatchEvent;
}

/** An event on one line: time, what, why, who. */
export function eventLine({ wallMs, event }: SeenEvent, width: number, paint: Paint): string {
  const [word, style, ...rest] = partsOf(event);
  const cells: readonly Cell[] = [
    { text: clock(wallMs), style: "dim" },
    { text: pad(word, WORD_WIDTH), style },
    ...rest,
  ];
  return layLine(cells, width, paint);
}

/** How the connection stands, in words. */
export function connectionText(state: ConnectionState, wallMs: number): string {
  switch (state.kind) {
    case "stale":
      return `lost ${duration(Math.max(0, wallMs - state.since))} ago`;
    case "refused":
      return `refused: ${state.code}`;
    case "connecting":
    case "live":
    case "closed":
      return state.kind;
    default:
      return state satisfies never;
  }
}

/** What is remembered of a peer, as a timeline. */
export function explanationLines(found: ExplanationOf, paint: Paint): readonly string[] {
  const { service, id, instance, standing, cause, status, edition, connected } = found;
  const style = standing === "alive" ? "green" : standing === "suspect" ? "yellow" : "red";
  const facts = [
    cause === null ? null : `because of ${cause}`,
    status === null ? null : `status ${status}`,
    edition === null ? null : `edition ${edition}`,
    connected ? "connected" : "not connected",
  ];
  const name = paint("bold", visible(`${service}/${id}`));
  const head = `${name} is ${paint(style, standing)}: ${facts.filter((fact) => fact !== null).join(", ")}`;
  const told = [
    ...found.registrar.map(({ agoMs, event }) => ({ agoMs, text: paint("dim", visible(event)) })),
    ...found.events.map(({ agoMs, event, revision }) => {
      const where = revision === null ? "" : paint("dim", `  revision ${revision}`);
      return { agoMs, text: visible(event) + where };
    }),
  ];
  const events = told
    .toSorted((a, b) => b.agoMs - a.agoMs)
    .map(({ agoMs, text }) => `  ${pad(duration(agoMs), 8, "right")} ago  ${text}`);
  const forgotten = found.dropped > 0 ? [`  ${found.dropped} earlier events are forgotten`] : [];
  const who = instance === null ? [] : [`instance ${visible(instance)}`];
  return [head, ...who, ...forgotten, ...events];
}

function partsOf(event: WatchEvent): readonly [word: string, style: Style, ...rest: Cell[]] {
  switch (event.kind) {
    case "change": {
      const { kind, cause, peer } = event.change;
      const why = pad(kind === "updated" ? peer.status : cause, CAUSE_WIDTH);
      const name = `${peer.service}/${peer.id}`;
      const address = addressOf(peer);
      return [
        kind,
        CHANGE_STYLE[kind],
        { text: why },
        { text: name },
        { text: address, style: "dim" },
      ];
    }
    case "authority": {
      const { authority } = event;
      const style = authority === "live" ? "green" : "yellow";
      return [
        "authority",
        style,
        { text: pad(authority, CAUSE_WIDTH) },
        { text: TRUST[authority] },
      ];
    }
    case "connection": {
      const { connection } = event;
      const style = connection.kind === "live" ? "green" : "yellow";
      const code = connection.kind === "refused" ? `: ${connection.code}` : "";
      return ["connection", style, { text: connection.kind + code }];
    }
    default:
      return event satisfies never;
  }
}
