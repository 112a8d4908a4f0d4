import type { Join } from "./messages.ts";
import { keyOf } from "./peer.ts";
import type { Member } from "./registry.ts";

/** A newcomer who wants an id that somebody holds, and the question put to the holder. */
export interface Challenge {
  readonly incumbent: Member;
  readonly newcomer: Join;
  readonly route: string;
  /** Only an answer to this round or a later one proves that the holder lives. */
  readonly round: number;
  readonly deadlineMs: number;
}

interface Open extends Challenge {
  deadlineMs: number;
  /** Its deadline was moved once; a clock that is always late must not move it for ever. */
  wasPostponed: boolean;
}

/** The ids that are contested, one newcomer each. */
export class Challenges {
  readonly #open = new Map<string, Open>();

  get size(): number {
    return this.#open.size;
  }

  of({ service, id }: Pick<Member, "service" | "id">): Challenge | undefined {
    return this.#open.get(keyOf(service, id));
  }

  open(challenge: Challenge): void {
    const { service, id } = challenge.newcomer;
    this.#open.set(keyOf(service, id), { ...challenge, wasPostponed: false });
  }

  /** The newcomer says the same on another connection, or again: what it said last counts. */
  repeat(join: Join, route: string): boolean {
    const key = keyOf(join.service, join.id);
    const open = this.#open.get(key);
    if (open?.newcomer.instance !== join.instance) return false;
    const isLater = join.sequence >= open.newcomer.sequence;
    if (isLater) this.#open.set(key, { ...open, newcomer: join, route });
    return true;
  }

  close({ service, id }: Pick<Member, "service" | "id">): void {
    this.#open.delete(keyOf(service, id));
  }

  /** A newcomer who goes away, or says so, gives up. */
  withdrawn(route: string): void {
    for (const [key, challenge] of this.#open) {
      if (challenge.route === route) this.#open.delete(key);
    }
  }

  /** Those whose holder speaks on this connection; they are over. */
  takeAgainst(route: string): readonly Challenge[] {
    return this.#take((challenge) => challenge.incumbent.route === route);
  }

  /** Those whose time is up; they are over. */
  takeDue(nowMs: number): readonly Challenge[] {
    return this.#take((challenge) => nowMs >= challenge.deadlineMs);
  }

  /** Moves every deadline, each one once: an answer may wait while we did not look. */
  postpone(byMs: number): void {
    for (const challenge of this.#open.values()) {
      if (!challenge.wasPostponed) challenge.deadlineMs += byMs;
      challenge.wasPostponed = true;
    }
  }

  nextMs(): number {
    let next = Infinity;
    for (const { deadlineMs } of this.#open.values()) next = Math.min(next, deadlineMs);
    return next;
  }

  #take(isOver: (challenge: Challenge) => boolean): readonly Challenge[] {
    const taken: Challenge[] = [];
    for (const [key, challenge] of this.#open) {
      if (!isOver(challenge)) continue;
      this.#open.delete(key);
      taken.push(challenge);
    }
    return taken;
  }
}
