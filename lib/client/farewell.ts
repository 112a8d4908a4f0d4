import type { Card } from "../core/peer.ts";
import type { ClientEffect } from "../core/io.ts";

/** A goodbye, or a card that says that we drain. */
export interface Parting {
  readonly card: Card | null;
  readonly deadlineMs: number;
  readonly wantsProof: boolean;
}

/** What is known of a goodbye, or of a peer that drains. */
export interface LeaveProof {
  /**
   * True when no consumer gives the peer out any more: every registrar that listed it has told so of
   * every named consumer, and there are no anonymous ones.
   */
  readonly complete: boolean;
  /** The revision of the service without the peer; null where no registrar confirmed in time. */
  readonly revision: number | null;
  /** Named consumers, by instance, whose merged lists have emitted without the peer. */
  readonly acknowledged: readonly string[];
  /** Named consumers that did not say so, and registrars that could not be asked, by endpoint. */
  readonly missing: readonly string[];
  /** Consumers with a SUB socket alone, which cannot say so. */
  readonly anonymous: number;
}

/** Time for a proof to travel. */
const PROOF_MARGIN_MS = 200;

/** Whom to wait for. */
export interface Farewell {
  /** Registrars that were told, by their places. */
  readonly told: readonly number[];
  /** Registrars that list the peer and could not be told. */
  readonly outOfReach: readonly number[];
  /** The edition that drains; null for a goodbye. */
  readonly edition: number | null;
  readonly wantsProof: boolean;
}

/** Collects what registrars say of a goodbye or a drain, until each has said all. */
export class Collector {
  readonly #farewell: Farewell;
  readonly #open: Set<number>;
  readonly #acknowledged = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #proven = new Set<number>();
  #revision: number | null = null;
  /** By registrar. */
  readonly #anonymous = new Map<number, number>();

  constructor(farewell: Farewell) {
    this.#farewell = farewell;
    this.#open = new Set(farewell.told);
  }

  /** Takes what happens; true once nothing more is to come. */
  take(effect: ClientEffect): true | undefined {
    const { edition, wantsProof } = this.#farewell;
    if (effect.kind === "lost") this.#open.delete(effect.source);
    else if (effect.kind === "left" && edition === null) this.#published(effect, wantsProof);
    else if (effect.kind === "recorded" && edition !== null && effect.edition >= edition) {
      this.#published(effect, wantsProof);
    } else if (effect.kind === "proof" && effect.edition === edition) this.#prove(effect);
    else return undefined;
    return this.#open.size === 0 ? true : undefined;
  }

  /** What is known now. `nameOf` gives the endpoint of a registrar. */
  proof(nameOf: (source: number) => string): LeaveProof {
    const { told, outOfReach } = this.#farewell;
    const silent = [...told, ...outOfReach].filter((source) => !this.#proven.has(source));
    const missing = [...this.#missing, ...silent.map(nameOf)];
    const anonymous = Math.max(0, ...this.#anonymous.values());
    return {
      complete: this.#proven.size > 0 && missing.length === 0 && anonymous === 0,
      revision: this.#revision,
      acknowledged: [...this.#acknowledged].filter((name) => !this.#missing.has(name)),
      missing,
      anonymous,
    };
  }

  #published(
    effect: { readonly source: number; readonly revision: number; readonly anonymous?: number },
    wantsProof: boolean,
  ): void {
    this.#revision = Math.max(effect.revision, this.#revision ?? 0);
    if (effect.anonymous !== undefined) this.#anonymous.set(effect.source, effect.anonymous);
    if (!wantsProof) this.#open.delete(effect.source);
  }

  #prove(proof: Extract<ClientEffect, { kind: "proof" }>): void {
    for (const name of proof.acknowledged) this.#acknowledged.add(name);
    for (const name of proof.missing) this.#missing.add(name);
    // Said later than with the publication: some may have told since who they are.
    this.#anonymous.set(proof.source, proof.anonymous);
    if (proof.more) return;
    this.#open.delete(proof.source);
    this.#proven.add(proof.source);
  }
}

/** Registrars are given a little less, so that they can say who is missing before we stop waiting. */
export function proofTimeMs(deadlineMs: number): number {
  return Math.max(1, Math.floor(deadlineMs - Math.min(PROOF_MARGIN_MS, deadlineMs / 4)));
}
