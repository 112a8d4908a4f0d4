import { setTimeout as pause } from "node:timers/promises";
import { Child } from "./child.ts";
import type { Roles } from "../helpers/compiled.ts";
import { machineMs, type Fact, type Run } from "./facts.ts";
import type { Fault } from "./plan.ts";
import type { MembersRole } from "./roles/members.ts";
import type { Place, RegistrarRole } from "./roles/registrar.ts";
import type { WatchersRole } from "./roles/watchers.ts";
import type { Usage } from "./usage.ts";

/** How much of everything there is. */
export interface Size {
  readonly registrars: number;
  readonly members: number;
  readonly memberProcesses: number;
  readonly watchers: number;
  readonly watcherProcesses: number;
}

const SERVICE = "soak";
const ANYWHERE: Place = { survey: "tcp://127.0.0.1:0", roster: "tcp://127.0.0.1:0" };

type Measurable = Pick<Child<RegistrarRole>, "name" | "isRunning"> & {
  ask(command: "measure", argument: never): Promise<Usage>;
};

/** The process that holds a run, which its id tells. */
export function processOf(run: Run): string {
  return `members-${run.slice(1, run.indexOf("-"))}`;
}

/** All processes of a soak, and what is done to them. */
export class Stage {
  readonly #roles: Roles;
  readonly #size: Size;
  readonly #tell: (...facts: readonly Fact[]) => void;
  readonly #registrars: Child<RegistrarRole>[] = [];
  readonly #members: Child<MembersRole>[] = [];
  readonly #watchers: Child<WatchersRole>[] = [];
  readonly #places: Place[] = [];
  /** The present run of each id, as far as it said so. */
  readonly #runs = new Map<string, Run>();
  /** Processes that something is being done to. */
  readonly #busy = new Set<string>();
  readonly #acts = new Set<Promise<void>>();
  /** Proofs of leaves that were not complete. */
  incomplete = 0;
  /** Why an act failed that should not have. */
  readonly failures: string[] = [];

