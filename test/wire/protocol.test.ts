import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import { INTERVAL_MS_MAX } from "../../lib/wire/scalars.ts";
import { examplesOf, problemsOf } from "./protocol-document.ts";

const document = readFileSync(new URL("../../lib/wire/PROTOCOL.md", import.meta.url), "utf8");

test("every claim of PROTOCOL.md that can be checked holds", () => {
  assert.deepEqual(problemsOf(document), []);
  assert.ok(examplesOf(document).length >= 19);
});

test("PROTOCOL.md names every limit that a message can meet", () => {
  // What a process remembers is no matter of the wire.
  const inner = new Set([
    "historyMax",
    "departedMax",
    "turnedAwayMax",
    "historyBytesMax",
    "historyNamesMax",
    "registrarEventsMax",
    "followedServicesMax",
    "waitingMax",
    "waitingBytesMax",
  ]);
  const missing = Object.keys(LIMITS).filter(
    (name) => !inner.has(name) && !document.includes(`| \`${name}\``),
  );
  assert.deepEqual(missing, []);
  assert.ok(document.includes(`1 to ${INTERVAL_MS_MAX} ms`));
});

/** Mistakes, each planted alone, and how it is told. */
const PLANTED: readonly (readonly [from: string | RegExp, to: string, problem: RegExp])[] = [
  ["92 02 07\n", "92 02 08\n", /example of survey does not hold/],
  ["92 02 07\n", "92 02\n", /example of survey does not hold/],
  // A wider integer is read the same, but not written so.
  ["92 02 07\n", "92 02 cc 07\n", /example of survey does not hold/],
  ['"round":7}', '"round":8}', /example of survey does not hold/],
  [
    "```rollcall to-client survey",
    "```rollcall to-registrar survey",
    /example of survey does not hold/,
  ],
  ["```rollcall to-client survey", "```rollcall to-client rejoin", /survey has no example/],
  ["```rollcall roster snapshot", "```text", /snapshot has no example/],
  ["\n--\n", "\n", /example of delta does not hold/],
  ['"bytes": 171', '"bytes": 172', /example of join does not hold/],
  ["#### `17` join", "#### `16` join", /join is 17/],
  ["`[17, version", "`[16, version", /join is 17/],
  ["#### `37` page", "#### page", /page is 37/],
  ["`[3, id name, instance", "`[4, id name, instance", /the change gone is 3/],
  [/\| `tagsMax` +\| 64 /, "| `tagsMax` | 65 ", /the limit tagsMax is 64/],
  [/`ERR_LIMIT` +\| yes/, "`ERR_LIMIT` | no", /ERR_LIMIT is told wrongly/],
  [/^\| `\w+Max` .*\n/gm, "", /a table is missing/],
];

for (const [from, to, problem] of PLANTED) {
  test(`a mistake is noticed: ${String(from).trim()} as ${JSON.stringify(to)}`, () => {
    const planted = document.replace(from, to);
    assert.notEqual(planted, document);
    assert.match(problemsOf(planted).join("\n"), problem);
  });
}
