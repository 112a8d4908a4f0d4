import { Observable, Subject } from "rxjs";
import type { Subscription } from "rxjs";
import type { Peer } from "../core/peer.ts";
import { nowMs, wallOf } from "../host/clock.ts";
import type { RingMember } from "./counts.ts";
import { HashRing } from "./hash-ring.ts";
import { agesOf, defaultNameOf, listOf } from "./members.ts";
import type { RingInput, RingList } from "./members.ts";
import type { MovedRange } from "./moved.ts";
import { checkRing, RING_DEFAULTS } from "./options.ts";
import type { RingOptions } from "./options.ts";
import { PAST_CHANGES_MAX, PastOwners } from "./past.ts";
import { Ramp } from "./ramp.ts";

/** Something that changed who owns which key. */
export interface RingChange {
  /**
   * `present`: what each subscriber is told first, where there is a list already. `members`: peers
   * came, went or changed their weight. `ramp`: newcomers were given more of their virtual nodes.
   */
  readonly kind: "present" | "members" | "ramp";
  readonly joined: readonly Peer[];
  readonly left: readonly Peer[];
  /** Which keys changed hands, by names; `movedShare` says how many that is. */
  readonly moved: readonly MovedRange[];
}

/** A consistent-hash ring that follows a list of peers. */
export interface Ring extends AsyncDisposable {
  /** Who owns this key; undefined before the first list and while nobody is on the ring. */
  owner(key: string): Peer | undefined;
  /** The owner and those who follow it: up to `count` different peers, for replicas. */
  owners(key: string, count: number): readonly Peer[];
  /**
   * Who owned this key before it moved last, for `warmUpMs`: a miss can be read there. Undefined
   * where it did not move, or where nobody who held it is alive any more.
   */
  previousOwner(key: string): Peer | undefined;
  /** Starts with those present; completes on close and when what it follows completes. */
  readonly changes$: Observable<RingChange>;
  /** The mapping by names; it does not change, a later one takes its place. */
  readonly hashRing: HashRing;
  /** Who is on the ring, by name. */
  readonly members: ReadonlyMap<string, Peer>;
  /** Stops following; the mapping stays as it is. Idempotent. */
  close(): Promise<void>;
}

/**
 * A ring that follows `peers$` or `view$` of a member or a watcher, or either through operators. Of
 * a view, those who drain or are critical are off the ring and suspects are on it: a suspect is
 * often back within seconds, and its keys would move twice. Throws `ERR_OPTION`.
 */
export function ring(
  source$: Observable<readonly Peer[]> | Observable<RingInput>,
  options: RingOptions = {},
): Ring {
  checkRing(options);
  const live = new LiveRing(options);
  live.follow(source$ as Observable<RingInput>);
  return live;
}

const NOBODY: RingList = { members: new Map(), alive: new Map() };

class LiveRing implements Ring {
  readonly #reading: Parameters<typeof listOf>[1];
  readonly #warmUpMs: number;
  readonly #rampMs: number;
  readonly #ramp: Ramp;
  readonly #past: PastOwners;
  readonly #changes = new Subject<RingChange>();
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ring: HashRing;
  #list: RingList = NOBODY;
  #hasList = false;

