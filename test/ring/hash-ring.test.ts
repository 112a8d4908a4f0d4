import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HashRing, movedShare } from "../../lib/ring/index.ts";
import type { RingMember } from "../../lib/ring/index.ts";
import { differences, keysOf, membersOf, referenceOf } from "./reference.ts";
import { code } from "../helpers/rig.ts";

const KEYS = keysOf(100_000);

const host = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 65_535 }))
  .map(([at, port]) => `10.0.0.${at}:${port}`);
const weight = fc.oneof(
  fc.constant(1),
  fc.integer({ min: 1, max: 20 }),
  fc.double({ min: 0.1, max: 100, noNaN: true }),
);
const members = fc.uniqueArray(fc.record({ name: host, weight }), {
  selector: ({ name }) => name,
  minLength: 1,
  maxLength: 40,
});

test("100,000 keys go where hashring sends them, whatever the members and weights", () => {
  fc.assert(
    fc.property(members, (list) => {
      const reference = referenceOf(list);
      const ours = HashRing.of(list);
      const wrong = KEYS.filter((key) => ours.owner(key) !== reference.get(key));
      assert.deepEqual(wrong, []);
    }),
    { numRuns: 10 },
  );
});

test("a ring that was changed many times is that which hashring builds anew", () => {
  fc.assert(
    fc.property(fc.array(members, { minLength: 2, maxLength: 6 }), (lists) => {
      let ours = HashRing.of([]);
      let so = new Map<string, RingMember>();
      for (const list of lists) {
        // Some stay, some go, some come, some change their weight.
        so = new Map([...so].filter((_, at) => at % 3 !== 0));
        for (const member of list) so.set(member.name, member);
        ours = ours.update([...so.values()]).ring;
        assert.deepEqual(differences(ours, referenceOf([...so.values()])), []);
      }
    }),
    { numRuns: 40 },
  );
});

test("a thousand members, some of whose points are equal, one by one", () => {
  const list = membersOf(1001, (at) => 1 + (at % 3));
  const reference = referenceOf(list);
  const tied = reference.ring.flatMap(({ value, server }, at) => {
    const next = reference.ring[at + 1];
    return next?.value === value && next.server !== server ? [server, next.server] : [];
  });
  assert.ok(tied.length >= 2, "no point has two owners");
  for (const gone of ["10.0.0.0:11211", ...tied.slice(0, 4)]) {
    const others = list.filter(({ name }) => name !== gone);
    const came = HashRing.of(others).update(list).ring;
    assert.deepEqual(differences(came, reference), []);
    assert.deepEqual(differences(came.update(others).ring, referenceOf(others)), []);
  }
});

test("equal weights of 48 and 49: hashring gives everybody one virtual node less", () => {
  const [few, many] = [membersOf(48), membersOf(49)];
  const ring = HashRing.of(few);
  assert.equal(ring.size, 48 * 160);
  const { ring: next } = ring.update(many);
  assert.equal(next.size, 49 * 156);
  assert.deepEqual(differences(next, referenceOf(many)), []);
  assert.deepEqual(differences(next.update(few).ring, referenceOf(few)), []);
});

test("owners are those of hashring's range: different ones, the owner first", () => {
  const list = membersOf(12, (at) => 1 + at);
  const reference = referenceOf(list);
  const ring = HashRing.of(list);
  for (const key of KEYS.slice(0, 2000)) {
    for (const count of [1, 3, 12, 20]) {
      assert.deepEqual(ring.owners(key, count), reference.range(key, count));
    }
    assert.equal(ring.owners(key, 1)[0], ring.owner(key));
  }
  assert.deepEqual(ring.owners("a", 0), []);
});

test("an empty ring owns nothing, and a weight of 0 owns nothing", () => {
  const empty = HashRing.of([]);
  assert.equal(empty.owner("a"), undefined);
  assert.deepEqual(empty.owners("a", 2), []);
  const ring = HashRing.of([{ name: "a:1", weight: 0 }, { name: "b:1" }]);
  assert.deepEqual(ring.names, ["b:1"]);
  assert.deepEqual(new Set(KEYS.map((key) => ring.owner(key))), new Set(["b:1"]));
  assert.equal(HashRing.of([{ name: "a:1", weight: 0 }]).owner("a"), undefined);
});

