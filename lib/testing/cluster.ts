import type { Card } from "../core/peer.ts";
import type { CutEnds } from "./connection.ts";
import type { FaultKind } from "./faults.ts";
import { REGISTRAR } from "./fleet.ts";
import type { ClientSpec, Resident } from "./resident.ts";
import type { Process } from "./process.ts";
import { Simulation } from "./simulation.ts";

/** How long a fault lasts; without it until it is ended. */
export interface Lasting {
  readonly forMs?: number;
}

/** Which bytes a partition holds. */
export type Direction = "both" | "toRegistrar" | "fromRegistrar";

/**
 * A whole installation in virtual time, and everything that can happen to it. Verbs take the name
 * of a node, `"registrar"` included where that makes sense, and return false where they change
 * nothing, because the node does not run for instance.
 */
export class Cluster extends Simulation {
  /** Ends all troubles, gives everybody the documented time, and checks what is claimed at rest. */
  settle(): void {
    this.endTroubles();
    this.runFor(this.bounds.convergenceMs);
    this.inspector.inspect(this.facts, "rest");
  }

  /** Starts the registrar if it is down, lets everybody run and all bytes flow. */
  endTroubles(): void {
    this.start();
    for (const kind of ["stop", "stall", "partition", "slow"] as const) this.faults.end(kind);
  }

  /** Starts a member; by default a peer of the service `main` with the name of its node as id. */
  join(name: string, spec: ClientSpec = {}): boolean {
    return this.#start(name, { service: "main", ...spec });
  }

  /** Starts a watcher; by default of all services. */
  watch(name: string, spec: Pick<ClientSpec, "services" | "anonymous"> = {}): boolean {
    return this.#start(name, spec);
  }

  /** Starts the registrar where it is down. Its process is a new one. */
  start(): boolean {
    if (this.fleet.registrar.process !== null) return false;
    this.#note(REGISTRAR, "STARTS");
    this.fleet.startRegistrar();
    return true;
  }

  /** Says goodbye and goes. */
  leave(name: string): boolean {
    const resident = this.#running(name);
    if (resident === null || resident.peer?.ending === "left") return false;
    this.#note(name, "LEAVES");
    this.fleet.leave(resident);
    return true;
  }

  /** A member shows a new card: the one it has with these parts replaced. */
  update(name: string, change: Partial<Card>): boolean {
    const resident = this.#running(name);
    if (resident === null || resident.peer === null) return false;
    if (resident.peer.ending !== null) return false;
    this.#note(name, `UPDATES ${JSON.stringify(change)}`);
    const card = { ...resident.peer.card, ...change };
    resident.peer.shows(card, this.nowMs);
    resident.node.feed({ kind: "update", card, proofMs: 0 });
    return true;
  }

  /** A member that takes no new work. */
  drain(name: string): boolean {
    return this.update(name, { status: "draining" });
  }

  /**
   * SIGKILL. The kernel closes the connections; `reset` loses what is under way on them. With
   * `restartAfterMs` the same node starts again, as a new instance under the same id.
   */
  crash(
    name: string,
    how: { readonly restartAfterMs?: number; readonly reset?: boolean } = {},
  ): boolean {
    const again =
      name === REGISTRAR ? this.#crashRegistrar() : this.#crashClient(name, how.reset ?? false);
    if (again === null) return false;
    if (how.restartAfterMs !== undefined) this.world.timeline.after(how.restartAfterMs, again);
    return true;
  }

  /** SIGSTOP: nothing of the process runs, its connections stay open. */
  stop(name: string, { forMs = Infinity }: Lasting = {}): boolean {
    const process = this.#process(name);
    if (process === null) return false;
    process.stop();
    this.#silence({ kind: "stop", name, forMs, text: "STOPS", end: () => process.continue() });
    return true;
  }

  /** SIGCONT. */
  continue(name: string): boolean {
    return this.faults.end("stop", name);
  }

  /** Blocks the event loop for a while; its I/O thread lives on. */
  stall(name: string, forMs: number): boolean {
    const process = this.#process(name);
    if (process === null) return false;
    process.block();
    this.#silence({ kind: "stall", name, forMs, text: "IS BLOCKED", end: () => process.unblock() });
    return true;
  }

  /** Holds all bytes between a client, or all clients, and the registrar, in one direction or both. */
  partition(name: string, how: Lasting & { readonly direction?: Direction } = {}): boolean {
    const { forMs = Infinity, direction = "both" } = how;
    if (name === REGISTRAR) {
      return this.nodes.map((node) => this.partition(node, how)).some(Boolean);
    }
    const { network } = this.world;
    const ways: (readonly [string, string])[] = [];
    if (direction !== "fromRegistrar") ways.push([name, REGISTRAR]);
    if (direction !== "toRegistrar") ways.push([REGISTRAR, name]);
    for (const [from, to] of ways) network.block(from, to);
    // What a process said last may still be under way when its host is cut off.
    for (const peer of this.fleet.peers) {
      if (peer.node === name && peer.ending !== null) peer.silence.begin(this.nowMs);
    }
    const end = (): void => {
      for (const [from, to] of ways) network.unblock(from, to);
    };
    this.#silence({ kind: "partition", name, forMs, text: `IS CUT OFF (${direction})`, end });
    return true;
  }