  constructor({ nameOf, suspects, warmUpMs, rampMs, ...rest }: RingOptions) {
    this.#reading = {
      nameOf: nameOf ?? defaultNameOf,
      suspects: suspects ?? RING_DEFAULTS.suspects,
    };
    this.#warmUpMs = warmUpMs ?? RING_DEFAULTS.warmUpMs;
    this.#rampMs = rampMs ?? RING_DEFAULTS.rampMs;
    this.#ramp = new Ramp(this.#rampMs);
    this.#past = new PastOwners(this.#warmUpMs);
    this.#ring = HashRing.of([], rest);
  }

  readonly changes$: Observable<RingChange> = new Observable((subscriber) => {
    const joined = [...this.#list.members.values()];
    if (this.#hasList) subscriber.next({ kind: "present", joined, left: [], moved: [] });
    return this.#changes.subscribe(subscriber);
  });

  get hashRing(): HashRing {
    return this.#ring;
  }

  get members(): ReadonlyMap<string, Peer> {
    return this.#list.members;
  }

  follow(source$: Observable<RingInput>): void {
    this.#subscription = source$.subscribe({
      next: (input) => this.#take(listOf(input, this.#reading)),
      error: (error: unknown) => this.#changes.error(error),
      complete: () => void this.close(),
    });
  }

  owner(key: string): Peer | undefined {
    const name = this.#ring.owner(key);
    return name === undefined ? undefined : this.#list.members.get(name);
  }

  owners(key: string, count: number): readonly Peer[] {
    return this.#ring.owners(key, count).flatMap((name) => this.#list.members.get(name) ?? []);
  }

  previousOwner(key: string): Peer | undefined {
    const owner = this.#ring.owner(key);
    const names = this.#past.of(this.#ring.hashOf(key), nowMs());
    return names
      .filter((name) => name !== owner)
      .map((name) => this.#list.alive.get(name))
      .find((peer) => peer !== undefined);
  }

  async close(): Promise<void> {
    this.#subscription?.unsubscribe();
    clearTimeout(this.#timer);
    this.#changes.complete();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(list: RingList): void {
    const before = this.#list.members;
    const now = nowMs();
    this.#list = list;
    const instances = new Map([...list.members].map(([name, peer]) => [name, peer.instance]));
    if (this.#hasList) this.#ramp.follow(instances, now);
    else this.#begin(instances, now);
    this.#hasList = true;
    this.#turn("members", {
      joined: without(list.members, before),
      left: without(before, list.members),
    });
  }

  /**
   * Whoever has just joined finds itself in its first list. So those who came lately are put on the
   * ring in the order in which they came: then it is known here too what moved, and from whom.
   */
  #begin(instances: ReadonlyMap<string, string>, now: number): void {
    const { members } = this.#list;
    const wallMs = wallOf(now);
    this.#ramp.begin(instances, agesOf(members, { windowMs: this.#rampMs, wallMs }), now);
    const late = [...agesOf(members, { windowMs: this.#warmUpMs, wallMs }).keys()];
    const single = late.slice(-PAST_CHANGES_MAX);
    const on = new Set([...members.keys()].filter((name) => !single.includes(name)));
    this.#ring = this.#ring.update(this.#wanted(on, now)).ring;
    for (const name of single) {
      const { ring: next, moved } = this.#ring.update(this.#wanted(on.add(name), now));
      this.#ring = next;
      this.#past.add(moved, now);
    }
  }

  /** What the ring is to hold of these names. */
  #wanted(names: Iterable<string>, now: number): readonly RingMember[] {
    return [...names].map((name) => {
      const weight = this.#list.members.get(name)?.weight ?? 0;
      return { name, weight, share: this.#ramp.shareOf(name, now) };
    });
  }

  /** Puts the ring in order for the present list and time, and says what that changed. */
  #turn(kind: RingChange["kind"], { joined, left }: Pick<RingChange, "joined" | "left">): void {
    const now = nowMs();
    const { ring: next, moved } = this.#ring.update(this.#wanted(this.#list.members.keys(), now));
    const isSame = next === this.#ring && joined.length + left.length === 0;
    this.#ring = next;
    this.#past.add(moved, now);
    this.#arm(now);
    if (!isSame) this.#changes.next({ kind, joined, left, moved });
  }

  #arm(now: number): void {
    clearTimeout(this.#timer);
    const dueMs = this.#ramp.nextStepMs(now);
    if (dueMs === Infinity) return;
    const waitMs = Math.max(1, Math.ceil(dueMs - now));
    this.#timer = setTimeout(() => this.#turn("ramp", { joined: [], left: [] }), waitMs);
    // What it follows keeps the process alive; the ring itself has nothing to wait for.
    this.#timer.unref();
  }
}

/** Peers whose names the other list does not have. */
function without(
  list: ReadonlyMap<string, Peer>,
  other: ReadonlyMap<string, Peer>,
): readonly Peer[] {
  return [...list].filter(([name]) => !other.has(name)).map(([, peer]) => peer);
}
