import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import { Ejection, isEjected } from "./ejection.ts";
import { Lease } from "./lease.ts";
import type { BalancerSettings } from "./options.ts";
import { observe } from "./seat.ts";
import type { Outcome, Seat, Settler } from "./seat.ts";
import { Seating } from "./seating.ts";
import { rampShare } from "./slow-start.ts";
import { STRATEGIES } from "./strategies/index.ts";
import { seatAt, type Strategy } from "./strategies/strategy.ts";
import { TurnClock } from "./turn-clock.ts";

/** How often high latencies of peers without work wear off. */
const WEAR_MS = 1000;
/** So often at most a pick is made anew because it fell on a newcomer or on one to be avoided. */
const TRIES_MAX = 8;

/** What is known of one peer. */
export interface PeerReport {
  readonly peer: Peer;
  /** Leases that are not done. */
  readonly pending: number;
  /** Moving average of the latency; 0 before the first outcome, for newcomers that of the others. */
  readonly latencyMs: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly isEjected: boolean;
}

/** What a pick may be asked for. */
interface Wish {
  readonly key: string | undefined;
  readonly avoid: ((peer: Peer) => boolean) | undefined;
}

/** Chooses among the seats and learns from what comes of it; does not know where lists come from. */
export class Picker implements Settler {
  readonly #settings: BalancerSettings;
  readonly #strategy: Strategy;
  readonly #clock: TurnClock;
  readonly #seating: Seating;
  readonly #ejection: Ejection;
  /** That of the strategy: called as it is, it need not be looked up. */
  readonly #take: Strategy["take"];
  /** Those that may be picked, by slot. */
  #open: readonly Seat[] = [];
  /** Their leases that are not done, close together in memory. */
  #pending = new Int32Array(0);
  /** True while there are peers, none of whom is a newcomer that gets less than its share. */
  #isPlain = false;
  #wornMs = 0;
  #isStopped = false;

  constructor(settings: BalancerSettings) {
    this.#settings = settings;
    this.#strategy = STRATEGIES[settings.strategy].make(settings.die);
    this.#take = this.#strategy.take;
    this.#clock = new TurnClock(settings.nowMs, (nowMs) => this.#onTurn(nowMs));
    this.#seating = new Seating(this, settings.slowStartMs);
    this.#ejection = new Ejection(settings);
  }

