import type { World } from "./network.ts";
import type { PeerBook } from "./peer-book.ts";
import type { Resident } from "./resident.ts";

/** So many consumers at least have to agree before a registrar believes them. */
const AGREED_MIN = 2;
/** Registrars look for expired reports ten times in the time for which a report counts. */
const SWEEP_SHARE = 1.1;

/** What consumers report of peers that they cannot reach, and for how long that may count. */
export class Doubts {
  readonly #world: World;
  readonly #ttlMs: number;
  /** By reporting run and peer: the act that ends the doubt. */
  readonly #open = new Map<Resident, Map<PeerBook, () => void>>();
  readonly #counts = new Map<PeerBook, number>();
  /** Reports made so far. */
  total = 0;

  constructor(world: World, reportTtlMs: number) {
    this.#world = world;
    this.#ttlMs = reportTtlMs;
  }

  report(reporter: Resident, peer: PeerBook): void {
    this.total += 1;
    this.#tell(reporter, peer, true);
    this.#mine(reporter).get(peer)?.();
    this.#count(peer, 1);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      this.#count(peer, -1);
      if (this.#mine(reporter).get(peer) === end) this.#mine(reporter).delete(peer);
    };
    this.#mine(reporter).set(peer, end);
    this.#world.timeline.after(SWEEP_SHARE * this.#ttlMs, end);
  }

  /** False where this consumer has no doubt about the peer. What it says may be late, so it counts on. */
  withdraw(reporter: Resident, peer: PeerBook): boolean {
    if (!this.#mine(reporter).has(peer)) return false;
    this.#tell(reporter, peer, false);
    return true;
  }

  /** Every reporter that runs takes back what it said. */
  withdrawAll(): void {
    for (const [reporter, peers] of this.#open) {
      for (const peer of peers.keys()) this.#tell(reporter, peer, false);
    }
  }

  #mine(reporter: Resident): Map<PeerBook, () => void> {
    const known = this.#open.get(reporter);
    if (known !== undefined) return known;
    const mine = new Map<PeerBook, () => void>();
    this.#open.set(reporter, mine);
    return mine;
  }

  #count(peer: PeerBook, by: number): void {
    const count = (this.#counts.get(peer) ?? 0) + by;
    this.#counts.set(peer, count);
    const { nowMs } = this.#world.timeline;
    if (count >= AGREED_MIN && !peer.doubted.isOpen) peer.doubted.begin(nowMs);
    if (count < AGREED_MIN) peer.doubted.clear(nowMs);
  }

  #tell(reporter: Resident, { service, id, instance }: PeerBook, isUnreachable: boolean): void {
    reporter.node.feed({ kind: "report", service, id, instance, isUnreachable });
  }
}