  constructor(roles: Roles, size: Size, heard: (...facts: readonly Fact[]) => void) {
    this.#roles = roles;
    this.#size = size;
    this.#tell = (...facts) => {
      for (const fact of facts)
        if (fact.kind === "joined") this.#runs.set(idOf(fact.run), fact.run);
      heard(...facts);
    };
  }

  async start(): Promise<void> {
    const { registrars, watcherProcesses, memberProcesses } = this.#size;
    for (let at = 0; at < registrars; at += 1) {
      this.#places[at] = ANYWHERE;
      await this.#startRegistrar(at);
    }
    for (let at = 0; at < watcherProcesses; at += 1) await this.#startWatchers(at);
    for (let at = 0; at < memberProcesses; at += 1) await this.#startMembers(at);
  }

  /** Begins to do this; false where something is being done there already. */
  perform(fault: Fault): boolean {
    const name = "process" in fault ? `members-${fault.process}` : `registrar-${fault.registrar}`;
    if (this.#busy.has(name)) return false;
    this.#busy.add(name);
    const act = this.#act(fault, name)
      .catch((error: unknown) => void this.failures.push(String(error)))
      .finally(() => {
        this.#busy.delete(name);
        this.#acts.delete(act);
      });
    this.#acts.add(act);
    return true;
  }

  /** Resolves when nothing is being done to anybody. */
  async quiet(): Promise<void> {
    await Promise.all(this.#acts);
  }

  /** What the first process of each role holds. */
  async measure(): Promise<ReadonlyMap<string, Usage>> {
    const firsts = [this.#registrars[0], this.#members[0], this.#watchers[0]];
    const found = new Map<string, Usage>();
    for (const child of firsts as readonly (Measurable | undefined)[]) {
      if (child === undefined || !child.isRunning || this.#busy.has(child.name)) continue;
      found.set(child.name, await child.ask("measure", undefined as never));
    }
    return found;
  }

  /** How many lists are not what their changes add up to. */
  async inconsistent(): Promise<number> {
    const found = this.#watchers.map((child) => child.ask("inconsistent", undefined as never));
    return (await Promise.all(found)).reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    const all = [...this.#members, ...this.#watchers, ...this.#registrars];
    await Promise.all(all.filter(({ isRunning }) => isRunning).map((child) => child.kill()));
  }

  async #act(fault: Fault, name: string): Promise<void> {
    switch (fault.kind) {
      case "cycle":
        return this.#cycle(fault);
      case "kill":
        this.#tell({ kind: "killed", process: name, atMs: machineMs() });
        await this.#members[fault.process]?.kill();
        await pause(fault.awayMs);
        return this.#startMembers(fault.process);
      case "freeze":
        return this.#freeze(this.#members[fault.process], fault.forMs);
      case "restart":
        this.#tell({ kind: "disturbed", registrar: name, atMs: machineMs() });
        await this.#registrars[fault.registrar]?.kill();
        await pause(fault.awayMs);
        this.#tell({ kind: "disturbed", registrar: name, atMs: machineMs() });
        return this.#startRegistrar(fault.registrar);
      case "pause":
        this.#tell({ kind: "disturbed", registrar: name, atMs: machineMs() });
        await this.#freeze(this.#registrars[fault.registrar], fault.forMs);
        return this.#tell({ kind: "disturbed", registrar: name, atMs: machineMs() });
      default:
        return fault satisfies never;
    }
  }

  async #cycle({ process, count, awayMs }: Extract<Fault, { kind: "cycle" }>): Promise<void> {
    const all = this.#idsOf(process);
    const from = awayMs % all.length;
    const ids = [...all, ...all].slice(from, from + count);
    const atMs = machineMs();
    for (const id of ids) this.#tell({ kind: "leaving", run: this.#runs.get(id) ?? id, atMs });
    this.incomplete += (await this.#members[process]?.ask("cycle", { ids, awayMs })) ?? 0;
  }

  async #freeze(
    child: Child<RegistrarRole> | Child<MembersRole> | undefined,
    forMs: number,
  ): Promise<void> {
    if (child === undefined) return;
    this.#tell({ kind: "frozen", process: child.name, atMs: machineMs() });
    child.freeze();
    await pause(forMs);
    child.thaw();
    this.#tell({ kind: "thawed", process: child.name, atMs: machineMs() });
  }

  async #startRegistrar(at: number): Promise<void> {
    const child = new Child<RegistrarRole>(`registrar-${at}`, this.#roles("registrar"), this.#hear);
    this.#registrars[at] = child;
    const place = this.#places[at] ?? ANYWHERE;
    this.#places[at] = await child.ask("start", { place, service: SERVICE });
  }

  async #startWatchers(at: number): Promise<void> {
    const child = new Child<WatchersRole>(`watchers-${at}`, this.#roles("watchers"), this.#hear);
    this.#watchers[at] = child;
    const { watchers, watcherProcesses } = this.#size;
    const count = Math.floor(watchers / watcherProcesses);
    await child.ask("start", { registrars: this.#surveys, service: SERVICE, count });
  }

  async #startMembers(at: number): Promise<void> {
    const child = new Child<MembersRole>(`members-${at}`, this.#roles("members"), this.#hear);
    this.#members[at] = child;
    const ids = this.#idsOf(at);
    await child.ask("start", { registrars: this.#surveys, service: SERVICE, ids });
  }

  get #surveys(): readonly string[] {
    return this.#places.map(({ survey }) => survey);
  }

  #idsOf(process: number): readonly string[] {
    const count = Math.floor(this.#size.members / this.#size.memberProcesses);
    return Array.from({ length: count }, (_, at) => `m${process}-${at}`);
  }

  readonly #hear = (facts: readonly Fact[]): void => this.#tell(...facts);
}

function idOf(run: Run): string {
  return run.slice(0, run.indexOf("/"));
}
