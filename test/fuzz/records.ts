import assert from "node:assert/strict";
import fc from "fast-check";
import { explanationLines } from "../../lib/cli/render/events.ts";
import { explanationIn, pageIn } from "../../lib/client/reading.ts";
import { describePeerEvent, describeRegistrarEvent } from "../../lib/core/record-text.ts";
import { RollcallError } from "../../lib/core/errors.ts";
import { checkRecording } from "../../lib/core/record-check.ts";
import { PEER_EVENTS, RECORDING, REGISTRAR_EVENTS } from "../core/record-samples.ts";
import { hostile } from "./decoders.ts";
import { FRAMES, targetOf } from "./target.ts";
import type { Target } from "./target.ts";

/*
 * What a registrar remembers comes as text. Whatever that is, it is refused with ERR_WIRE, or can be
 * shown and told without a word of control to the terminal.
 */

const [PEER] = RECORDING.peers;
const PAGES = [
  { head: { ...RECORDING, peers: undefined, takenAt: undefined }, peers: RECORDING.peers },
  { head: null, peers: RECORDING.peers },
  { head: null, peers: [] },
];
const EXPLAINED = {
  ...PEER,
  events: Object.values(PEER_EVENTS).map((detail, at) => {
    return { agoMs: 90 - at, event: describePeerEvent(detail), detail, revision: at };
  }),
  registrar: Object.values(REGISTRAR_EVENTS).map((detail, at) => {
    return { agoMs: 90 - at, event: describeRegistrarEvent(detail), detail };
  }),
};

/** What was made of a text; undefined where it was refused as it should be. */
function read<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    assert.ok(error instanceof RollcallError && error.code === "ERR_WIRE", String(error));
    return undefined;
  }
}

/** Anything that moves the cursor or paints; lines are printed one by one. */
// oxlint-disable-next-line no-control-regex -- finding these is what it is for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const plain = (_style: string, text: string): string => text;

function text(frames: readonly Uint8Array[]): string {
  return Buffer.from(frames[0] ?? []).toString("utf8");
}

/** What somebody could put in the place of a value, or undefined to take it away. */
const other = fc.oneof(
  fc.constantFrom(undefined, null, "\u001b[2J", "constructor", "\n", -1, 1e308, {}, []),
  fc.jsonValue({ maxDepth: 1 }),
);

/** The same value with another one at the place with that number, counted in the order of JSON. */
function replaced(value: unknown, place: number, by: unknown): unknown {
  let at = 0;
  return JSON.parse(
    JSON.stringify(value, (_key, here: unknown) => {
      at += 1;
      return at === place + 1 ? by : here;
    }) ?? "null",
  );
}

function placesIn(value: unknown): number {
  let count = 0;
  JSON.stringify(value, (_key, here: unknown) => {
    count += 1;
    return here;
  });
  return count;
}

/** Texts with damaged bytes, and whole ones with something else in one or two places. */
function seeds(values: readonly unknown[]): fc.Arbitrary<readonly Uint8Array[]> {
  const written = (value: unknown): readonly Uint8Array[] => [Buffer.from(JSON.stringify(value))];
  const edit = fc.record({ place: fc.nat(placesIn(values[0])), by: other });
  const changed = fc
    .record({ value: fc.constantFrom(...values), edits: fc.array(edit, { maxLength: 2 }) })
    .map(({ value, edits }) =>
      edits.reduce((all, { place, by }) => replaced(all, place, by), value),
    );
  return fc.oneof(hostile(fc.constantFrom(...values.map(written))), changed.map(written));
}

/** What clients read of what registrars remember. */
export const RECORDS: readonly Target[] = [
  targetOf({
    name: "explanation",
    covers: ["lib/client/reading.ts explanationIn", "lib/core/record-check.ts checkExplanation"],
    arbitrary: seeds([EXPLAINED, null]),
    check: (frames) => {
      const found = read(() => explanationIn(text(frames)));
      if (found === undefined) return;
      for (const line of explanationLines(found, plain)) assert.doesNotMatch(line, CONTROL);
    },
    ...FRAMES,
  }),
  targetOf({
    name: "recording",
    covers: ["lib/client/reading.ts pageIn", "lib/core/record-check.ts checkRecording"],
    arbitrary: seeds(PAGES),
    check: (frames) => {
      const page = read(() => pageIn(text(frames)));
      if (page === undefined) return;
      const head = page.head ?? PAGES[0]?.head;
      const recording = read(() => checkRecording({ ...head, takenAt: 0, peers: page.peers }));
      for (const event of recording?.registrar ?? []) describeRegistrarEvent(event);
      for (const { events } of recording?.peers ?? []) events.forEach(describePeerEvent);
    },
    ...FRAMES,
  }),
];
