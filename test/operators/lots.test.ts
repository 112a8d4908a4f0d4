import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lotOf } from "../../lib/operators/lots.ts";
import { murmur3 } from "../../lib/operators/murmur3.ts";

function serversOf(count: number, name = "10.0"): readonly { readonly id: string }[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${name}.${i >> 8}.${i & 255}:8080` }));
}

/** How many watchers use each server. */
function loadsOf(servers: readonly { readonly id: string }[], watchers: number, size: number) {
  const loads = new Map(servers.map(({ id }) => [id, 0]));
  for (let ordinal = 0; ordinal < watchers; ordinal += 1) {
    const lot = lotOf(servers, { ordinal, size });
    assert.equal(lot.length, Math.min(size, servers.length));
    assert.equal(new Set(lot).size, lot.length, "a server twice in one lot");
    for (const { id } of lot) loads.set(id, (loads.get(id) ?? 0) + 1);
  }
  const all = [...loads.values()];
  return { least: Math.min(...all), most: Math.max(...all) };
}

/** The most servers that are new to one of these watchers, and the mean. */
function churnOf(before: number, after: number, size = 10): { worst: number; mean: number } {
  const fresh = Array.from({ length: 100 }, (_, ordinal) => {
    const had = new Set(lotOf(serversOf(before), { ordinal, size }).map(({ id }) => id));
    return lotOf(serversOf(after), { ordinal, size }).filter(({ id }) => !had.has(id)).length;
  });
  return { worst: Math.max(...fresh), mean: fresh.reduce((a, b) => a + b) / fresh.length };
}

test("100 watchers of 100 servers with size 10 give every server exactly 10", () => {
  assert.deepEqual(loadsOf(serversOf(100), 100, 10), { least: 10, most: 10 });
});

test("a power of ten of watchers uses every server as often as any other, where they can", () => {
  const whole = fc.record({
    tenths: fc.integer({ min: 1, max: 9 }),
    unit: fc.integer({ min: 1, max: 12 }),
    watchers: fc.constantFrom(10, 100),
  });
  fc.assert(
    fc.property(whole, ({ tenths, unit, watchers }) => {
      const load = loadsOf(serversOf(10 * unit), watchers, tenths * unit);
      const each = (watchers * tenths) / 10;
      assert.deepEqual(load, { least: each, most: each });
    }),
    { numRuns: 60 },
  );
});

test("with up to 300 watchers, 200 servers and size 30 the loads lie within 5, nearly always within 3", () => {
  const counts = [0, 0, 0, 0, 0, 0];
  for (let servers = 2; servers <= 200; servers += 11) {
    const starts = startsOf(servers, 300);
    for (let size = 1; size <= Math.min(30, servers - 1); size += 1) {
      for (const spread of spreadsOf(starts, servers, size)) {
        assert.ok(spread <= 5, `${servers} servers, size ${size}: ${spread}`);
        counts[spread] = (counts[spread] ?? 0) + 1;
      }
    }
  }
  const all = counts.reduce((a, b) => a + b);
  const within = counts.slice(0, 4).reduce((a, b) => a + b);
  assert.ok(within > 0.9 * all, counts.join(" "));
});

/** How far the loads lie apart with the first watcher, the first two, and so on. */
function* spreadsOf(starts: readonly number[], servers: number, size: number): Iterable<number> {
  const loads = new Int32Array(servers);
  for (const start of starts) {
    for (let at = start; at < start + size; at += 1) {
      const place = at % servers;
      loads[place] = (loads[place] ?? 0) + 1;
    }
    yield Math.max(...loads) - Math.min(...loads);
  }
}

/** Where in the circle each watcher starts: the place of its only server. */
function startsOf(servers: number, watchers: number): readonly number[] {
  const all = serversOf(servers);
  const but = lotOf(all, { ordinal: 0, size: servers - 1 });
  const circle = [...but, ...all.filter((server) => !but.includes(server))];
  return Array.from({ length: watchers }, (_, ordinal) => {
    const [first] = lotOf(all, { ordinal, size: 1 });
    return circle.findIndex((server) => server === first);
  });
}

test("from 90 to 120 servers, each joining server changes at most 2 of each watcher, less than 1 in the mean", () => {
  for (const servers of [90, 94, 95, 99, 100, 104, 105, 119]) {
    for (const { worst, mean } of [churnOf(servers, servers + 1), churnOf(servers + 1, servers)]) {
      assert.ok(worst <= 2 && mean < 1, `${servers}: ${worst}, ${mean} in the mean`);
    }
  }
});

test("whoever joins or leaves, it changes at most 2 servers of a watcher", () => {
  const numbers = fc.record({
    servers: fc.integer({ min: 2, max: 200 }),
    size: fc.integer({ min: 1, max: 30 }),
    ordinal: fc.integer({ min: 0, max: 2 ** 20 }),
    at: fc.nat(),
  });
  fc.assert(
    fc.property(numbers, ({ servers, size, ordinal, at }) => {
      const all = serversOf(servers);
      const fewer = all.toSpliced(at % servers, 1);
      const lot = new Set(lotOf(all, { ordinal, size }));
      const other = new Set(lotOf(fewer, { ordinal, size }));
      const gone = [...lot].filter((server) => !other.has(server));
      const fresh = [...other].filter((server) => !lot.has(server));
      assert.ok(gone.length <= 2 && fresh.length <= 2, `${gone.length} gone, ${fresh.length} new`);
    }),
    { numRuns: 300 },
  );
});

test("no more servers than the size are used by everybody", () => {
  for (const count of [0, 1, 9, 10]) {
    assert.deepEqual(loadsOf(serversOf(count), 7, 10), {
      least: count === 0 ? Infinity : 7,
      most: count === 0 ? -Infinity : 7,
    });
  }
});

test("the lot of a watcher depends on nothing but ids and its number", () => {
  const servers = serversOf(40);
  const draw = { ordinal: 17, size: 6 };
  const names = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
  assert.deepEqual(names(lotOf(servers, draw)), names(lotOf(servers.toReversed(), draw)));
  assert.notDeepEqual(names(lotOf(servers, draw)), names(lotOf(servers, { ...draw, ordinal: 3 })));
});

test("servers whose hashes are the same have an order too", () => {
  const seen = new Map<number, string>();
  let pair: readonly string[] = [];
  for (let i = 0; pair.length === 0; i += 1) {
    const hash = murmur3(`s${i}`, 0);
    const other = seen.get(hash);
    if (other !== undefined) pair = [other, `s${i}`];
    seen.set(hash, `s${i}`);
  }
  const servers = pair.map((id) => ({ id }));
  const draw = { ordinal: 0, size: 1 };
  assert.deepEqual(lotOf(servers, draw), lotOf(servers.toReversed(), draw));
});
