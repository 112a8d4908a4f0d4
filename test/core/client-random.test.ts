import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ClientSetup } from "../../lib/core/contact.ts";
import type { ClientEffect, ClientInput } from "../../lib/core/io.ts";
import type { FromRegistrar, RosterChange, RosterMessage } from "../../lib/core/messages.ts";
import type { Peer } from "../../lib/core/peer.ts";
import { ALL, parseTopic } from "../../lib/core/topics.ts";
import { applied, assertProgress, assertSorted } from "./checkers.ts";
import { ClientRig, MEMBER, WATCHER } from "./client-rig.ts";
import { cardOf, entryOf, EPOCH, OTHER_EPOCH, welcomeOf } from "./samples.ts";

/*
 * A client under everything that registrars, the transport and its own user can do to it, plausible
 * or not. What must hold is checked after every input and at the end.
 */

const SETUPS: readonly Partial<ClientSetup>[] = [
  MEMBER,
  { ...MEMBER, sources: [true, true] },
  { ...WATCHER, services: [ALL] },
  { ...WATCHER, sources: [true, false], services: ["cache", "db"] },
];

const epoch = fc.constantFrom(EPOCH, EPOCH, OTHER_EPOCH);
const authority = fc.constantFrom("live", "live", "learning", "held", "stale");
const service = fc.constantFrom("cache", "cache", "db", "web");
const id = fc.constantFrom("a", "b", "c1");
const instance = fc.constantFrom("i1", "i2");
const revision = fc.integer({ min: 0, max: 6 });
const cause = fc.constantFrom("goodbye", "connection-lost", "replaced", "unknown");

const entry = fc
  .record({
    id,
    instance,
    edition: fc.integer({ min: 0, max: 3 }),
    standing: fc.constantFrom("alive", "alive", "suspect"),
    status: fc.constantFrom("passing", "passing", "draining"),
    weight: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ status, weight, ...given }) =>
    entryOf(given.id, {
      ...given,
      cause: given.standing === "suspect" ? "missed-surveys" : null,
      card: cardOf({ status, weight }),
    }),
  );
const change: fc.Arbitrary<RosterChange> = fc.oneof(
  fc.record({ kind: fc.constant("put"), entry, returned: fc.boolean() }),
  fc.record({
    kind: fc.constant("standing"),
    id,
    instance,
    standing: fc.constantFrom("alive", "suspect"),
    cause: fc.constantFrom(null, "connection-lost"),
  }),
  fc.record({ kind: fc.constant("gone"), id, instance, cause }),
);
const told = fc.record({
  service,
  revision,
  entries: fc.uniqueArray(entry, { selector: (one) => one.id }),
  tombstones: fc.array(fc.record({ id, instance, cause, revision }), { maxLength: 2 }),
});
const roster: fc.Arbitrary<RosterMessage> = fc.oneof(
  fc.record({
    kind: fc.constant("pulse"),
    epoch,
    authority,
    intervalMs: fc.constantFrom(100, 1000, 5000),
  }),
  fc.record({
    kind: fc.constant("announce"),
    service,
    epoch,
    revision,
    authority,
    fence: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("delta"),
    service,
    epoch,
    revision,
    authority,
    fence: fc.boolean(),
    changes: fc.array(change, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant("snapshot"),
    epoch,
    authority,
    all: fc.boolean(),
    services: fc.uniqueArray(told, { selector: (list) => list.service, maxLength: 3 }),
  }),
);
const word: fc.Arbitrary<FromRegistrar> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ epoch, versionMax: fc.constantFrom(1, 1, 1, 1, 1, 0) })
      .map(({ versionMax, ...given }) => welcomeOf({ ...given, versionMin: 0, versionMax })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("accepted"),
      edition: fc.integer({ min: 0, max: 3 }),
      ordinal: fc.constant(null),
    }),
  },
  fc.record({ kind: fc.constant("survey"), round: fc.nat() }),
  fc.record({ kind: fc.constant("recorded"), edition: fc.nat(), revision: fc.nat() }),
  fc.record({
    kind: fc.constant("left"),
    revision: fc.nat(),
    named: fc.nat(),
    anonymous: fc.nat(),
  }),
  fc.record({
    kind: fc.constant("refused"),
    code: fc.constantFrom("ERR_LIMIT", "ERR_LIMIT", "ERR_ID_TAKEN"),
    text: fc.constant("no"),
  }),
  fc.constant({ kind: "rejoin" } as const),
  fc.record({
    kind: fc.constant("explanation"),
    token: fc.nat(),
    found: fc.boolean(),
    json: fc.constant("null"),
  }),
);

