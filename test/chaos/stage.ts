import { setTimeout as pause } from "node:timers/promises";
import { machineMs } from "../bench/clock.ts";
import { until } from "../helpers/until.ts";
import type { Bounds } from "./bounds.ts";
import type { Bridge } from "./bridge.ts";
import {
  ASIDE,
  crewOf,
  hogName,
  hogOf,
  PROXY,
  proxyOf,
  registrarOf,
  watcherOf,
} from "./castings.ts";
import type { Troupe } from "./castings.ts";
import type { Line } from "./child.ts";
import type { Roles } from "../helpers/compiled.ts";
import { Crowd } from "./crowd.ts";
import type { Casting } from "./crowd.ts";
import { PROMPT } from "./delaying-proxy.ts";
import type { Delays } from "./delaying-proxy.ts";
import type { Fault } from "./faults.ts";
import { Observer } from "./observer.ts";
import { Places } from "./places.ts";
import type { Cast, Deed, Fact, Told } from "./story.ts";
import { Wire } from "./wire.ts";

/** What a run is made of. */
export interface StageOptions extends Omit<Troupe, "places"> {
  readonly cast: Cast;
  readonly bridge: Bridge;
  readonly roles: Roles;
  readonly bounds: Bounds;
  /** Nodes whose way to the registrars is through the proxy. */
  readonly behindProxy?: readonly string[];
  /** Processes of other systems on the node of a crew, which are stopped with it. */
  readonly companionsOf?: (crew: string) => readonly Casting[];
  /** Further processes that are there from the start. */
  readonly beside?: readonly Casting[];
  /** What other systems say in their own words. */
  readonly heardText?: (name: string, text: string) => void;
}

/** All lists have to be the truth for so long before the next faults. */
const CALM_MS = 3000;
const LOOK_MS = 50;

/** The processes of one run, what is done to them, and what they tell. */
export class Stage {
  readonly facts: Fact[] = [];
  readonly crowd: Crowd;
  readonly observer: Observer;
  readonly places: Places;
  readonly wire: Wire;
  readonly #options: StageOptions;

