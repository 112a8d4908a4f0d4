import assert from "node:assert/strict";
import { test } from "node:test";
import type { Authority } from "../../lib/core/messages.ts";
import { tuneRegistrar } from "../../lib/core/options.ts";
import type { RegistrarTuning } from "../../lib/core/options.ts";
import type { Entry } from "../../lib/core/peer.ts";
import { Publisher } from "../../lib/core/publisher.ts";
import type { Publication } from "../../lib/core/notices.ts";
import type { PublisherDue } from "../../lib/core/notices.ts";
import { ALL, deltaTopic, PULSE_TOPIC } from "../../lib/core/topics.ts";
import { RevisionCheck } from "./checkers.ts";
import { entryOf, EPOCH, LAN } from "./samples.ts";

/** A publisher and the truth that it publishes. */
class Bench {
  readonly publisher: Publisher;
  readonly revisions = new RevisionCheck();
  readonly #truth = new Map<string, Entry>();

  constructor(tuning: RegistrarTuning = LAN, authority: Authority = "live") {
    this.publisher = new Publisher({
      tuning,
      epoch: EPOCH,
      authority,
      current: (service, id) => {
        const entry = this.#truth.get(`${service}/${id}`);
        return entry === undefined ? undefined : { entry, bytes: 100 };
      },
      isFenced: () => false,
    });
  }

  put(service: string, entry: Entry): void {
    this.#truth.set(`${service}/${entry.id}`, entry);
    this.publisher.touch(service, entry.id);
  }

  drop(service: string, id: string): void {
    this.#truth.delete(`${service}/${id}`);
    this.publisher.left(service, { id, instance: `${id}-1`, cause: "goodbye" }, false);
  }

  due(nowMs: number): PublisherDue {
    const due = this.publisher.due(nowMs);
    for (const { message } of due.publications) this.revisions.see(message);
    assert.ok(this.publisher.nextMs() > nowMs, "what is due was said");
    return due;
  }

  /** Lets the clock run in the machine's own steps and tells what was said, with the time. */
  run(fromMs: number, untilMs: number): readonly (Publication & { readonly atMs: number })[] {
    const said: (Publication & { readonly atMs: number })[] = [];
    let nowMs = fromMs;
    while (nowMs <= untilMs) {
      for (const publication of this.due(nowMs).publications)
        said.push({ ...publication, atMs: nowMs });
      nowMs = this.publisher.nextMs();
    }
    return said;
  }
}

const kinds = (publications: readonly Publication[]): readonly string[] =>
  publications.map(({ message }) => message.kind);
/** The times of publications of one kind. */
const timesOf = (
  said: readonly (Publication & { readonly atMs: number })[],
  kind: string,
): readonly number[] => said.filter(({ message }) => message.kind === kind).map(({ atMs }) => atMs);

test("the registrar gives a sign of life at once and then at every announce interval", () => {
  const bench = new Bench();
  const said = bench.run(100, 3100);
  assert.deepEqual(timesOf(said, "pulse"), [100, 1100, 2100, 3100]);
  assert.deepEqual(said[0]?.topic, PULSE_TOPIC);
  assert.deepEqual(said[0]?.message, {
    kind: "pulse",
    epoch: EPOCH,
    authority: "live",
    intervalMs: 1000,
  });
});

/** Services of which a revision goes out. */
const changed = ({ publications }: PublisherDue): readonly string[] =>
  publications.flatMap(({ message }) => (message.kind === "delta" ? [message.service] : []));

test("a change after a quiet time goes out at once", () => {
  const bench = new Bench();
  bench.due(0);
  bench.put("cache", entryOf("a"));
  assert.ok(bench.publisher.nextMs() <= 5);
  const due = bench.due(5);
  assert.deepEqual(kinds(due.publications), ["delta"]);
  assert.equal(due.publications[0]?.topic, deltaTopic("cache"));
  assert.deepEqual(changed(due), ["cache"]);
  assert.equal(bench.publisher.roster("cache")?.revision, 1);
  assert.deepEqual(bench.publisher.services, ["cache"]);
});

