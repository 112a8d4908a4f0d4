import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "../../lib/core/limits.ts";
import { Inbox, type Urgency } from "../../lib/registrar/inbox.ts";

/** An inbox whose clock goes on only by what handling costs. */
class Rig {
  readonly handled: string[] = [];
  readonly failures: unknown[] = [];
  nowMs = 0;
  readonly inbox = new Inbox(
    () => this.nowMs,
    (error) => this.failures.push(error),
  );

  take(route: string, text: string, urgency: Urgency, { costMs = 0, bytes = 0 } = {}): void {
    const handle = (): void => {
      this.nowMs += costMs;
      this.handled.push(text);
      if (text === "bad") throw new Error(text);
    };
    this.inbox.take({ route, urgency, bytes, handle });
  }

  /** Newcomers of whom each costs a millisecond: the first is handled, and the others wait. */
  crowd(count: number): void {
    for (let n = 0; n < count; n += 1) this.take(`r${n}`, `new ${n}`, "new", { costMs: 1 });
  }

  /** Lets the event loop turn until nobody waits; returns how often it did. */
  async drain(): Promise<number> {
    let turns = 0;
    for (; this.inbox.size > 0; turns += 1) {
      assert.ok(turns < 100_000);
      await turn();
    }
    return turns;
  }
}

test("who comes alone is handled within the call", () => {
  const rig = new Rig();
  rig.take("a", "one", "new");
  rig.take("b", "two", "known");
  rig.take("b", "three", "now");
  assert.deepEqual(rig.handled, ["one", "two", "three"]);
  assert.equal(rig.inbox.size, 0);
});

test("answers of members waited for seconds while a crowd joined: now they wait for nobody", async () => {
  const rig = new Rig();
  rig.crowd(1000);
  rig.take("member", "answer", "now");
  assert.deepEqual(rig.handled, ["new 0", "answer"]);
  rig.take("member", "leave", "known");
  assert.deepEqual(rig.handled, ["new 0", "answer", "leave"], "it does not wait for newcomers");
  assert.ok((await rig.drain()) >= 999 / 5, "5 ms in a turn");
  assert.equal(rig.handled.at(-1), "new 999");
});

test("a crowd that leaves is handled in slices, and newcomers still come in", async () => {
  const rig = new Rig();
  for (let n = 0; n < 100; n += 1) rig.take(`l${n}`, `leave ${n}`, "known", { costMs: 1 });
  rig.take("n", "new", "new");
  rig.crowd(20);
  await turn();
  assert.ok(rig.handled.includes("new") && rig.handled.includes("new 4"));
  assert.ok(!rig.handled.includes("leave 50"));
  await rig.drain();
  assert.equal(rig.handled.length, 121);
});

test("who says little does not wait behind who says much", async () => {
  const rig = new Rig();
  for (let n = 0; n < 1000; n += 1) rig.take("flood", `flood ${n}`, "known", { costMs: 1 });
  rig.take("quiet", "update", "known");
  await turn();
  assert.ok(rig.handled.indexOf("update") <= 3, `${rig.handled.indexOf("update")}`);
  rig.inbox.close();
});

test("what waits costs at most its share of one turn", async () => {
  const rig = new Rig();
  rig.crowd(100);
  const beganMs = rig.nowMs;
  await turn();
  assert.ok(rig.nowMs - beganMs >= 5 && rig.nowMs - beganMs <= 6, `${rig.nowMs - beganMs}`);
});

test("one that throws costs itself alone", async () => {
  const rig = new Rig();
  rig.crowd(2);
  rig.take("x", "bad", "new");
  rig.take("y", "good", "new");
  await rig.drain();
  assert.equal(rig.failures.length, 1);
  assert.deepEqual(rig.handled, ["new 0", "new 1", "bad", "good"]);
});

test("where too many wait the oldest are handled at once", async () => {
  const rig = new Rig();
  rig.crowd(LIMITS.waitingMax + 3);
  assert.deepEqual([rig.inbox.size, rig.handled.length], [LIMITS.waitingMax, 3]);
  rig.inbox.close();
  const heavy = new Rig();
  heavy.crowd(1);
  const bytes = LIMITS.waitingBytesMax / 4;
  for (let n = 0; n < 6; n += 1) heavy.take(`h${n}`, `heavy ${n}`, "new", { bytes });
  assert.deepEqual(heavy.handled, ["new 0", "heavy 0", "heavy 1"]);
  await heavy.drain();
  heavy.nowMs += 100;
  for (let n = 0; n < 4; n += 1) heavy.take(`h${n}`, `again ${n}`, "new", { bytes, costMs: 1 });
  assert.equal(heavy.inbox.size, 3, "the bytes of those who were handled are free");
});

test("the end of a crowd whose answers find nobody kept the event loop for seconds", async () => {
  const rig = new Rig();
  rig.crowd(1);
  const end = (route: string): void =>
    rig.inbox.take({
      route,
      urgency: "known",
      bytes: 0,
      isEnd: true,
      handle: () => rig.handled.push(`${route} ended`),
    });
  // Each of them is told something, finds nobody, and that is how its end is noticed.
  const handle = (route: string) => (): void => {
    rig.handled.push(route);
    end(route);
  };
  for (let n = 0; n <= LIMITS.waitingMax; n += 1) {
    const route = n === 0 ? "a" : `x${n}`;
    rig.inbox.take({ route, urgency: "new", bytes: 0, handle: handle(route) });
  }
  assert.deepEqual(rig.handled, ["new 0", "a", "a ended"], "reading alone slows down");
  for (const _ of [1, 2, 3]) end("x7");
  assert.equal(rig.handled.length, 3);
  await rig.drain();
  assert.equal(rig.handled.filter((text) => text === "x7 ended").length, 1);
});

test("however many connections end at one time, who comes then is handled", () => {
  const rig = new Rig();
  rig.take("a", "leave", "known", { costMs: 1 });
  for (let n = 0; n < LIMITS.waitingMax + 10; n += 1) {
    const handle = (): void => undefined;
    rig.inbox.take({ route: `x${n}`, urgency: "known", bytes: 0, isEnd: true, handle });
  }
  rig.crowd(3);
  assert.deepEqual(rig.handled, ["leave", "new 0", "new 1", "new 2"]);
  assert.equal(rig.inbox.size, LIMITS.waitingMax + 10);
  rig.inbox.close();
});

test("closed, it forgets who waits", async () => {
  const rig = new Rig();
  rig.crowd(10);
  rig.inbox.close();
  await turn();
  await turn();
  assert.deepEqual([rig.handled, rig.inbox.size], [["new 0"], 0]);
});

const arrivals = fc.array(
  fc.record({
    route: fc.constantFrom("a", "b", "c"),
    urgency: fc.constantFrom<Urgency>("known", "new"),
    costMs: fc.constantFrom(0, 0.4, 1, 7),
    pause: fc.boolean(),
  }),
  { maxLength: 60 },
);

test("what comes over one connection is handled in its order, all of it and once", async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (all) => {
      const rig = new Rig();
      for (const [index, { route, urgency, costMs, pause }] of all.entries()) {
        rig.take(route, `${route} ${index}`, urgency, { costMs });
        if (pause) await turn();
      }
      await rig.drain();
      for (const route of ["a", "b", "c"]) {
        const sent = all.flatMap((one, index) =>
          one.route === route ? [`${route} ${index}`] : [],
        );
        assert.deepEqual(
          rig.handled.filter((text) => text.startsWith(route)),
          sent,
        );
      }
    }),
    { numRuns: 200 },
  );
});
