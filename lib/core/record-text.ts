import type { PeerEvent, RegistrarEvent } from "./record-event.ts";
import type { Sighting } from "./standing.ts";

const SIGHTINGS: Readonly<Record<Sighting, string>> = {
  answered: "answered",
  returned: "joined again",
  connectionLost: "connection lost",
  fellSilent: "fell silent",
  notReturned: "did not return",
  saidGoodbye: "said goodbye",
  replaced: "replaced",
  expired: "time is up",
  reported: "reported unreachable",
  cleared: "no longer reported",
  expelled: "lost its right to be listed",
};

type Proved = Extract<PeerEvent, { kind: "proved" }>;

/** What happened to a peer, in words. */
export function describePeerEvent(event: PeerEvent): string {
  // The table has for each kind a function of that kind; the compiler cannot follow that.
  const words = WORDS[event.kind] as (event: PeerEvent) => string;
  return words(event);
}

const WORDS: {
  readonly [K in PeerEvent["kind"]]: (event: Extract<PeerEvent, { kind: K }>) => string;
} = {
  joined: ({ instance, edition, address, isReturning }) => {
    const at = address === "" ? "" : `, at ${address}`;
    const before = isReturning ? ", listed by a registrar before this one" : "";
    return `joined: instance ${instance}, edition ${edition}${at}${before}`;
  },
  reconnected: ({ wasOpen }) =>
    `reconnected${wasOpen ? ", while its connection before seemed open" : ""}`,
  updated: ({ edition, status }) => `updated: edition ${edition}, ${status}`,
  late: ({ round, missed, isProbed }) =>
    `answer is late: round ${round}, ${missed} in a row${isProbed ? ", asked again" : ""}`,
  answered: ({ round, missed, stalledMs }) => {
    const stood = stalledMs > 0 ? `, its event loop stood still for ${stalledMs} ms` : "";
    return `answered round ${round} after ${missed} without an answer${stood}`;
  },
  suspect: ({ cause }) => `suspect: ${cause}`,
  alive: ({ by }) => `alive again: ${by === "restored" ? "very many are lost" : SIGHTINGS[by]}`,
  spared: ({ sighting }) => `${SIGHTINGS[sighting]}, not judged while learning`,
  held: ({ sighting, lost, of }) => `${SIGHTINGS[sighting]}, held: ${lost} of ${of} are lost`,
  released: () => "no longer held: judged now",
  stalled: ({ stalledMs }) => `its event loop stood still for ${stalledMs} ms`,
  reported: ({ what, reporters, needed }) =>
    `${REPORTS[what]}: ${reporters} of ${needed} that it takes`,
  challenged: ({ by }) => `challenged by instance ${by}`,
  kept: ({ against }) => `kept its id against instance ${against}`,
  refused: ({ instance, code }) => `refused instance ${instance}: ${code}`,
  fenced: ({ edition, atRevision, named, anonymous }) =>
    `${partingOf({ edition })} in revision ${atRevision}, to be acknowledged by ${named} named consumers, ${anonymous} are anonymous`,
  proved: provedText,
  gone: ({ cause }) => `gone: ${cause}`,
};

/** What happened to the registrar, in words. */
export function describeRegistrarEvent(event: RegistrarEvent): string {
  switch (event.kind) {
    case "started":
      return "registrar started, is learning";
    case "stalled":
      return `registrar stood still for ${event.lateMs} ms, is learning`;
    case "learned":
      return "registrar has learned, judges";
    case "path":
      return event.isLossy
        ? `packets are lost: ${event.late} answered late, ${event.of} members, more questions are asked`
        : "no packets are lost any more";
    case "holding": {
      const how = event.by === "silence" ? "are silent" : "lost their connections";
      return `registrar holds removals: ${event.lost} of ${event.of} ${how}`;
    }
    case "released": {
      const why = event.isCeiling ? "held for as long as it may" : "enough are back";
      return `registrar judges again: ${why}, ${event.judged} to be judged`;
    }
    default:
      return event satisfies never;
  }
}

const REPORTS = {
  unreachable: "reported unreachable",
  reachable: "report withdrawn",
  expired: "report ended",
} as const;

function partingOf({ edition }: { readonly edition: number | null }): string {
  return edition === null ? "goodbye" : `edition ${edition} drains`;
}

function provedText(event: Proved): string {
  const { acknowledged, acknowledgedCount, missing, missingCount, anonymous } = event;
  const isComplete = missingCount === 0 && anonymous === 0;
  const parts = [
    `acknowledged by ${countText(acknowledgedCount, acknowledged)}`,
    ...(missingCount > 0 ? [`missing ${countText(missingCount, missing)}`] : []),
    ...(anonymous > 0 ? [`${anonymous} anonymous`] : []),
  ];
  return `proof ${isComplete ? "complete" : "incomplete"}: ${partingOf(event)}, ${parts.join(", ")}`;
}

function countText(count: number, names: readonly string[]): string {
  if (names.length === 0) return String(count);
  return `${count} (${names.join(" ")}${count > names.length ? " …" : ""})`;
}
