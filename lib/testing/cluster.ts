import type { Card } from "../core/peer.ts";
import { Disturbances } from "./disturbances.ts";
import { REGISTRAR } from "./office.ts";
import type { Office } from "./office.ts";
import type { ClientSpec, Resident } from "./resident.ts";

/** How long a leaving member waits for its registrars before it goes all the same. */
const LEAVE_MS = 500;

/** How long a run goes on when the troubles are over. */
export type Rest = "whole" | "calm";

/** Bounds a goodbye, or a drain. */
export interface Patience {
  /** How long consumers have to acknowledge it. Default 500 ms. */
  readonly deadlineMs?: number;
}

/** How a goodbye is said. */
export interface Leaving extends Patience {
  /** False: it goes as soon as its goodbye is published, as `close()` does. Default true. */
  readonly wantsProof?: boolean;
}

/**
 * A whole installation in virtual time, and everything that can happen to it. Verbs take the name
 * of a node, that of a registrar included where that makes sense, and return false where they
 * change nothing, because the node does not run for instance.
 */
export class Cluster extends Disturbances {
  #looks = -1;

  /**
   * Ends all troubles, gives everybody the documented time, and checks what is claimed at rest. With
   * `calm` it stops as soon as all that is true and no list has changed for the time in which
   * silence and a registrar's learning would have shown.
   */
  settle(rest: Rest = "whole"): void {
    this.endTroubles();
    const { convergenceMs, reportMs } = this.bounds;
    const untilMs = this.nowMs + convergenceMs + (this.fleet.doubts.total > 0 ? reportMs : 0);
    while (rest === "calm" && this.nowMs < untilMs && !this.#isCalm())
      this.runFor(this.bounds.calmMs);
    if (rest === "whole") this.runFor(untilMs - this.nowMs);
    this.inspector.inspectAtRest(this.facts);
  }

  /** True once nothing was seen since it was asked last, and all is as it should be. */
  #isCalm(): boolean {
    const { looks } = this.fleet.observer;
    const isQuiet = looks === this.#looks;
    this.#looks = looks;
    return isQuiet && this.inspector.isAtRest(this.facts);
  }

  /** Starts registrars that are down, lets everybody run and all bytes flow. */
  endTroubles(): void {
    for (const name of this.registrars) this.start(name);
    for (const kind of ["stop", "stall", "partition", "slow"] as const) this.faults.end(kind);
    this.fleet.doubts.withdrawAll();
  }

  /** Starts a member; by default a peer of the service `main` with the name of its node as id. */
  join(name: string, spec: ClientSpec = {}): boolean {
    return this.#start(name, { service: "main", ...spec });
  }

  /** Starts a watcher; by default of all services. */
  watch(
    name: string,
    spec: Pick<ClientSpec, "services" | "anonymous" | "registrars"> = {},
  ): boolean {
    return this.#start(name, spec);
  }

  /** Starts a registrar where it is down, the first by default. Its process is a new one. */
  start(name: string = REGISTRAR): boolean {
    const office = this.fleet.offices.get(name);
    if (office === undefined || office.node.process !== null) return false;
    this.note(name, "STARTS");
    this.fleet.startRegistrar(office);
    return true;
  }

  /** Says goodbye, waits until consumers have acknowledged it or for the deadline, and goes. */
  leave(name: string, { deadlineMs = LEAVE_MS, wantsProof = true }: Leaving = {}): boolean {
    const resident = this.#running(name);
    if (resident === null || resident.farewell?.edition === null) return false;
    this.note(name, wantsProof ? "LEAVES" : "CLOSES");
    this.fleet.leave(resident, deadlineMs, wantsProof);
    return true;
  }

  /** A member shows a new card: the one it has with these parts replaced. */
  update(name: string, change: Partial<Card>): boolean {
    const resident = this.#running(name);
    const card = this.#nextCard(resident, change);
    if (resident === null || card === null) return false;
    resident.node.feed({ kind: "update", card, proofMs: 0 });
    return true;
  }

  /** A member that takes no new work, and has its consumers acknowledge that. */
  drain(name: string, { deadlineMs = LEAVE_MS }: Patience = {}): boolean {
    const resident = this.#running(name);
    const card = this.#nextCard(resident, { status: "draining" });
    if (resident === null || card === null) return false;
    this.fleet.farewells.drain(resident, card, deadlineMs);
    return true;
  }

  /**
   * A consumer tells its registrars that it cannot reach the peer of another node, or that it can
   * again. Only what it lists can it report.
   */
  report(name: string, of: string, isUnreachable: boolean): boolean {
    const reporter = this.#running(name);
    const peer = this.fleet.residents.get(of)?.peer ?? null;
    if (reporter === null || reporter.consumer === null || peer === null) return false;
    if (!isUnreachable) return this.fleet.doubts.withdraw(reporter, peer);
    if (!reporter.consumer.lists(peer)) return false;
    this.note(name, `CANNOT REACH ${of}`);
    this.fleet.doubts.report(reporter, peer);
    return true;
  }

  /**
   * SIGKILL. The kernel closes the connections; `reset` loses what is under way on them. With
   * `restartAfterMs` the same node starts again, as a new instance under the same id.
   */
  crash(
    name: string,
    how: { readonly restartAfterMs?: number; readonly reset?: boolean } = {},
  ): boolean {
    const office = this.fleet.offices.get(name);
    const again =
      office === undefined
        ? this.#crashClient(name, how.reset ?? false)
        : this.#crashRegistrar(name, office);
    if (again === null) return false;
    if (how.restartAfterMs !== undefined) this.world.timeline.after(how.restartAfterMs, again);
    return true;
  }

  #start(name: string, spec: ClientSpec): boolean {
    if (this.fleet.residents.has(name) || this.fleet.offices.has(name)) return false;
    const what =
      spec.service === undefined ? "WATCHES" : `JOINS ${spec.service} as ${spec.id ?? name}`;
    this.note(name, what);
    const { peer, consumer } = this.fleet.start(name, spec);
    for (const registrar of this.faults.of(name, "partition")) {
      peer?.lines.get(registrar)?.silence.begin(this.nowMs);
      consumer?.lines.get(registrar)?.trouble.begin(this.nowMs);
    }
    return true;
  }

  #crashRegistrar(name: string, office: Office): (() => void) | null {
    if (office.node.process === null) return null;
    this.note(name, "CRASHES");
    this.faults.bury(name);
    this.fleet.killRegistrar(office);
    return () => void this.start(name);
  }

  #crashClient(name: string, isReset: boolean): (() => void) | null {
    const resident = this.fleet.residents.get(name);
    if (resident === undefined) return null;
    this.note(name, isReset ? "CRASHES, connections reset" : "CRASHES");
    for (const source of isReset ? resident.registrars.keys() : []) {
      resident.node.cut(source, "survey", "registrar");
      resident.node.cut(source, "roster", "registrar");
    }
    this.faults.bury(name);
    this.fleet.end(resident, "crashed");
    return () => void this.#start(name, resident.spec);
  }

  /** Notes that a member shows another card; null where it cannot. */
  #nextCard(resident: Resident | null, change: Partial<Card>): Card | null {
    if (resident === null || resident.peer === null || resident.peer.ending !== null) return null;
    this.note(resident.name, `UPDATES ${JSON.stringify(change)}`);
    const card = { ...resident.peer.card, ...change };
    resident.peer.shows(card, this.nowMs);
    return card;
  }

  #running(name: string): Resident | null {
    const resident = this.fleet.residents.get(name);
    return resident?.node.process.isRunning === true ? resident : null;
  }
}