  constructor(options: StageOptions) {
    const { cast, bridge, roles, behindProxy } = options;
    this.#options = options;
    this.places = new Places(cast, behindProxy);
    this.observer = new Observer(cast);
    this.wire = new Wire(bridge, this.places);
    this.crowd = new Crowd({ bridge, roles, heard: (node, line) => this.#heard(node, line) });
  }

  /** Builds the network, starts everybody, and waits until all lists are the truth. */
  async open(): Promise<void> {
    const { cast, bridge, behindProxy = [], withLeases = false } = this.#options;
    const { registrars, crews, watchers } = cast;
    for (const node of [...registrars, ...crews, ...watchers, ASIDE]) {
      bridge.add(node, [this.places.addressOf(node)]);
    }
    bridge.add(PROXY, this.places.proxyAddresses);
    const troupe = this.#troupe;
    const first = registrars.map((node) => registrarOf(troupe, node));
    if (behindProxy.length > 0) first.push(proxyOf(troupe));
    if (withLeases) first.push({ node: ASIDE, name: "keeper", role: "keeper" });
    for (const casting of [...first, ...(this.#options.beside ?? [])]) this.crowd.start(casting);
    await this.crowd.ready(first.map(({ name, node }) => name ?? node));
    for (const node of watchers) this.crowd.start(watcherOf(troupe, node));
    for (const node of crews) {
      this.crowd.start(crewOf(troupe, node));
      for (const companion of this.#options.companionsOf?.(node) ?? []) this.crowd.start(companion);
    }
    await this.crowd.ready([...crews, ...watchers]);
    await this.calm();
  }

  /** False where a fault would change nothing: what is not running cannot be stopped. */
  isPossible(fault: Fault): boolean {
    return fault.kind !== "freeze" || this.crowd.isUp(fault.node);
  }

  /** Brings a fault about. */
  begin(fault: Fault): void {
    switch (fault.kind) {
      case "crash":
        this.note({ kind: "down", node: fault.node });
        return this.crowd.kill(fault.node);
      case "freeze":
        this.note({ kind: "frozen", node: fault.node });
        for (const name of this.#together(fault.node)) this.crowd.child(name)?.freeze();
        return;
      case "cut": {
        const { name, from, to } = this.wire.nameOf(fault);
        this.note({ kind: "cut", cut: name, from, to });
        return this.wire.cut(fault);
      }
      case "full":
        this.note({ kind: "full", node: fault.node });
        return this.crowd.start(hogOf(this.#troupe, fault.node));
      case "delay":
        return this.crowd.child(PROXY)?.say(delaysOf(fault));
      case "loss":
        return this.wire.lose(fault.percent);
      default:
        return fault satisfies never;
    }
  }

  /** Lifts a fault. */
  async lift(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case "crash":
        return this.crowd.restart(fault.node);
      case "freeze":
        for (const name of this.#together(fault.node)) this.crowd.child(name)?.thaw();
        return this.note({ kind: "thawed", node: fault.node });
      case "cut":
        this.wire.mend(fault);
        return this.note({ kind: "mended", cut: this.wire.nameOf(fault).name });
      case "full":
        await this.crowd.child(hogName(fault.node))?.end();
        return this.note({ kind: "freed", node: fault.node });
      case "delay":
        return this.crowd.child(PROXY)?.say(PROMPT);
      case "loss":
        return this.wire.lose(0);
      default:
        return fault satisfies never;
    }
  }

  /** Waits until all lists have been the truth for a while; says why not if it takes too long. */
  async calm(): Promise<void> {
    const { cast, perCrew, bounds } = this.#options;
    this.note({ kind: "healed" });
    const fromMs = machineMs();
    const members = cast.crews.length * perCrew;
    let sinceMs = Infinity;
    let why: string | undefined;
    await until(
      async () => {
        const nowMs = machineMs();
        why = this.observer.complaint(members, fromMs);
        sinceMs = why === undefined ? Math.min(sinceMs, nowMs) : Infinity;
        if (nowMs > sinceMs + CALM_MS || nowMs > fromMs + bounds.healMs + CALM_MS) return true;
        await pause(LOOK_MS);
        return false;
      },
      { deadlineMs: 2 * (bounds.healMs + CALM_MS), what: "looking whether all is well" },
    );
    if (why === undefined) this.note({ kind: "settled", sinceMs });
    else this.note({ kind: "unsettled", why });
  }

  note(deed: Deed): void {
    this.#keep({ atMs: machineMs(), ...deed });
  }

  /** Notes what another system beside ours did. */
  other(system: string, event: "removed" | "returned", id: string): void {
    this.#keep({ atMs: machineMs(), kind: "other", node: system, system, event, id });
  }

  async close(): Promise<void> {
    await this.crowd.end();
    this.#options.bridge.close();
  }

  get #troupe(): Troupe {
    return { ...this.#options, places: this.places };
  }

  /** A process and those that share its fate. */
  #together(node: string): readonly string[] {
    const companions = this.#options.companionsOf?.(node) ?? [];
    return [node, ...companions.map(({ name }) => name ?? node)];
  }

  #heard(node: string, line: Line | { readonly text: string }): void {
    if (!("kind" in line)) return this.#options.heardText?.(node, String(line["text"]));
    this.#keep({ node, ...line } as unknown as Fact & Told);
  }

  #keep(fact: Fact): void {
    this.facts.push(fact);
    this.observer.take(fact);
  }
}

function delaysOf({ upMs, downMs, jitterMs }: Extract<Fault, { kind: "delay" }>): Delays {
  return { up: { delayMs: upMs, jitterMs }, down: { delayMs: downMs, jitterMs } };
}
