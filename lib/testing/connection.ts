import type { World } from "./network.ts";
import { Pipe } from "./pipe.ts";
import type { Host } from "./process.ts";
import type { Random } from "./random.ts";

/** Questions of the kernel without an answer after which a connection is given up. */
const KEEPALIVES = 3;

/**
 * The ends of a connection that learn at once of its end. With `nobody` the client's socket falls
 * silent as libzmq does in some cases: it reports nothing and tries nothing until it is dialled.
 */
export type CutEnds = "both" | "client" | "registrar" | "nobody";

type Parcel<T> = { readonly kind: "data"; readonly value: T } | { readonly kind: "end" };

/** What the two ends of a connection do with what arrives. Up is towards the registrar. */
export interface Ends<Up, Down> {
  readonly up: (value: Up) => void;
  /** The registrar's end closed: the client closed it, or its path was found dead. */
  readonly upEnded: () => void;
  /** `sentMs` is when the registrar sent it. */
  readonly down: (value: Down, sentMs: number) => void;
  readonly downEnded: () => void;
  /** A message to the client was dropped at a full queue. */
  readonly dropped: () => void;
  /** Pause after each message of a client that reads slowly. */
  readonly paceMs: () => number;
}

/** One TCP connection with ZMTP on it, between a client and a registrar. */
export interface ConnectionOptions<Up, Down> {
  readonly world: World;
  readonly random: Random;
  readonly client: Host;
  readonly registrar: Host;
  readonly upQueue: number;
  readonly downQueue: number;
  readonly ends: Ends<Up, Down>;
}

/**
 * Closing is a message as well: what was sent before it arrives before it, and a partition holds
 * it back. The death of a process closes its end.
 */
export class Connection<Up, Down> {
  readonly #options: ConnectionOptions<Up, Down>;
  readonly #up: Pipe<Parcel<Up>>;
  readonly #down: Pipe<Parcel<Down>>;
  readonly #undo: readonly (() => void)[];
  #clientOpen = true;
  #registrarOpen = true;
  #isCut = false;
  #unanswered = 0;

  constructor(options: ConnectionOptions<Up, Down>) {
    this.#options = options;
    const { world, client, registrar, ends } = options;
    const { network } = world;
    this.#up = this.#pipe(
      options.upQueue,
      () => this.#registrarOpen && registrar.isRunning && !this.#isBlocked("up"),
      {
        paceMs: () => 0,
        deliver: (parcel) => this.#arriveUp(parcel),
      },
    );
    this.#down = this.#pipe(
      options.downQueue,
      () => this.#clientOpen && client.isRunning && !this.#isBlocked("down"),
      {
        paceMs: ends.paceMs,
        deliver: (parcel, sentMs) => this.#arriveDown(parcel, sentMs),
      },
    );
    this.#undo = [
      network.onHealed(client.name, registrar.name, { healed: () => this.#healed(this.#up) }),
      network.onHealed(registrar.name, client.name, { healed: () => this.#healed(this.#down) }),
      client.onResume(() => (client.isDead ? this.closeByClient() : this.#down.pump())),
      registrar.onResume(() => (registrar.isDead ? this.closeByRegistrar() : this.#up.pump())),
    ];
    this.#probe();
  }

  /** Open at both ends, and nothing is known against it. */
  get isWhole(): boolean {
    return this.#clientOpen && this.#registrarOpen && !this.#isCut;
  }

  sendUp(value: Up): void {
    if (!this.#clientOpen || this.#isCut) return;
    this.#up.push({ kind: "data", value });
  }

  sendDown(value: Down): void {
    // Bytes for an end that is closed vanish, although the sender does not know yet.
    if (!this.#registrarOpen || !this.#clientOpen || this.#isCut) return;
    if (!this.#down.push({ kind: "data", value })) this.#options.ends.dropped();
  }

  closeByClient(): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.#down.discard();
    if (this.#registrarOpen && !this.#isCut) this.#up.push({ kind: "end" }, "urgent");
    this.#release();
  }

  closeByRegistrar(): void {
    if (!this.#registrarOpen) return;
    this.#registrarOpen = false;
    this.#up.discard();
    if (this.#clientOpen && !this.#isCut) this.#down.push({ kind: "end" }, "urgent");
    this.#release();
  }

  /**
   * Something between the two resets the connection; what is under way is lost. Where only one end
   * is told, the other believes in it until keepalive or silence teach it better.
   */
  cut(told: CutEnds): void {
    this.#up.discard();
    this.#down.discard();
    this.#isCut = true;
    if (this.#registrarOpen && (told === "both" || told === "registrar"))
      this.#up.push({ kind: "end" }, "urgent");
    if (this.#clientOpen && (told === "both" || told === "client"))
      this.#down.push({ kind: "end" }, "urgent");
  }

  #pipe<T>(
    limit: number,
    isOpen: () => boolean,
    reader: { readonly paceMs: () => number; readonly deliver: (value: T, sentMs: number) => void },
  ): Pipe<T> {
    const { world, random } = this.#options;
    return new Pipe({ world, random, limit, isOpen, ...reader });
  }

  #arriveUp(parcel: Parcel<Up>): void {
    if (parcel.kind === "data") return this.#options.ends.up(parcel.value);
    this.closeByRegistrar();
    this.#options.ends.upEnded();
  }

  #arriveDown(parcel: Parcel<Down>, sentMs: number): void {
    if (parcel.kind === "data") return this.#options.ends.down(parcel.value, sentMs);
    this.closeByClient();
    this.#options.ends.downEnded();
  }

  #isBlocked(way: "up" | "down"): boolean {
    const { world, client, registrar } = this.#options;
    return way === "up"
      ? world.network.isBlocked(client.name, registrar.name)
      : world.network.isBlocked(registrar.name, client.name);
  }

  #healed(pipe: { hold(pauseMs: number): void }): void {
    const { world, random } = this.#options;
    pipe.hold(random.within(world.network.options.retransmitMs));
  }

  /**
   * TCP keepalive of the registrar's sockets: kernels ask and answer, so that a process may be stopped
   * or blocked; only the path counts. Clients ask nothing: they watch for silence.
   */
  #probe(): void {
    const { world, registrar, ends } = this.#options;
    const { keepaliveMs } = world.network.options;
    if (keepaliveMs === 0 || !this.#registrarOpen) return;
    const isDead = this.#isCut || this.#isBlocked("up") || this.#isBlocked("down");
    this.#unanswered = isDead ? this.#unanswered + 1 : 0;
    if (this.#unanswered > KEEPALIVES && registrar.isRunning) {
      this.closeByRegistrar();
      return ends.upEnded();
    }
    world.timeline.after(keepaliveMs / KEEPALIVES, () => this.#probe());
  }

  #release(): void {
    if (this.#clientOpen || this.#registrarOpen) return;
    for (const undo of this.#undo) undo();
  }
}
