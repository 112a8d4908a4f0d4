import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../../lib/core/changes.ts";
import type { Peer } from "../../lib/core/peer.ts";
import { INVARIANTS, simulate } from "../../lib/testing/index.ts";
import type { Cluster, Facts, Happening } from "../../lib/testing/index.ts";

/** A small installation at rest, to be lied about: no planted bug can say these things. */
function atRest(): { readonly cluster: Cluster; readonly facts: Facts; readonly peer: Peer } {
  const cluster = simulate({ seed: 1, members: 2, watchers: 1 });
  cluster.runFor(5000);
  const [peer] = cluster.consumer("w0").usable;
  assert.ok(peer);
  const { nowMs, bounds, registrars, peers, consumers, happenings, published } = cluster.facts;
  const facts = { nowMs, bounds, registrars, peers, consumers, happenings, published };
  return { cluster, facts, peer };
}

/** What the claim says of facts in which this happened. */
function verdict(name: string, facts: Facts, happening?: Happening): string | undefined {
  const invariant = INVARIANTS.find((one) => one.name === name);
  assert.ok(invariant, name);
  return invariant.check({ ...facts, happenings: happening === undefined ? [] : [happening] });
}

test("a list with one id twice is found", () => {
  const { cluster, facts, peer } = atRest();
  const consumer = cluster.consumer("w0");
  const listed = (peers: readonly Peer[]): Happening => ({
    kind: "listed",
    consumer,
    listing: { authority: "live", peers, usable: peers, sources: [], asOfMs: 0 },
  });
  const name = "one instance for each id";
  assert.equal(verdict(name, facts, listed(consumer.usable)), undefined);
  const twin = { ...peer, instance: "another" };
  assert.match(verdict(name, facts, listed([peer, twin])) ?? "", /w0 lists m0 of main twice/);
  assert.equal(verdict(name, facts, listed([peer, { ...twin, service: "other" }])), undefined);
});

test("a peer that is said to be present, new or returned, and is not, is found", () => {
  const { cluster, facts, peer } = atRest();
  const consumer = cluster.consumer("w0");
  const name = "coming is told truly";
  const came = (
    cause: "present" | "new" | "returned",
    isFirst: boolean,
    before: readonly Change[],
  ) => {
    const seen = (change: Change) => ({ atMs: 0, sentMs: 0, change });
    const history = Object.create(consumer, {
      changes: { value: before.map(seen) },
    }) as typeof consumer;
    const change = { kind: "joined", peer, cause } as const;
    return verdict(name, facts, {
      kind: "changes",
      consumer: history,
      seen: [seen(change)],
      isFirst,
      before: [],
      after: [],
    });
  };
  const left: Change = { kind: "left", peer, cause: "goodbye" };
  assert.equal(came("present", true, []), undefined);
  assert.equal(came("new", false, []), undefined);
  assert.equal(came("returned", false, [left]), undefined);
  assert.match(came("new", true, []) ?? "", /in the first list/);
  assert.match(came("present", false, []) ?? "", /after the first list/);
  assert.match(came("new", false, [left]) ?? "", /was here before/);
});

test("whoever is missing at rest, or listed without being there, is found", () => {
  const { facts } = atRest();
  const name = "views converge";
  assert.equal(verdict(name, facts), undefined);
  const [first, ...others] = facts.peers;
  assert.ok(first);
  const dead = Object.create(first, { ending: { value: "crashed" } }) as typeof first;
  assert.match(verdict(name, { ...facts, peers: [dead, ...others] }) ?? "", /but 1 are alive/);
  const stranger = Object.create(first, { id: { value: "m9" } }) as typeof first;
  assert.match(
    verdict(name, { ...facts, peers: [...facts.peers, stranger] }) ?? "",
    /lacks m9 of main/,
  );
});

test("every claim holds of an installation at rest", () => {
  const { facts } = atRest();
  for (const { name } of INVARIANTS) assert.equal(verdict(name, facts), undefined, name);
});
