import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filesUnder } from "../tidy/source.ts";
import { keptOf } from "./corpus.ts";
import { FRAMES, jsonOf, targetOf } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** All targets together; each has the same part of it. */
const SECONDS = 8;

for (const target of TARGETS) {
  test(`${target.name}: nothing that a stranger sends makes it fail`, () => {
    for (const { text } of keptOf(target)) target.replay(text);
    const { inputs, finding } = target.search({ seconds: SECONDS / TARGETS.length });
    assert.equal(finding, undefined);
    assert.ok(inputs > 0);
  });
}

/** Functions that take bytes or text of others, or what was made of them. */
const DECODER = /^export function ((?:decode|unpack|scan|read|parseTopic)\w*)\b/gm;
/** Functions that check what was parsed from JSON. */
const CHECKED = /^export function (check\w+)\b/gm;
/** Functions that find something in a text of a registrar. */
const FOUND = /^export function (\w+In)\b/gm;
/** Keys come from allow lists and from peers; whole files only from whoever runs this. */
const KEY = /^export function (decode\w+)\b/gm;
/** Classes that take an input and the time, or tell whether a message may pass. */
const MACHINE = /^export class (\w+)\b(?=[\s\S]*\b(?:handle\(\s*input|admits\(route))/gm;

function exported(folder: string, shape: RegExp): readonly string[] {
  return filesUnder(folder, ".ts").flatMap(({ path, text }) =>
    [...text.matchAll(shape)].map(([, name]) => `${path} ${name}`),
  );
}

test("every decoder and every machine has a target, and each target feeds what there is", () => {
  const there = [
    ...exported("lib/wire", DECODER),
    ...exported("lib/transport", DECODER),
    ...exported("lib/core", DECODER),
    ...exported("lib/core", CHECKED),
    ...exported("lib/client", DECODER),
    ...exported("lib/client", FOUND),
    ...exported("lib/keys", KEY),
    ...exported("lib/core", MACHINE),
    ...exported("lib/registrar", MACHINE),
  ];
  const covered = TARGETS.flatMap(({ covers }) => covers);
  assert.deepEqual(there.toSorted(), covered.toSorted());
  assert.ok(there.length >= 12, there.join(", "));
});

/** Modules of core that no machine is made of. */
const PLAIN = /export (?:type|interface)/;

test("each part of core that keeps time is part of a machine that is fed", () => {
  const files = new Map(filesUnder("lib/core", ".ts").map((file) => [file.path, file.text]));
  const reached = new Set<string>();
  const reach = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const [, other] of (files.get(path) ?? "").matchAll(/from "\.\/([\w-]+\.ts)"/g)) {
      reach(`lib/core/${other}`);
    }
  };
  reach("lib/core/surveyor.ts");
  reach("lib/core/client.ts");
  const clockworks = [...files].filter(([, text]) => /\bnextMs\(\)|nextDeadlineMs/.test(text));
  const apart = clockworks.filter(([path, text]) => !reached.has(path) && !PLAIN.test(text));
  assert.deepEqual(
    apart.map(([path]) => path),
    [],
  );
  assert.ok(clockworks.length >= 15);
});

const PLANTED = {
  name: "planted",
  covers: [],
  arbitrary: fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 4 }),
  check: (frames: readonly Uint8Array[]): void => {
    assert.ok(!frames.some((frame) => frame.includes(0x7f)), "the byte 7f");
  },
  ...FRAMES,
};

test("a planted fault is found, made small, written down, and found again from what was written", () => {
  const target = targetOf(PLANTED);
  const { finding } = target.search({ seconds: 5, seed: 1 });
  assert.equal(finding?.text, "7f");
  assert.match(finding.why, /the byte 7f/);
  assert.throws(() => target.replay("- 00 007f"), /the byte 7f/);
  target.replay("- 00");
  assert.deepEqual(FRAMES.read("- 00ff"), [new Uint8Array(), Uint8Array.of(0, 255)]);
  const json = jsonOf<{ readonly a: number }>();
  assert.deepEqual(json.read(json.write({ a: 1 })), { a: 1 });
});

test("a search ends with its time, and with its inputs", () => {
  const target = targetOf({ ...PLANTED, check: () => undefined });
  const startMs = performance.now();
  assert.ok(target.search({ seconds: 0.2 }).inputs > 100);
  assert.ok(performance.now() - startMs < 5000);
  assert.equal(target.search({ seconds: 60, runs: 50, seed: 3 }).inputs, 50);
});