type Step =
  | ClientInput
  | { readonly kind: "pass"; readonly byMs: number }
  | { readonly kind: "stall"; readonly byMs: number };

const source = fc.integer({ min: 0, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("received"), source, message: word }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("published"),
      source,
      // Snapshots are put on the topic that is asked for, now and then.
      topic: fc.constantFrom("asked", "asked", "Dcache\0", ""),
      message: roster,
    }),
  },
  fc.record({ kind: fc.constant("lost"), source }),
  fc.constantFrom<Step>(
    { kind: "follow" },
    { kind: "follow" },
    { kind: "wake" },
    { kind: "update", card: cardOf({ weight: 9 }), proofMs: 0 },
    { kind: "explain", token: 1, service: "cache", id: "a" },
  ),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass"), byMs: fc.integer({ min: 0, max: 3000 }) }),
  },
  fc.record({ kind: fc.constant("stall"), byMs: fc.integer({ min: 0, max: 20_000 }) }),
);

/** What the shell of a client would have open, by source. */
class Shell {
  readonly #dialled = new Set<number>();
  readonly #requests = new Map<number, readonly string[]>();
  #connection = "connecting";
  #isOver = false;

  request(source: number): string {
    return this.#requests.get(source)?.at(-1) ?? "";
  }

  take(effect: ClientEffect): void {
    switch (effect.kind) {
      case "dial":
        assert.ok(!this.#isOver, "dials though all have refused for good");
        assert.ok(!this.#dialled.has(effect.source), "dials twice");
        this.#dialled.add(effect.source);
        return;
      case "hangup":
      case "detach":
        assert.ok(this.#dialled.delete(effect.source), "hangs up without having dialled");
        return;
      case "send":
        assert.ok(this.#dialled.has(effect.source), `sends ${effect.message.kind} to nobody`);
        return;
      case "subscribe":
      case "unsubscribe":
        return this.#topic(effect);
      case "connection":
        assert.notEqual(effect.connection.kind, this.#connection);
        this.#connection = effect.connection.kind;
        return;
      case "refused":
        this.#isOver ||= effect.final;
        return;
      default:
    }
  }

  #topic({
    kind,
    source,
    topic,
  }: Extract<ClientEffect, { kind: "subscribe" | "unsubscribe" }>): void {
    if (parseTopic(topic).kind !== "snapshot") return;
    const open = this.#requests.get(source) ?? [];
    assert.equal(open.includes(topic), kind === "unsubscribe");
    const left = kind === "subscribe" ? [...open, topic] : open.filter((other) => other !== topic);
    assert.ok(left.length <= 2, "one request at a time, and the one before it");
    this.#requests.set(source, left);
  }
}

test("whatever happens to a client, it stays in order, its list is sound and its changes add up", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SETUPS),
      fc.array(step, { maxLength: 100, size: "max" }),
      (setup, steps) => {
        const rig = new ClientRig(setup);
        const shell = new Shell();
        let usable: readonly Peer[] | null = null;
        let seen = 0;
        for (const one of steps) {
          if (one.kind === "pass") rig.pass(one.byMs);
          else if (one.kind === "stall") rig.nowMs = Math.max(rig.nowMs, one.byMs + rig.nowMs);
          else if (one.kind !== "published") rig.take(one);
          else {
            const topic = one.topic === "asked" ? shell.request(one.source) : one.topic;
            rig.take({ ...one, topic });
          }
          for (const effect of rig.effects.slice(seen)) shell.take(effect);
          seen = rig.effects.length;
          const listing = rig.client.lister.list();
          assertSorted(listing.peers);
          const changes = rig.client.lister.changes(usable, listing);
          assert.deepEqual(applied(usable ?? [], changes), listing.usable);
          rig.client.lister.remember(changes);
          ({ usable } = listing);
          assert.ok(listing.asOfMs <= rig.nowMs);
        }
        assertProgress(rig.client, { fromMs: rig.nowMs, wakes: 500, atLeastMs: 10_000 });
      },
    ),
    { numRuns: 100 },
  );
});