  /** Ends the partitions of a client, or of all. */
  heal(name?: string): boolean {
    return this.faults.end("partition", name === REGISTRAR ? undefined : name);
  }

  /**
   * Resets a connection from outside, as a router does that forgets it; what is under way is lost.
   * An end that is not told finds out by itself.
   */
  cut(name: string, which: "survey" | "roster", told: CutEnds = "both"): boolean {
    const resident = this.fleet.residents.get(name);
    if (resident === undefined || !resident.node.cut(which, told)) return false;
    this.#note(name, `LOSES its ${which} connection, told: ${told}`);
    if (which === "survey") resident.peer?.wasCut(this.nowMs, told);
    else resident.consumer?.trouble.moment(this.nowMs);
    return true;
  }

  /** A consumer that reads one roster message every `readMs`; its queue may overflow. */
  slow(name: string, how: Lasting & { readonly readMs: number }): boolean {
    const resident = this.fleet.residents.get(name);
    if (resident === undefined || resident.consumer === null) return false;
    const { node, consumer } = resident;
    node.paceMs = how.readMs;
    consumer.trouble.begin(this.nowMs);
    const end = (): void => {
      node.paceMs = 0;
      // It still thinks about the last message.
      this.world.timeline.after(how.readMs, () => consumer.trouble.end(this.nowMs));
    };
    this.#begin({
      kind: "slow",
      name,
      forMs: how.forMs ?? Infinity,
      text: `READS every ${how.readMs} ms`,
      end,
    });
    return true;
  }

  #start(name: string, spec: ClientSpec): boolean {
    if (this.fleet.residents.has(name) || name === REGISTRAR) return false;
    const what =
      spec.service === undefined ? "WATCHES" : `JOINS ${spec.service} as ${spec.id ?? name}`;
    this.#note(name, what);
    const { peer, consumer } = this.fleet.start(name, spec);
    for (let p = this.faults.count(name, "partition"); p > 0; p -= 1) {
      peer?.silence.begin(this.nowMs);
      consumer?.trouble.begin(this.nowMs);
    }
    return true;
  }

  #crashRegistrar(): (() => void) | null {
    if (this.fleet.registrar.process === null) return null;
    this.#note(REGISTRAR, "CRASHES");
    this.faults.bury(REGISTRAR);
    this.fleet.killRegistrar();
    return () => void this.start();
  }

  #crashClient(name: string, isReset: boolean): (() => void) | null {
    const resident = this.fleet.residents.get(name);
    if (resident === undefined) return null;
    this.#note(name, isReset ? "CRASHES, connections reset" : "CRASHES");
    if (isReset) {
      resident.node.cut("survey", "registrar");
      resident.node.cut("roster", "registrar");
    }
    this.faults.bury(name);
    this.fleet.end(resident, "crashed");
    return () => void this.#start(name, resident.spec);
  }

  /** A fault during which nobody hears the node; the books of whoever bears its name say so. */
  #silence(fault: {
    readonly kind: FaultKind;
    readonly name: string;
    readonly forMs: number;
    readonly text: string;
    readonly end: () => void;
  }): void {
    const resident = (): Resident | undefined => this.fleet.residents.get(fault.name);
    const { registrarBook } = this.fleet;
    resident()?.peer?.silence.begin(this.nowMs);
    resident()?.consumer?.trouble.begin(this.nowMs);
    if (fault.name === REGISTRAR) registrarBook.trouble.begin(this.nowMs);
    const end = (): void => {
      resident()?.peer?.heardAgain(this.nowMs, this.bounds.pauseMs);
      resident()?.consumer?.trouble.end(this.nowMs);
      if (fault.name === REGISTRAR) registrarBook.trouble.end(this.nowMs);
      fault.end();
    };
    this.#begin({ ...fault, end });
  }

  #begin(fault: {
    readonly kind: FaultKind;
    readonly name: string;
    readonly forMs: number;
    readonly text: string;
    readonly end: () => void;
  }): void {
    const { kind, name, forMs, text } = fault;
    this.#note(name, Number.isFinite(forMs) ? `${text} for ${forMs} ms` : text);
    const end = (): void => {
      this.#note(name, `${kind} ENDS`);
      fault.end();
    };
    this.faults.begin({ kind, node: name, end }, forMs);
  }

  #running(name: string): Resident | null {
    const resident = this.fleet.residents.get(name);
    return resident?.node.process.isRunning === true ? resident : null;
  }

  #process(
    name: string,
  ): Pick<Process<never, never>, "stop" | "continue" | "block" | "unblock"> | null {
    if (name === REGISTRAR) return this.fleet.registrar.process;
    return this.fleet.residents.get(name)?.node.process ?? null;
  }

  #note(node: string, text: string): void {
    this.world.trace.add({ atMs: this.nowMs, node, text });
  }
}
