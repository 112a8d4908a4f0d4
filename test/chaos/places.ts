import type { Cast } from "./story.ts";

/** The service that all members of a run join. */
export const SERVICE = "chaos";
/** Where each registrar listens, on its own address. */
export const SURVEY_PORT = 5570;
export const ROSTER_PORT = 5571;

/** Where everybody is: addresses in a network that nothing outside can reach. */
export class Places {
  readonly #cast: Cast;
  /** Those whose way to the registrars is through the proxy. */
  readonly #behindProxy: ReadonlySet<string>;

  constructor(cast: Cast, behindProxy: readonly string[] = []) {
    this.#cast = cast;
    this.#behindProxy = new Set(behindProxy);
  }

  /** The address of a registrar, a crew, a watcher or a bystander. */
  addressOf(node: string): string {
    const { registrars, crews, watchers } = this.#cast;
    for (const [kind, nodes] of [registrars, crews, watchers].entries()) {
      const at = nodes.indexOf(node);
      if (at >= 0) return `10.77.${kind + 1}.${at + 1}`;
    }
    return "10.77.5.1";
  }

  /** The proxy has one address for each registrar. */
  get proxyAddresses(): readonly string[] {
    return this.#cast.registrars.map((_, at) => `10.77.4.${at + 1}`);
  }

  /** Where a node finds a registrar: behind the proxy, if that is its way. */
  hostOf(registrar: string, node: string): string {
    if (!this.#behindProxy.has(node)) return this.addressOf(registrar);
    return this.proxyAddresses[this.#cast.registrars.indexOf(registrar)] ?? "";
  }

  surveyOf(registrar: string, node: string): string {
    return `tcp://${this.hostOf(registrar, node)}:${SURVEY_PORT}`;
  }

  rosterOf(registrar: string, node: string): string {
    return `tcp://${this.hostOf(registrar, node)}:${ROSTER_PORT}`;
  }
}
