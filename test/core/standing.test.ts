import assert from "node:assert/strict";
import { test } from "node:test";
import type { LeftCause, Standing } from "../../lib/core/peer.ts";
import { afterSighting, CAUSES, renderStandings, TRANSITIONS } from "../../lib/core/standing.ts";
import type { Sighting } from "../../lib/core/standing.ts";

type Row = readonly [
  sighting: Sighting,
  ifAlive: Standing | undefined,
  ifSuspect: Standing | undefined,
  cause: LeftCause | undefined,
];

/** Every sighting against every standing, written down a second time on purpose. */
const TABLE: readonly Row[] = [
  ["answered", "alive", "alive", undefined],
  ["returned", "alive", "alive", undefined],
  ["connectionLost", "suspect", "suspect", "connection-lost"],
  ["fellSilent", "suspect", undefined, "missed-surveys"],
  ["notReturned", "suspect", undefined, "not-returned"],
  ["saidGoodbye", "gone", "gone", "goodbye"],
  ["replaced", "gone", "gone", "replaced"],
  ["expired", undefined, "gone", undefined],
  ["reported", "suspect", undefined, "health-check"],
  ["cleared", undefined, "alive", undefined],
  ["expelled", "gone", "gone", "unknown"],
];

for (const [sighting, ifAlive, ifSuspect, cause] of TABLE) {
  test(`${sighting} makes ${ifAlive ?? "nothing"} of the living and ${ifSuspect ?? "nothing"} of a suspect`, () => {
    assert.equal(afterSighting("alive", sighting), ifAlive);
    assert.equal(afterSighting("suspect", sighting), ifSuspect);
    assert.equal(CAUSES[sighting], cause);
  });
}

test("the table knows no other sighting", () => {
  const known = new Set<string>(TABLE.map(([sighting]) => sighting));
  const used = [...Object.values(TRANSITIONS).flatMap(Object.keys), ...Object.keys(CAUSES)];
  assert.deepEqual(
    used.filter((sighting) => !known.has(sighting)),
    [],
  );
});

test("the picture has a line for every transition and an entrance", () => {
  const lines = renderStandings().trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 2), ["stateDiagram-v2", "  [*] --> alive: joined"]);
  for (const [sighting, ifAlive, ifSuspect] of TABLE) {
    const expected = [`alive --> ${ifAlive}: ${sighting}`, `suspect --> ${ifSuspect}: ${sighting}`];
    for (const line of expected.filter((text) => !text.includes("undefined"))) {
      assert.ok(lines.includes(`  ${line}`), line);
    }
  }
  assert.equal(lines.length, 2 + 9 + 8);
});