test("changes in a burst are spaced by the coalescing time", () => {
  const bench = new Bench();
  bench.due(0);
  const times: number[] = [];
  for (let nowMs = 1; nowMs <= 200; nowMs += 1) {
    bench.put("cache", entryOf(`c${nowMs}`));
    if (kinds(bench.due(nowMs).publications).includes("delta")) times.push(nowMs);
  }
  assert.deepEqual(times, [1, 21, 41, 61, 81, 101, 121, 141, 161, 181]);
});

test("services do not wait for each other", () => {
  const bench = new Bench();
  bench.due(0);
  bench.put("cache", entryOf("a"));
  assert.deepEqual(changed(bench.due(1)), ["cache"]);
  bench.put("cache", entryOf("b"));
  bench.put("db", entryOf("b"));
  assert.deepEqual(changed(bench.due(2)), ["db"]);
  assert.equal(bench.publisher.nextMs(), 21);
  assert.deepEqual(changed(bench.due(21)), ["cache"]);
});

test("with many watchers publications are spaced by 20 microseconds for each", () => {
  const bench = new Bench();
  for (let n = 0; n < 5000; n += 1) bench.publisher.subscribed(n % 2 === 0 ? "cache" : ALL);
  assert.equal(bench.publisher.audience.of("cache"), 5000);
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.put("cache", entryOf("b"));
  assert.deepEqual(changed(bench.due(99)), []);
  assert.deepEqual(changed(bench.due(100)), ["cache"]);
});

test("many changes make several revisions in one go", () => {
  const bench = new Bench();
  for (let n = 0; n < 3000; n += 1) bench.put("cache", entryOf(`c${n}`));
  const due = bench.due(0);
  assert.ok(due.publications.length >= 4);
  assert.equal(bench.publisher.roster("cache")?.size, 3000);
});

test("who waits is told the revision that holds what was known, even where nothing changed", () => {
  const bench = new Bench();
  const [one, two] = [
    { route: "r1", edition: 1, id: "a", proofMs: 0, isReturning: false },
    { route: "r2", edition: null, id: "b", proofMs: 0, isReturning: false },
  ];
  const told = { service: "cache", revision: 1 };
  bench.put("cache", entryOf("a"));
  bench.publisher.wait("cache", one);
  assert.deepEqual(bench.due(0).settled, [{ ...one, ...told }]);
  bench.publisher.wait("cache", one);
  bench.publisher.wait("cache", two);
  assert.deepEqual(bench.due(1).settled, []);
  assert.deepEqual(bench.due(20).settled, [
    { ...one, ...told },
    { ...two, ...told },
  ]);
  assert.deepEqual(bench.due(40).settled, []);
});

test("an idle service repeats its revision while somebody watches it", () => {
  const bench = new Bench();
  bench.put("cache", entryOf("a"));
  bench.due(0);
  assert.deepEqual(timesOf(bench.run(1, 3000), "announce"), []);
  bench.publisher.subscribed(ALL);
  const said = bench.run(3001, 6000);
  assert.deepEqual(timesOf(said, "announce"), [4000, 5000, 6000]);
  assert.deepEqual(said.find(({ message }) => message.kind === "announce")?.message, {
    kind: "announce",
    service: "cache",
    epoch: EPOCH,
    revision: 1,
    authority: "live",
    fence: false,
  });
});

test("a service that changes all the time need not be repeated", () => {
  const bench = new Bench();
  bench.publisher.subscribed("cache");
  for (let nowMs = 0; nowMs < 5000; nowMs += 100) {
    bench.put("cache", entryOf(`c${nowMs}`));
    const said = kinds(bench.due(nowMs).publications);
    assert.ok(!said.includes("announce"));
  }
});

test("many idle services are each repeated once per interval", () => {
  const bench = new Bench();
  bench.publisher.subscribed(ALL);
  for (let n = 0; n < 50; n += 1) {
    bench.put(`s${n}`, entryOf("a"));
    bench.due(n * 13);
  }
  assert.equal(timesOf(bench.run(650, 10_649), "announce").length, 500);
});

