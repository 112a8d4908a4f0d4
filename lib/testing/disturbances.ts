import type { CutEnds } from "./connection.ts";
import type { FaultKind } from "./faults.ts";
import type { ConsumerLineBook } from "./consumer-book.ts";
import type { MemberLineBook } from "./peer-book.ts";
import type { Process } from "./process.ts";
import { Simulation } from "./simulation.ts";

/** How long a fault lasts; without it until it is ended. */
export interface Lasting {
  readonly forMs?: number;
}

/** Which bytes a partition holds. */
export type Direction = "both" | "toRegistrar" | "fromRegistrar";

/** A partition: which bytes are held, and from which registrar; without it from all. */
export interface Parting extends Lasting {
  readonly direction?: Direction;
  readonly from?: string;
}

/** What may be wrong for a while with a node, and which of its connections it is about. */
interface Disturbance {
  readonly kind: FaultKind;
  readonly name: string;
  readonly forMs: number;
  readonly text: string;
  readonly registrars: readonly string[];
  readonly end: () => void;
}

/** A simulation to which things happen. Verbs return false where they change nothing. */
export class Disturbances extends Simulation {
  /** SIGSTOP: nothing of the process runs, its connections stay open. */
  stop(name: string, { forMs = Infinity }: Lasting = {}): boolean {
    const process = this.#process(name);
    if (process === null) return false;
    process.stop();
    const end = (): void => process.continue();
    this.#silence({ ...this.#whole(name), kind: "stop", forMs, text: "STOPS", end });
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
    const end = (): void => process.unblock();
    this.#silence({ ...this.#whole(name), kind: "stall", forMs, text: "IS BLOCKED", end });
    return true;
  }

  /**
   * Holds all bytes between a client and its registrars or one of them, or between a registrar and
   * all clients, in one direction or both.
   */
  partition(name: string, how: Parting = {}): boolean {
    if (this.fleet.offices.has(name)) {
      return this.nodes.map((node) => this.partition(node, { ...how, from: name })).some(Boolean);
    }
    const { forMs = Infinity, direction = "both" } = how;
    const registrars = how.from === undefined ? this.registrars : [how.from];
    const ways = registrars.flatMap((other) => waysOf(name, other, direction));
    for (const [from, to] of ways) this.world.network.block(from, to);
    // What a process said last may still be under way when its host is cut off.
    for (const peer of this.fleet.peers) {
      if (peer.node !== name || peer.ending === null) continue;
      for (const other of registrars) peer.lines.get(other)?.silence.begin(this.nowMs);
    }
    const end = (): void => {
      for (const [from, to] of ways) this.world.network.unblock(from, to);
    };
    const where = how.from === undefined ? "" : ` from ${how.from}`;
    const text = `IS CUT OFF${where} (${direction})`;
    this.#silence({ kind: "partition", name, forMs, text, registrars, end });
    return true;
  }

  /** Ends the partitions of a client, or of all. */
  heal(name?: string): boolean {
    const isAll = name === undefined || this.fleet.offices.has(name);
    return this.faults.end("partition", isAll ? undefined : name);
  }

  /**
   * Resets a client's connections from outside, to all its registrars or to `from`, as a router does
   * that forgets them; what is under way is lost. An end that is not told finds out by itself.
   */
  cut(
    name: string,
    which: "survey" | "roster",
    { told = "both", from }: { readonly told?: CutEnds; readonly from?: string } = {},
  ): boolean {
    const resident = this.fleet.residents.get(name);
    if (resident === undefined) return false;
    const cuts = resident.registrars.flatMap((registrar, source) => {
      const isMeant = from === undefined || from === registrar;
      return isMeant && resident.node.cut(source, which, told) ? [registrar] : [];
    });
    for (const registrar of cuts) {
      const where = this.registrars.length > 1 ? ` to ${registrar}` : "";
      this.note(name, `LOSES its ${which} connection${where}, told: ${told}`);
      if (which === "survey") resident.peer?.lines.get(registrar)?.wasCut(this.nowMs, told);
      else resident.consumer?.lines.get(registrar)?.trouble.moment(this.nowMs);
    }
    return cuts.length > 0;
  }

  /** A consumer that reads one roster message every `readMs`; its queues may overflow. */
  slow(name: string, how: Lasting & { readonly readMs: number }): boolean {
    const resident = this.fleet.residents.get(name);
    if (resident === undefined || resident.consumer === null) return false;
    const { node, consumer } = resident;
    const lines = [...consumer.lines.values()];
    node.paceMs = how.readMs;
    for (const { trouble } of lines) trouble.begin(this.nowMs);
    const end = (): void => {
      node.paceMs = 0;
      // It still thinks about the last message.
      this.world.timeline.after(how.readMs, () => {
        for (const { trouble } of lines) trouble.end(this.nowMs);
      });
    };
    const text = `READS every ${how.readMs} ms`;
    const forMs = how.forMs ?? Infinity;
    this.#begin({ kind: "slow", name, forMs, text, registrars: this.registrars, end });
    return true;
  }

  /** Writes a line of the trace. */
  protected note(node: string, text: string): void {
    this.world.trace.add({ atMs: this.nowMs, node, text });
  }

  /** A fault of a process: a registrar's is its own, a client's is one with every registrar. */
  #whole(name: string): Pick<Disturbance, "name" | "registrars"> {
    return { name, registrars: this.registrars };
  }

  /** A fault during which nobody hears the node; the books of whoever bears its name say so. */
  #silence(fault: Disturbance): void {
    const { name, registrars } = fault;
    const book = this.fleet.offices.get(name)?.book;
    for (const { trouble } of this.#consumerLines(name, registrars)) trouble.begin(this.nowMs);
    for (const { silence } of this.#memberLines(name, registrars)) silence.begin(this.nowMs);
    book?.trouble.begin(this.nowMs);
    const end = (): void => {
      for (const line of this.#memberLines(name, registrars))
        line.heardAgain(this.nowMs, this.bounds.pauseMs);
      for (const { trouble } of this.#consumerLines(name, registrars)) trouble.end(this.nowMs);
      book?.trouble.end(this.nowMs);
      fault.end();
    };
    this.#begin({ ...fault, end });
  }

  #begin(fault: Disturbance): void {
    const { kind, name, forMs, text, registrars } = fault;
    this.note(name, Number.isFinite(forMs) ? `${text} for ${forMs} ms` : text);
    const end = (): void => {
      this.note(name, `${kind} ENDS`);
      fault.end();
    };
    this.faults.begin({ kind, node: name, registrars, end }, forMs);
  }

  #memberLines(name: string, registrars: readonly string[]): readonly MemberLineBook[] {
    const lines = this.fleet.residents.get(name)?.peer?.lines;
    return registrars.flatMap((registrar) => lines?.get(registrar) ?? []);
  }

  #consumerLines(name: string, registrars: readonly string[]): readonly ConsumerLineBook[] {
    const lines = this.fleet.residents.get(name)?.consumer?.lines;
    return registrars.flatMap((registrar) => lines?.get(registrar) ?? []);
  }

  #process(
    name: string,
  ): Pick<Process<never, never>, "stop" | "continue" | "block" | "unblock"> | null {
    const office = this.fleet.offices.get(name);
    if (office !== undefined) return office.node.process;
    return this.fleet.residents.get(name)?.node.process ?? null;
  }
}

function waysOf(
  client: string,
  registrar: string,
  direction: Direction,
): readonly (readonly [from: string, to: string])[] {
  const up = [client, registrar] as const;
  const down = [registrar, client] as const;
  if (direction === "both") return [up, down];
  return direction === "toRegistrar" ? [up] : [down];
}
