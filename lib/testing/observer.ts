import { ERRORS } from "../core/errors.ts";
import type { ClientEffect, SurveyorEffect } from "../core/io.ts";
import type { Bounds } from "./bounds.ts";
import type { ClientEvents, Delivery } from "./client-node.ts";
import type { ConsumerBook } from "./consumer-book.ts";
import type { Ending, Happening } from "./facts.ts";
import type { Farewells } from "./farewells.ts";
import type { Ledger } from "./ledger.ts";
import type { World } from "./network.ts";
import type { Office } from "./office.ts";
import type { Host } from "./process.ts";
import type { RegistrarEvents } from "./registrar-node.ts";
import type { Resident } from "./resident.ts";

/** What is there to be observed, and what is written down of it. */
interface Observed {
  readonly offices: ReadonlyMap<string, Office>;
  readonly residents: ReadonlyMap<string, Resident>;
  readonly ledger: Ledger;
  readonly farewells: Farewells;
  readonly happenings: Happening[];
  readonly end: (resident: Resident, ending: Ending) => void;
}

/** Writes into the books what the nodes do and what happens to them. */
export class Observer {
  /** How often a list was looked at because it may have changed. */
  looks = 0;
  readonly #fleet: Observed;
  readonly #world: World;
  readonly #bounds: Bounds;

  constructor(options: {
    readonly fleet: Observed;
    readonly world: World;
    readonly bounds: Bounds;
  }) {
    this.#fleet = options.fleet;
    this.#world = options.world;
    this.#bounds = options.bounds;
  }

  registrarEventsOf(name: string): RegistrarEvents {
    return {
      effect: (effect) => this.#published(name, effect),
      disconnected: (host) => this.#closed(host, name),
    };
  }

  eventsOf(name: string): ClientEvents {
    const resident = (): Resident | undefined => this.#fleet.residents.get(name);
    const registrarAt = (source: number): string => resident()?.registrars[source] ?? "";
    return {
      effect: (effect) => this.#effect(name, effect),
      changed: (sentMs) => this.#look(resident()?.consumer ?? null, sentMs),
      delivered: (delivery) => this.#delivered(resident(), delivery),
      closed: (source) => {
        const one = resident();
        if (one !== undefined) this.#closed(one.node.process, registrarAt(source));
      },
      missed: (source) =>
        resident()?.consumer?.lines.get(registrarAt(source))?.trouble.moment(this.#nowMs),
    };
  }

  get #nowMs(): number {
    return this.#world.timeline.nowMs;
  }

  #published(name: string, effect: SurveyorEffect): void {
    if (effect.kind === "publish" && effect.message.kind === "delta")
      this.#fleet.ledger.record(effect.message);
    if (effect.kind !== "authority") return;
    this.#fleet.offices.get(name)?.book.judges(effect.authority, this.#nowMs);
    this.#note(name, `is ${effect.authority}`);
  }

  #delivered(resident: Resident | undefined, delivery: Delivery): void {
    const consumer = resident?.consumer ?? null;
    if (resident === undefined || consumer === null) return;
    if (delivery.before !== delivery.after)
      this.#fleet.happenings.push({ kind: "delivered", consumer, delivery });
    const { source } = delivery;
    const name = resident.registrars[source] ?? "";
    const line = consumer.lines.get(name);
    if (line?.mayLag !== true || !resident.node.isSubscribedTo(source)) return;
    if (this.#isLatest(consumer, name, source)) {
      line.caughtUp(this.#nowMs, this.#nowMs + this.#bounds.judgementMs);
    }
  }

  /** It holds the latest revision of everything it follows. */
  #isLatest({ services, sources, readyMs }: ConsumerBook, name: string, source: number): boolean {
    const node = this.#fleet.offices.get(name)?.node;
    const surveyor = node?.surveyor ?? null;
    if (node === undefined || surveyor === null || readyMs === null) return false;
    const open = surveyor.services;
    const followed = services.includes("*") ? open : services;
    return followed.every((service) => {
      const held = sources.find((one) => one.source === source && one.service === service);
      if (held === undefined || held.authority === "stale" || held.epoch !== node.epoch)
        return false;
      // A service that is not open has no number of its own.
      const isOpen = open.includes(service);
      return !isOpen || held.revision === surveyor.published(service).revision;
    });
  }

  #look(consumer: ConsumerBook | null, sentMs: number): void {
    const looked = consumer?.look({ nowMs: this.#nowMs, sentMs }) ?? null;
    if (consumer === null || looked === null) return;
    const { listing, seen, isFirst, before } = looked;
    this.looks += 1;
    const { happenings } = this.#fleet;
    happenings.push({ kind: "listed", consumer, listing });
    const after = listing.sources;
    if (seen.length > 0)
      happenings.push({ kind: "changes", consumer, seen, isFirst, before, after });
    for (const { change } of seen) {
      this.#note(consumer.node, `sees ${change.peer.id} ${change.kind} (${change.cause})`);
    }
  }

  /** A survey connection between this process and a registrar closed, at either end. */
  #closed(host: Host, registrar: string): void {
    const resident = this.#fleet.residents.get(host.name);
    if (resident?.node.process !== host) return;
    this.#note(host.name, this.#with("survey connection closed", registrar));
    const { peer, consumer } = resident;
    peer?.lines.get(registrar)?.closed(this.#nowMs, this.#bounds.judgementMs, peer.ending !== null);
    const line = consumer?.lines.get(registrar);
    if (line === undefined) return;
    line.settledMs = Infinity;
    // Until it hears more, it does not believe in this registrar, and so in others alone.
    if (resident.registrars.length > 1) line.trouble.moment(this.#nowMs);
  }

  #effect(name: string, effect: ClientEffect): void {
    const resident = this.#fleet.residents.get(name);
    if (resident === undefined) return;
    this.#fleet.farewells.heard(resident, effect);
    switch (effect.kind) {
      case "accepted":
        return this.#accepted(resident, effect.source);
      case "refused":
        return this.#refused(resident, effect);
      case "connection":
        return this.#note(name, `is ${effect.connection.kind}`);
      default:
    }
  }

  #accepted({ name, peer, consumer, registrars }: Resident, source: number): void {
    const registrar = registrars[source] ?? "";
    peer?.lines.get(registrar)?.accepted(this.#nowMs);
    const line = consumer?.lines.get(registrar);
    if (line !== undefined) line.settledMs = this.#nowMs;
    this.#note(name, this.#with("is accepted", registrar));
  }

  #refused(resident: Resident, effect: Extract<ClientEffect, { kind: "refused" }>): void {
    const { name, peer, consumer, registrars } = resident;
    const registrar = registrars[effect.source] ?? "";
    this.#note(name, this.#with(`is refused: ${effect.code}`, registrar));
    if (!ERRORS[effect.code].retryable) {
      peer?.lines.get(registrar)?.refused();
      const line = consumer?.lines.get(registrar);
      if (line !== undefined) line.isRefused = true;
    }
    if (!effect.final) return;
    const { timeline } = this.#world;
    timeline.at(timeline.nowMs, () => this.#fleet.end(resident, "refused"));
  }

  /** With one registrar it goes without saying. */
  #with(text: string, registrar: string): string {
    return this.#fleet.offices.size > 1 ? `${text} (${registrar})` : text;
  }

  #note(node: string, text: string): void {
    this.#world.trace.add({ atMs: this.#nowMs, node, text });
  }
}