test("a crowd of idle services and of watchers of all is repeated within a share of the time", () => {
  const watchers = 1000;
  const bench = new Bench();
  bench.publisher.subscribed(ALL, watchers);
  const services = 400;
  for (let n = 0; n < services; n += 1) bench.put(`s${n}`, entryOf("a"));
  bench.due(0);
  const spanMs = 60_000;
  const announced = bench.run(1, spanMs).filter(({ message }) => message.kind === "announce");
  // 20 µs for each of them, of which a quarter of the time may be made.
  assert.ok(announced.length * watchers * 0.02 <= spanMs / 4 + 70, `${announced.length} said`);
  assert.ok(announced.length >= 400, `${announced.length} said`);
  const names = announced.map(({ topic }) => topic);
  assert.equal(new Set(names.slice(0, services)).size, services, "each once before one twice");
  const most = Math.max(
    ...names.map((_, at) => announced.filter((a) => a.atMs === announced[at]?.atMs).length),
  );
  assert.ok(most <= 4, `${most} in one step`);
});

test("a new authority is said to everybody at once", () => {
  const bench = new Bench(LAN, "learning");
  bench.publisher.subscribed("cache");
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.publisher.setAuthority("live");
  const said = bench.due(10).publications.map(({ message }) => message);
  assert.deepEqual(
    said.map((message) => [message.kind, "authority" in message ? message.authority : null]),
    [
      ["announce", "live"],
      ["pulse", "live"],
    ],
  );
});

test("a subscriber of a service is told its revision at once", () => {
  const bench = new Bench();
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.publisher.subscribed("cache");
  assert.equal(bench.publisher.audience.of("cache"), 1);
  assert.deepEqual(kinds(bench.due(1).publications), ["announce"]);
  assert.deepEqual(kinds(bench.due(2).publications), []);
});

test("a subscriber of a service that has closed is told so, for it may hold an old list", () => {
  const bench = new Bench(SHORT);
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.drop("cache", "a");
  bench.run(50, 2500);
  bench.publisher.subscribed("cache");
  bench.publisher.subscribed(ALL);
  const [greeting, ...others] = bench.due(2501).publications;
  assert.deepEqual(others, []);
  assert.deepEqual(greeting?.message, {
    kind: "announce",
    service: "cache",
    epoch: EPOCH,
    revision: 2,
    authority: "live",
    fence: false,
  });
  assert.deepEqual(bench.publisher.services, []);
});

test("of a service that nobody ever joined nothing is said, whoever subscribes to it", () => {
  const bench = new Bench();
  bench.due(0);
  bench.publisher.subscribed(ALL);
  for (let n = 0; n < 100; n += 1) bench.publisher.subscribed(`made-up-${n}`);
  assert.deepEqual(timesOf(bench.run(1, 5000), "announce"), []);
});

test("closed services are remembered to a limit, the latest of them", () => {
  const bench = new Bench(tuneRegistrar({ servicesMax: 2 }));
  for (const [at, service] of ["a", "b", "c"].entries()) {
    bench.put(service, entryOf("p"));
    bench.due(100 * at);
    bench.drop(service, "p");
    bench.due(100 * at + 50);
    assert.ok(bench.publisher.hasRoomFor("none", 1), "it gives way");
  }
  for (const service of ["a", "b", "c"]) bench.publisher.subscribed(service);
  const said = bench.run(300, 500).map(({ message }) => message);
  assert.deepEqual(
    said.flatMap((message) => (message.kind === "announce" ? [message.service] : [])),
    ["b", "c"],
  );
});

test("a subscriber of the pulse is told at once who speaks, and a crowd at the coalescing pace", () => {
  const bench = new Bench();
  bench.due(0);
  bench.publisher.greetPulse(100);
  assert.equal(bench.publisher.nextMs(), 120);
  for (let nowMs = 101; nowMs < 120; nowMs += 1) bench.publisher.greetPulse(nowMs);
  assert.deepEqual(timesOf(bench.run(119, 1200), "pulse"), [120, 1120]);
});

