import { Collector, proofTimeMs, type Farewell } from "../client/farewell.ts";
import type { ClientEffect } from "../core/io.ts";
import type { Card } from "../core/peer.ts";
import type { World } from "./network.ts";
import type { Farewelling, Resident } from "./resident.ts";

/**
 * Goodbyes, with proof and without, and drains, collected as the real client does: until every registrar that
 * was told has said all, or until the deadline.
 */
export class Farewells {
  readonly #world: World;
  readonly #concluded: (resident: Resident, farewell: Farewelling) => void;

  /** `concluded` is called when all is said of a goodbye or a drain, or its time is up. */
  constructor(world: World, concluded: (resident: Resident, farewell: Farewelling) => void) {
    this.#world = world;
    this.#concluded = concluded;
  }

  leave(resident: Resident, deadlineMs: number, wantsProof: boolean): void {
    this.#begin(resident, { edition: null, wantsProof }, deadlineMs);
    const proofMs = wantsProof ? proofTimeMs(deadlineMs) : 0;
    resident.node.feed({ kind: "leave", proofMs });
    const { nowMs } = this.#world.timeline;
    this.#world.timeline.at(nowMs + deadlineMs, () => this.#end(resident));
  }

  /** Shows `card`, which drains, and has consumers acknowledge it. */
  drain(resident: Resident, card: Card, deadlineMs: number): void {
    const edition = (resident.node.client.showing?.edition ?? 0) + 1;
    this.#begin(resident, { edition, wantsProof: true }, deadlineMs);
    resident.node.feed({ kind: "update", card, proofMs: proofTimeMs(deadlineMs) });
  }

  /** Takes what a member's machine does. */
  heard(resident: Resident, effect: ClientEffect): void {
    const { farewell } = resident;
    if (farewell === null) return;
    // Of a goodbye each registrar's word is to be true by itself, whatever becomes of the whole proof.
    if (effect.kind === "proof" && effect.edition === null) {
      resident.peer?.proven(effect.acknowledged);
    }
    if (farewell.collector.take(effect) !== true) return;
    const { timeline } = this.#world;
    timeline.at(timeline.nowMs, () => this.#end(resident));
  }

  #begin(
    resident: Resident,
    { edition, wantsProof }: Pick<Farewell, "edition" | "wantsProof">,
    deadlineMs: number,
  ): void {
    const { client } = resident.node;
    const { timeline } = this.#world;
    const collector = new Collector({
      told: client.mayList(true),
      outOfReach: client.mayList(false),
      edition,
      wantsProof,
    });
    const farewell = { collector, edition, sinceMs: timeline.nowMs, proof: null };
    resident.farewell = farewell;
    if (edition !== null) {
      timeline.after(deadlineMs, () => {
        if (resident.farewell === farewell) resident.farewell = null;
      });
    }
  }

  #end(resident: Resident): void {
    const { farewell } = resident;
    if (farewell === null || farewell.proof !== null) return;
    farewell.proof = farewell.collector.proof((source) => resident.registrars[source] ?? "?");
    if (farewell.edition !== null) resident.farewell = null;
    this.#concluded(resident, farewell);
  }
}
