import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { documentedBounds } from "./bounds.ts";
import { Checker } from "./checker.ts";
import type { Fact, Run } from "./facts.ts";
import { processOf } from "./stage.ts";

const BOUNDS = documentedBounds();
const [A, B] = ["m0-1/aaaa", "m1-1/bbbb"] as const;
const WATCHERS = ["watchers-0.0", "watchers-1.0"];

type Bare<F> = F extends unknown ? Omit<F, "atMs"> : never;

/** A story of two members in two processes, two watchers and two registrars, told step by step. */
class Story {
  readonly checker = new Checker(BOUNDS, processOf);
  nowMs = 0;

  /** Everybody is up, listed, and has been so for long. */
  static begun(): Story {
    const story = new Story();
    for (const registrar of ["registrar-0", "registrar-1"]) {
      story.happens({ kind: "judging", registrar, isJudging: true });
    }
    for (const watcher of WATCHERS) story.happens({ kind: "watching", watcher });
    for (const run of [A, B]) story.joins(run);
    return story.waits(60_000);
  }

  happens(fact: Bare<Fact>): this {
    this.checker.take({ ...fact, atMs: this.nowMs } as Fact);
    return this;
  }

  joins(run: Run): this {
    return this.happens({ kind: "joined", run, process: processOf(run) }).comes(run);
  }

  comes(run: Run, watchers: readonly string[] = WATCHERS): this {
    for (const watcher of watchers) {
      this.happens({ kind: "emitted", watcher, came: [run], went: [], causes: [] });
    }
    return this;
  }

  goes(run: Run, watchers: readonly string[] = WATCHERS): this {
    for (const watcher of watchers) {
      this.happens({ kind: "emitted", watcher, came: [], went: [run], causes: ["unknown"] });
    }
    return this;
  }

  /** Time passes, and is looked at every 100 ms. */
  waits(ms: number): this {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + 100);
      this.happens({ kind: "tick" });
    }
    return this;
  }

  get rules(): readonly string[] {
    return this.checker.breaches.map(({ rule }) => rule);
  }
}

/** What is in order. */
const CLEAN: Readonly<Record<string, (story: Story) => unknown>> = {
  nothing: (story) => story.waits(60_000),
  "a leave": (story) => story.happens({ kind: "leaving", run: A }).waits(20).goes(A).waits(60_000),
  "a kill and a restart": (story) =>
    story
      .happens({ kind: "killed", process: "members-0" })
      .waits(BOUNDS.outMs - 200)
      .goes(A)
      .joins("m0-1/cccc")
      .waits(60_000),
  "a harmless pause": (story) =>
    story
      .happens({ kind: "frozen", process: "members-0" })
      .waits(400)
      .happens({ kind: "thawed", process: "members-0" })
      .waits(60_000),
  "a long pause": (story) =>
    story
      .happens({ kind: "frozen", process: "members-0" })
      .waits(BOUNDS.outMs - 200)
      .goes(A)
      .waits(2000)
      .happens({ kind: "thawed", process: "members-0" })
      .waits(500)
      .comes(A)
      .waits(60_000),
  "a removal that waits while nobody judges": (story) =>
    story
      .happens({ kind: "judging", registrar: "registrar-0", isJudging: false })
      .happens({ kind: "judging", registrar: "registrar-1", isJudging: false })
      .happens({ kind: "killed", process: "members-0" })
      .waits(20_000)
      .happens({ kind: "judging", registrar: "registrar-0", isJudging: true })
      .happens({ kind: "judging", registrar: "registrar-1", isJudging: true })
      .waits(BOUNDS.outMs - 200)
      .goes(A)
      .waits(60_000),
  "a removal that waits until a lost registrar is noticed": (story) =>
    story
      .happens({ kind: "disturbed", registrar: "registrar-1" })
      .happens({ kind: "killed", process: "members-0" })
      .waits(BOUNDS.outMs + BOUNDS.lostMs - 200)
      .goes(A)
      .happens({ kind: "judging", registrar: "registrar-1", isJudging: true })
      .waits(60_000),
};

for (const [what, tell] of Object.entries(CLEAN)) {
  test(`in order: ${what}`, () => {
    const story = Story.begun();
    tell(story);
    assert.deepEqual(story.checker.breaches, []);
  });
}