  /** True where somebody can be picked. */
  get hasOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Takes a new list. */
  list(peers: readonly Peer[]): void {
    const nowMs = this.#clock.exactMs;
    const wallMs = this.#settings.nowMs === undefined ? Date.now() : nowMs;
    if (!this.#seating.list(peers, { nowMs, wallMs })) return;
    this.#ejection.review({ seats: this.#seating.all, nowMs });
    this.#arrange();
  }

  /** Throws `ERR_NO_PEER` where nobody is left, `ERR_CLOSED` once stopped. */
  pick(key?: string, avoid?: (peer: Peer) => boolean): Lease {
    const turn = this.#clock.turn;
    if (this.#open.length === 0) throw this.#nobody();
    const take = this.#take;
    const slot = take(key, avoid);
    const seat = seatAt(this.#open, slot);
    if (this.#isPlain && avoid === undefined) return new Lease(seat, turn);
    return new Lease(this.#choose(seat, turn.ms, { key, avoid }), turn);
  }

  settle(seat: Seat, outcome: Outcome, startedMs: number): void {
    if (outcome !== "cancelled") this.#learn(seat, outcome, startedMs);
    // Tells the strategy what was learned as well.
    this.#count(seat, -1);
  }

  #learn(seat: Seat, outcome: Outcome, startedMs: number): void {
    const nowMs = this.#clock.exactMs;
    const latencyMs = Math.max(0, nowMs - startedMs);
    // Whoever fails fast must not look fast.
    if (outcome === "ok" || latencyMs > seat.latencyMs) {
      observe(seat, latencyMs, { nowMs, decayMs: this.#settings.decayMs });
    }
    if (this.#ejection.count(seat, outcome !== "ok", nowMs)) {
      if (this.#ejection.judge({ seats: this.#seating.all, nowMs })) this.#arrange();
    }
    if (outcome === "ok") return this.#ejection.succeeded(seat, nowMs);
    const situation = { seats: this.#seating.all, nowMs };
    if (this.#ejection.failed(seat, outcome === "unreachable", situation)) this.#arrange();
  }

  report(): readonly PeerReport[] {
    this.#onTurn(this.#clock.exactMs);
    return this.#seating.all.map((seat) => {
      const { peer, latencyMs, failures } = seat;
      const pending = this.#pendingOf(seat);
      return { peer, pending, latencyMs, failures, isEjected: isEjected(seat) };
    });
  }

  /** Nobody can be picked any more; leases may still be done. */
  stop(): void {
    this.#isStopped = true;
    this.#clock.stop();
    this.#arrange();
  }

  #nobody(): RollcallError {
    if (this.#isStopped) return new RollcallError("ERR_CLOSED");
    return new RollcallError("ERR_NO_PEER", "none is listed");
  }

  /** Who may be picked has changed. */
  #arrange(): void {
    this.#keepPending();
    const open = this.#isStopped ? this.#seating.close() : this.#seating.open();
    this.#open = open;
    this.#pending = Int32Array.from(open, ({ pending }) => pending);
    if (open.length > 0) this.#strategy.seat(open, this.#pending);
    // Found out with the next turn.
    this.#isPlain = false;
  }

  /** Draws again where a newcomer is not due yet or somebody is to be avoided. */
  #choose(first: Seat, nowMs: number, { key, avoid }: Wish): Seat {
    let seat = first;
    for (let tries = 1; tries < TRIES_MAX; tries += 1) {
      if (avoid?.(seat.peer) !== true && this.#isDue(seat, nowMs)) return seat;
      this.#count(seat, -1);
      seat = seatAt(this.#open, this.#take(key, avoid));
    }
    if (avoid?.(seat.peer) !== true) return seat;
    this.#count(seat, -1);
    const others = this.#seating.all.filter(({ peer }) => !avoid(peer));
    const other = others.find(({ slot }) => slot >= 0) ?? others[0];
    if (other === undefined) throw new RollcallError("ERR_NO_PEER", "all are to be avoided");
    this.#count(other, 1);
    return other;
  }

  #pendingOf({ slot, pending }: Seat): number {
    return slot < 0 ? pending : (this.#pending[slot] ?? 0);
  }

  /** Strategies count what they take themselves. */
  #count(seat: Seat, by: 1 | -1): void {
    const { slot } = seat;
    if (slot < 0) {
      seat.pending += by;
      return;
    }
    this.#pending[slot] = (this.#pending[slot] ?? 0) + by;
    this.#strategy.changed?.(seat, by);
  }

  /** Before slots are given anew, what was counted by slot is written down. */
  #keepPending(): void {
    for (const [slot, seat] of this.#open.entries()) seat.pending = this.#pending[slot] ?? 0;
  }

  /** True for a peer that is warm, and for a newcomer as often as its share says. */
  #isDue({ warmAtMs }: Seat, nowMs: number): boolean {
    const { slowStartMs, strategy, random } = this.#settings;
    if (warmAtMs <= nowMs || strategy === "hash") return true;
    return random() < rampShare(warmAtMs - nowMs, slowStartMs);
  }

  /** What need not be done with every pick: ejections end, and high latencies wear off. */
  #onTurn(nowMs: number): void {
    if (nowMs >= this.#ejection.nextReturnMs) {
      this.#ejection.review({ seats: this.#seating.all, nowMs });
      this.#arrange();
    }
    this.#isPlain ||=
      this.#open.length > 0 && this.#seating.all.every(({ warmAtMs }) => warmAtMs <= nowMs);
    if (nowMs - this.#wornMs < WEAR_MS) return;
    this.#wornMs = nowMs;
    // A slow peer is hardly picked, so nothing but time would ever make it look better.
    for (const seat of this.#seating.all) {
      const isIdle = this.#pendingOf(seat) === 0 && nowMs - seat.observedMs >= WEAR_MS;
      if (!isIdle) continue;
      observe(seat, 0, { nowMs, decayMs: this.#settings.decayMs });
      if (seat.slot >= 0) this.#strategy.changed?.(seat, 0);
    }
  }
}
