import assert from "node:assert/strict";
import { ERRORS, isErrorCode } from "../../lib/core/errors.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import { CHANGE, KIND } from "../../lib/wire/kinds.ts";
import { decodeRoster, encodeRoster } from "../../lib/wire/roster.ts";
import {
  decodeFromRegistrar,
  decodeToRegistrar,
  encodeToClient,
  encodeToRegistrar,
} from "../../lib/wire/survey.ts";
import { bytesOf, valueOf } from "./frames.ts";

/*
 * What PROTOCOL.md claims, held against the code. An example is a fenced block
 *
 *     ```rollcall <to-client | to-registrar | roster> <kind>
 *     <bytes of a frame in hexadecimal, over several lines; "--" stands between frames>
 *     { <the decoded message in JSON; bytes are written as hexadecimal text> }
 *     ```
 */

interface Example {
  readonly where: string;
  readonly kind: string;
  readonly frames: readonly Uint8Array[];
  readonly value: unknown;
}

/** Everything that is wrong with the document. */
export function problemsOf(document: string): readonly string[] {
  return [
    ...problemsOfExamples(document),
    ...problemsOfNumbers(document),
    ...problemsOfTables(document),
  ];
}

export function examplesOf(document: string): readonly Example[] {
  const blocks = document.matchAll(/^```rollcall (\S+) (\S+)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, where = "", kind = "", body = ""]) => {
    const start = body.search(/^\{/m);
    const frames = body.slice(0, start).split(/^--$/m).map(bytesOf);
    const value: unknown = JSON.parse(body.slice(start), revive);
    return { where, kind, frames, value };
  });
}

/** The one field that holds bytes in the program as well. */
function revive(key: string, value: unknown): unknown {
  return key === "proof" && typeof value === "string" ? bytesOf(value) : value;
}

function problemsOfExamples(document: string): readonly string[] {
  const examples = examplesOf(document);
  const kinds = new Set(examples.map(({ kind }) => kind));
  const missing = Object.keys(KIND).filter((kind) => kind !== "page" && !kinds.has(kind));
  return [
    ...missing.map((kind) => `${kind} has no example`),
    ...examples.flatMap((example) => {
      try {
        assertHolds(example);
        return [];
      } catch (error) {
        return [`the example of ${example.kind} does not hold: ${String(error)}`];
      }
    }),
  ];
}

function assertHolds({ where, kind, frames, value }: Example): void {
  const [frame = new Uint8Array()] = frames;
  if (where === "roster") {
    const { topic, message } = valueOf(decodeRoster(frames));
    assert.deepEqual({ topic, message }, value);
    assert.equal(message.kind, kind);
    return assert.deepEqual(encodeRoster(message, topic), frames);
  }
  assert.equal(frames.length, 1);
  if (where === "to-client") {
    const message = valueOf(decodeFromRegistrar(frame));
    assert.deepEqual({ ...message }, value);
    assert.equal(message.kind, kind);
    return assert.deepEqual(encodeToClient(message), frame);
  }
  assert.equal(where, "to-registrar");
  const message = valueOf(decodeToRegistrar(frame));
  assert.deepEqual({ ...message }, value);
  assert.equal(message.kind, kind);
  assert.deepEqual(encodeToRegistrar(message), frame);
}

/** Headings such as "#### `17` join", and the arrays below them that open with the same number. */
function problemsOfNumbers(document: string): readonly string[] {
  const sections = document.matchAll(/^#### `(\d+)` (\w+)\n+(?:Topic [^[]*)?`\[(\d+)/gm);
  const told = new Map(
    [...sections].map(([, number, kind, first]) => [kind, `${number} ${first}`]),
  );
  const problems = Object.entries(KIND)
    .filter(([kind, number]) => told.get(kind) !== `${number} ${number}`)
    .map(([kind, number]) => `${kind} is ${number}, not ${told.get(kind)}`);
  const changes = Object.entries(CHANGE)
    .filter(
      ([kind, number]) => !new RegExp(`^\\| \`${kind}\` +\\| \`\\[${number},`, "m").test(document),
    )
    .map(([kind, number]) => `the change ${kind} is ${number}`);
  return [...problems, ...changes];
}

function problemsOfTables(document: string): readonly string[] {
  const limits = [...document.matchAll(/^\| `(\w+Max)` +\| (\d+) /gm)].map(([, name, most]) => [
    name,
    Number(most),
  ]);
  const known = new Map<unknown, unknown>(Object.entries(LIMITS));
  const wrong = limits.filter(([name, most]) => known.get(name) !== most);
  const codes = [...document.matchAll(/^\| `(ERR_\w+)` +\| (yes|no) /gm)];
  const lies = codes.filter(
    ([, code = "", again]) => !isErrorCode(code) || ERRORS[code].retryable !== (again === "yes"),
  );
  return [
    ...wrong.map(([name]) => `the limit ${name} is ${String(known.get(name))}`),
    ...lies.map(([, code]) => `the code ${code} is told wrongly`),
    ...(limits.length < 20 || codes.length < 6 ? ["a table is missing"] : []),
  ];
}