test("what moved is exactly what has another owner", () => {
  const lists = [membersOf(20), membersOf(21), membersOf(14), membersOf(14, (at) => 1 + (at % 4))];
  let ring = HashRing.of(lists[0] ?? []);
  for (const list of lists.slice(1)) {
    const { ring: next, moved } = ring.update(list);
    const sample = KEYS.slice(0, 20_000);
    for (const key of sample) {
      const hash = ring.hashOf(key);
      const range = moved.find(({ from, to }) =>
        from < to ? hash > from && hash <= to : hash > from || hash <= to,
      );
      const [before, after] = [ring.owner(key), next.owner(key)];
      assert.equal(range?.previousOwner ?? after, before);
      assert.equal(range?.owner ?? before, after);
    }
    const part = sample.filter((key) => ring.owner(key) !== next.owner(key)).length / sample.length;
    assert.ok(
      Math.abs(part - movedShare(moved)) < 0.01,
      `${part} moved, said ${movedShare(moved)}`,
    );
    ring = next;
  }
  assert.deepEqual(ring.update([]).moved, [], "to an empty ring nothing moves");
  assert.deepEqual(HashRing.of([]).update(membersOf(3)).moved, []);
});

test("one of 51 equal weights takes over at most a fifty-first and a fifth of it", () => {
  const counts = [...Array(20).keys()].map((set) => {
    const list = membersOf(51).map(({ name }) => ({ name: `set-${set}.${name}` }));
    const before = HashRing.of(list.slice(1));
    const { ring: after } = before.update(list);
    const keys = KEYS.filter((key) => before.owner(key) !== after.owner(key));
    assert.deepEqual(new Set(keys.map((key) => after.owner(key))), new Set([list[0]?.name]));
    return keys.length;
  });
  const median = counts.toSorted((a, b) => a - b)[10] ?? Infinity;
  assert.ok(median <= (KEYS.length / 51) * 1.2, `${median} of ${KEYS.length} keys moved`);
});

test("the same members are the same ring", () => {
  const ring = HashRing.of(membersOf(9));
  const { ring: same, moved } = ring.update(membersOf(9).toReversed());
  assert.equal(same, ring);
  assert.deepEqual(moved, []);
});

test("a share takes the last virtual nodes away, never the last of them", () => {
  const size = (share: number): number =>
    HashRing.of([{ name: "a:1" }, { name: "b:1", share }]).size - 160;
  assert.deepEqual([1, 0.5, 0.1, 0.01, 0].map(size), [160, 80, 16, 4, 4]);
});

test("a name given twice, impossible weights and unknown options are refused", () => {
  const twice = (): unknown => HashRing.of([{ name: "a" }, { name: "b" }, { name: "a" }]);
  assert.throws(twice, code("ERR_OPTION"));
  for (const wrong of [-1, Infinity, NaN]) {
    assert.throws(() => HashRing.of([{ name: "a", weight: wrong }]), code("ERR_OPTION"));
    assert.throws(() => HashRing.of([{ name: "a", share: wrong }]), code("ERR_OPTION"));
  }
  assert.throws(() => HashRing.of([], { replicas: 5 }), /replicas is 5/);
  assert.throws(() => HashRing.of([], { virtualNodes: 0.5 }), /virtualNodes is 0.5/);
  assert.throws(() => HashRing.of([], { cachedKeysMax: -1 }), code("ERR_OPTION"));
});

test("Python's hash_ring, and other numbers of virtual nodes", () => {
  const list = membersOf(30, (at) => 1 + (at % 3));
  const python = HashRing.of(list, { replicas: 3 });
  assert.deepEqual(differences(python, referenceOf(list, { compatibility: "hash_ring" })), []);
  const fine = HashRing.of(list, { virtualNodes: 160 });
  assert.deepEqual(differences(fine, referenceOf(list, { "vnode count": 160 })), []);
});