const SHORT = tuneRegistrar({ announceIntervalMs: 100, emptyServiceTtlMs: 2000 });

test("a service that stays empty is announced empty, then closed", () => {
  const bench = new Bench(SHORT);
  bench.publisher.subscribed("cache");
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.drop("cache", "a");
  bench.due(50);
  const announced = timesOf(bench.run(51, 2500), "announce");
  assert.ok(announced.length >= 18 && (announced.at(-1) ?? 0) < 2150);
  assert.deepEqual(bench.publisher.services, []);
  assert.equal(bench.publisher.roster("cache"), undefined);
});

test("a service to which somebody returns in time is not closed", () => {
  const bench = new Bench(SHORT);
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.drop("cache", "a");
  bench.run(50, 1900);
  bench.put("cache", entryOf("a"));
  bench.run(1950, 10_000);
  assert.deepEqual(bench.publisher.services, ["cache"]);
});

test("a service that never got a revision is closed as well", () => {
  const bench = new Bench(SHORT);
  bench.put("cache", entryOf("a"));
  bench.drop("cache", "a");
  bench.due(0);
  assert.deepEqual(bench.publisher.services, ["cache"]);
  bench.run(1, 3000);
  assert.deepEqual(bench.publisher.services, []);
});

test("an empty service is announced before it is closed, however short its time is", () => {
  const bench = new Bench(tuneRegistrar({ announceIntervalMs: 100, emptyServiceTtlMs: 0 }));
  bench.publisher.subscribed(ALL);
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.drop("cache", "a");
  bench.due(50);
  assert.ok(timesOf(bench.run(51, 5000), "announce").length >= 4);
  assert.deepEqual(bench.publisher.services, []);
});

test("no revision is used twice by a service that is closed and opened again", () => {
  const bench = new Bench(SHORT);
  for (let n = 0; n < 5; n += 1) {
    bench.put("cache", entryOf(`c${n}`));
    bench.due(n * 30);
  }
  for (let n = 0; n < 5; n += 1) bench.drop("cache", `c${n}`);
  bench.run(200, 5000);
  assert.deepEqual(bench.publisher.services, []);
  const [closed] = bench.publisher.snapshot("cache");
  assert.equal(closed?.revision, 6);
  bench.put("db", entryOf("a"));
  bench.put("cache", entryOf("a"));
  bench.due(5001);
  assert.equal(bench.publisher.roster("cache")?.revision, 7);
  assert.equal(bench.publisher.roster("db")?.revision, 7);
});

test("snapshots hold one service, or all of them", () => {
  const bench = new Bench();
  bench.put("cache", entryOf("a"));
  bench.put("db", entryOf("b"));
  bench.due(0);
  const names = (service: string) =>
    bench.publisher.snapshot(service).map((list) => [list.service, list.entries.length]);
  assert.deepEqual(names("cache"), [["cache", 1]]);
  assert.deepEqual(names("nobody"), [["nobody", 0]]);
  assert.deepEqual(names(ALL), [
    ["cache", 1],
    ["db", 1],
  ]);
});

test("the cost of a snapshot is known before it is made", () => {
  const bench = new Bench();
  for (let n = 0; n < 10; n += 1) bench.put("cache", entryOf(`c${n}`));
  bench.put("db", entryOf("a"));
  bench.due(0);
  assert.ok(bench.publisher.bytes("cache") >= 1000);
  assert.ok(bench.publisher.bytes("nobody") > 0);
  assert.ok(bench.publisher.bytes(ALL) >= 1100);
});

test("a change that comes while the service waits for its turn is not lost", () => {
  const bench = new Bench();
  bench.put("cache", entryOf("a"));
  bench.due(0);
  bench.put("cache", entryOf("b"));
  bench.due(5);
  bench.publisher.touch("cache", "b");
  const said = bench.run(6, 100);
  assert.deepEqual(timesOf(said, "delta"), [20]);
});
