import assert from "node:assert/strict";
import type { RosterMessage } from "../../lib/core/messages.ts";
import type { Change } from "../../lib/core/changes.ts";
import type { Peer } from "../../lib/core/peer.ts";
import { comparePeers } from "../../lib/core/changes.ts";

/* What must hold whatever happens. `checkers.test.ts` plants a violation for each. */

/** Anything that says when it wants to be woken. */
export interface Clockwork {
  readonly nextDeadlineMs: number;
  handle(input: { readonly kind: "wake" }, nowMs: number): unknown;
}

/** Waking a machine when it asks to be woken makes time pass: no busy loop. */
export function assertProgress(
  machine: Clockwork,
  options: { readonly fromMs: number; readonly wakes: number; readonly atLeastMs: number },
): void {
  let nowMs = options.fromMs;
  for (let wake = 0; wake < options.wakes; wake += 1) {
    const next = machine.nextDeadlineMs;
    if (next === Infinity) return;
    nowMs = Math.max(nowMs, next);
    machine.handle({ kind: "wake" }, nowMs);
  }
  const passedMs = nowMs - options.fromMs;
  assert.ok(
    passedMs >= options.atLeastMs,
    `${options.wakes} wake-ups brought ${passedMs} ms, at least ${options.atLeastMs} expected`,
  );
}

/** Follows what is published and fails where a revision of a service is left out or repeated. */
export class RevisionCheck {
  readonly #revisions = new Map<string, number>();

  see(message: RosterMessage): void {
    if (message.kind !== "delta") return;
    const { service, revision, changes } = message;
    const before = this.#revisions.get(service);
    assert.ok(changes.length > 0, `revision ${revision} of ${service} changes nothing`);
    if (before !== undefined) {
      assert.ok(revision > before, `revision ${revision} of ${service} follows ${before}`);
    }
    this.#revisions.set(service, revision);
  }

  /** A service that was never closed counts up by one. */
  seeOpen(message: RosterMessage): void {
    const before = message.kind === "delta" ? this.#revisions.get(message.service) : undefined;
    this.see(message);
    if (message.kind !== "delta" || before === undefined) return;
    assert.equal(message.revision, before + 1, `${message.service} leaves out revisions`);
  }
}

/** Applies changes to a list of usable peers, and fails where they do not fit it. */
export function applied(before: readonly Peer[], changes: readonly Change[]): readonly Peer[] {
  const peers = new Map(before.map((peer) => [`${peer.service}\0${peer.id}`, peer]));
  for (const { kind, peer } of changes) {
    const key = `${peer.service}\0${peer.id}`;
    const held = peers.get(key);
    if (kind === "joined") assert.equal(held, undefined, `${peer.id} joins twice`);
    else assert.equal(held?.instance, peer.instance, `${peer.id} ${kind} but is not held`);
    if (kind === "left") peers.delete(key);
    else peers.set(key, peer);
  }
  return [...peers.values()].sort(comparePeers);
}

/** Sorted by id, nobody twice. */
export function assertSorted(peers: readonly Peer[]): void {
  for (const [index, peer] of peers.entries()) {
    const before = peers[index - 1];
    if (before === undefined) continue;
    assert.ok(comparePeers(before, peer) < 0, `${before.id} stands before ${peer.id}`);
  }
}
