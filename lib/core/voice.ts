import type { Contact } from "./contact.ts";
import type { ClientEffect, ClientInput } from "./io.ts";
import type { Lister } from "./listing.ts";
import type { ToRegistrar } from "./messages.ts";
import type { Showing, Wishes } from "./respondent.ts";

type Of<K extends ClientInput["kind"]> = Extract<ClientInput, { kind: K }>;

/** What a client says to all its registrars of its own accord; each hears what concerns it. */
export class Voice {
  readonly #contacts: readonly Contact[];
  readonly #emit: (effect: ClientEffect) => void;

  constructor(contacts: readonly Contact[], emit: (effect: ClientEffect) => void) {
    this.#contacts = contacts;
    this.#emit = emit;
  }

  say(source: number, message: ToRegistrar | null): void {
    if (message !== null) this.#emit({ kind: "send", source, message });
  }

  update(showing: Showing, proofMs: number, nowMs: number): void {
    for (const { source, respondent } of this.#contacts) {
      this.say(source, respondent.update(showing, proofMs, nowMs));
    }
  }

  leave(proofMs: number, wishes: Wishes, nowMs: number): void {
    for (const { source, respondent } of this.#contacts) {
      for (const message of respondent.leave(proofMs, wishes, nowMs)) this.say(source, message);
    }
  }

  /** True while some registrar waits for a revision of its list to be acknowledged. */
  get hasToAcknowledge(): boolean {
    return this.#contacts.some(({ follower }) => follower.fences.isOpen);
  }

  /** Says of each fence that our list shows it, as soon as it does. */
  acknowledge(lister: Lister): void {
    for (const { source, respondent, follower } of this.#contacts) {
      for (const { service, revision } of follower.fences.passed(lister)) {
        this.say(source, respondent.acknowledge(service, revision));
      }
    }
  }

  report({ service, id, instance, isUnreachable }: Of<"report">): void {
    for (const { source, respondent } of this.#contacts) {
      this.say(source, respondent.report({ service, id, instance, isUnreachable }));
    }
  }

  export({ source, token, service, after }: Of<"export">): void {
    const message = this.#contacts[source]?.respondent.export(token, service, after) ?? null;
    this.say(source, message);
  }

  explain({ token, service, id }: Of<"explain">): void {
    for (const { source, respondent } of this.#contacts) {
      this.say(source, respondent.explain(token, service, id));
    }
  }
}