/** What is planted, and the rule that has to find it. */
const PLANTED: Readonly<Record<string, readonly [string, (story: Story) => unknown]>> = {
  "a live one leaves one list": ["live one missing", (story) => story.goes(A, [WATCHERS[1] ?? ""])],
  "it comes back at once": ["live one missing", (story) => story.goes(A).comes(A).waits(60_000)],
  "a harmless pause removes": [
    "live one missing",
    (story) =>
      story
        .happens({ kind: "frozen", process: "members-0" })
        .waits(400)
        .happens({ kind: "thawed", process: "members-0" })
        .goes(A),
  ],
  "the other one leaves while one is frozen": [
    "live one missing",
    (story) => story.happens({ kind: "frozen", process: "members-0" }).waits(1000).goes(B),
  ],
  "a newcomer is in one list only": [
    "live one missing",
    (story) =>
      story
        .happens({ kind: "joined", run: "m0-2/dddd", process: "members-0" })
        .comes("m0-2/dddd", [WATCHERS[0] ?? ""])
        .waits(BOUNDS.inMs + 200),
  ],
  "one does not come back from a pause": [
    "live one missing",
    (story) =>
      story
        .happens({ kind: "frozen", process: "members-0" })
        .waits(2000)
        .goes(A)
        .happens({ kind: "thawed", process: "members-0" })
        .waits(BOUNDS.inMs + 200),
  ],
  "a dead one stays in one list": [
    "dead one listed",
    (story) =>
      story
        .happens({ kind: "killed", process: "members-0" })
        .goes(A, [WATCHERS[0] ?? ""])
        .waits(BOUNDS.outMs + 200),
  ],
  "one that left stays": [
    "dead one listed",
    (story) => story.happens({ kind: "leaving", run: A }).waits(BOUNDS.outMs + 200),
  ],
  "a frozen one stays": [
    "dead one listed",
    (story) => story.happens({ kind: "frozen", process: "members-0" }).waits(BOUNDS.outMs + 200),
  ],
  "a dead one comes back": [
    "nobody known listed",
    (story) =>
      story
        .happens({ kind: "leaving", run: A })
        .goes(A)
        .waits(1000)
        .comes(A)
        .waits(BOUNDS.inMs + BOUNDS.outMs + 200),
  ],
  "a registrar learns without end": [
    "spares too long",
    (story) =>
      story
        .happens({ kind: "judging", registrar: "registrar-1", isJudging: false })
        .waits(BOUNDS.spareMs + 200),
  ],
};

for (const [what, [rule, tell]] of Object.entries(PLANTED)) {
  test(`planted: ${what}`, () => {
    const story = Story.begun();
    assert.deepEqual(story.rules, []);
    tell(story);
    assert.deepEqual(new Set(story.rules), new Set([rule]));
  });
}

test("a departure while the machine gives no time is excused, and counted", () => {
  for (const starved of ["members-0", "watchers-1", "registrar-0"]) {
    const story = Story.begun();
    story.happens({ kind: "stalled", process: starved, lastedMs: 2000 }).waits(2500);
    story.goes(A, ["watchers-1.0"]).waits(100).comes(A, ["watchers-1.0"]).waits(60_000);
    assert.deepEqual([story.rules, story.checker.excused], [[], 1], starved);
    assert.deepEqual(story.checker.starvation, { stalls: 1, longestMs: 2000 });
    story.goes(A);
    assert.deepEqual(story.rules, ["live one missing"], `${starved}: not for ever`);
  }
});

test("how long it took until the last list was without it is noted, where registrars were at peace", () => {
  const story = Story.begun();
  story
    .happens({ kind: "leaving", run: A })
    .waits(20)
    .goes(A, [WATCHERS[0] ?? ""]);
  story.waits(10).goes(A, [WATCHERS[1] ?? ""]);
  assert.deepEqual(story.checker.took, [{ what: "leave", ms: 30 }]);
  story.happens({ kind: "disturbed", registrar: "registrar-1" });
  story.happens({ kind: "killed", process: "members-1" }).goes(B);
  assert.equal(story.checker.took.length, 1);
});

test("whatever lists do with live ones, a departure is found and an arrival is none", () => {
  const step = fc.record({ run: fc.constantFrom(A, B), goes: fc.boolean(), ms: fc.nat(3000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const story = Story.begun();
      const gone = new Set<Run>();
      for (const { run, goes, ms } of steps) {
        if (goes) story.goes(run);
        else story.comes(run);
        if (goes) gone.add(run);
        story.waits(ms);
      }
      assert.equal(story.checker.breaches.length, gone.size);
    }),
    { numRuns: 50 },
  );
});
