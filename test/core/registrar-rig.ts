import assert from "node:assert/strict";
import type { SurveyorEffect, SurveyorInput } from "../../lib/core/io.ts";
import type {
  FromRegistrar,
  Join,
  RosterChange,
  RosterMessage,
  ToRegistrar,
  Watch,
} from "../../lib/core/messages.ts";
import { freezeBoundMs, learningMs } from "../../lib/core/options.ts";
import type { RegistrarTuning } from "../../lib/core/options.ts";
import { Surveyor } from "../../lib/core/surveyor.ts";
import { RevisionCheck } from "./checkers.ts";
import { answerOf, EPOCH, joinOf, LAN, watchOf } from "./samples.ts";

/**
 * A registrar in virtual time, and members that answer at once unless they are frozen. It takes its
 * own wake-ups, so tests say only what happens and how much time passes.
 */
export class RegistrarRig {
  readonly surveyor: Surveyor;
  readonly tuning: RegistrarTuning;
  readonly frozen = new Set<string>();
  /** Who says with each answer that it stood still, and for how long. */
  readonly stalls = new Map<string, number>();
  /** Everything since the last `clear`. */
  effects: { readonly atMs: number; readonly effect: SurveyorEffect }[] = [];
  nowMs: number;
  readonly #revisions = new RevisionCheck();

  constructor(tuning: RegistrarTuning = LAN, nowMs = 1000) {
    this.tuning = tuning;
    this.nowMs = nowMs;
    this.surveyor = new Surveyor({ epoch: EPOCH, tuning, nowMs });
    this.take({ kind: "wake" });
  }

  /** A registrar that has learned and judges. */
  static live(tuning: RegistrarTuning = LAN): RegistrarRig {
    const rig = new RegistrarRig(tuning);
    rig.pass(learningMs(tuning) + 10);
    assert.equal(rig.surveyor.authority, "live");
    rig.clear();
    return rig;
  }

  /** Hands over one input and lets those who are not frozen answer what is asked. */
  take(input: SurveyorInput): readonly SurveyorEffect[] {
    const effects = this.surveyor.handle(input, this.nowMs);
    assert.ok(this.surveyor.nextDeadlineMs >= this.nowMs, "a deadline lies in the past");
    for (const effect of effects) {
      this.effects.push({ atMs: this.nowMs, effect });
      if (effect.kind === "publish") this.#see(effect.message);
    }
    for (const effect of effects) if (effect.kind === "survey") this.#answer(effect);
    return effects;
  }

  receive(route: string, message: ToRegistrar): readonly SurveyorEffect[] {
    return this.take({ kind: "received", route, message });
  }

  /** A member joins on a connection of the same name unless another is given. */
  join(id: string, change: Partial<Join> = {}, route = id): readonly SurveyorEffect[] {
    return this.receive(route, joinOf(id, change));
  }

  /** A consumer of its own on each connection, unless an instance is given. */
  watch(
    route: string,
    services: readonly string[],
    change: Partial<Watch> = {},
  ): readonly SurveyorEffect[] {
    return this.receive(route, watchOf(services, { instance: `${route}-1`, ...change }));
  }

  disconnect(route: string): readonly SurveyorEffect[] {
    return this.take({ kind: "disconnected", route });
  }

  subscribe(topic: string): readonly SurveyorEffect[] {
    return this.take({ kind: "subscribed", topic });
  }

  /** Lets time pass in the machine's own steps. */
  pass(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (let wakes = 0; this.surveyor.nextDeadlineMs <= untilMs; wakes += 1) {
      assert.ok(wakes <= byMs + 50, `${wakes} wake-ups in ${byMs} ms`);
      this.nowMs = Math.max(this.nowMs, this.surveyor.nextDeadlineMs);
      this.take({ kind: "wake" });
    }
    this.nowMs = untilMs;
  }

  /** The registrar's own event loop stands still: time passes, and nobody wakes it. */
  stall(byMs: number): void {
    this.nowMs = Math.max(this.nowMs, this.surveyor.nextDeadlineMs) + byMs;
  }

  /** Long enough that a frozen member is suspect, as long as nobody answered late before. */
  passFreezeBound(): void {
    this.pass(freezeBoundMs(this.tuning));
  }

  clear(): void {
    this.effects = [];
  }

  /** What was said to one connection, surveys aside. */
  replies(route: string): readonly FromRegistrar[] {
    return this.effects.flatMap(({ effect }) =>
      effect.kind === "reply" && effect.route === route ? [effect.message] : [],
    );
  }

  /** The code of the latest refusal of one connection. */
  refusal(route: string): string | undefined {
    const refusals = this.replies(route).filter((message) => message.kind === "refused");
    return refusals.at(-1)?.code;
  }

  get published(): readonly RosterMessage[] {
    return this.effects.flatMap(({ effect }) =>
      effect.kind === "publish" ? [effect.message] : [],
    );
  }

  /** Changes of one service since the last `clear`. */
  changes(service = "cache"): readonly RosterChange[] {
    return this.published.flatMap((message) =>
      message.kind === "delta" && message.service === service ? message.changes : [],
    );
  }

  notes(event: string): readonly string[] {
    return this.effects.flatMap(({ effect }) =>
      effect.kind === "note" && effect.event === event ? [effect.detail] : [],
    );
  }

  /** Who is published, with standing and cause where there is one. */
  list(service = "cache"): readonly string[] {
    return [...this.surveyor.published(service).entries.values()].map(({ id, standing, cause }) =>
      cause === null ? `${id} ${standing}` : `${id} ${standing} ${cause}`,
    );
  }

  /** The instance that holds an id. */
  holder(id: string, service = "cache"): string | undefined {
    return this.surveyor.published(service).entries.get(id)?.instance;
  }

  /** A service that closes may leave out numbers when it opens again. */
  #see(message: RosterMessage): void {
    if (this.tuning.emptyServiceTtlMs < LAN.emptyServiceTtlMs) this.#revisions.see(message);
    else this.#revisions.seeOpen(message);
  }

  #answer(survey: { readonly round: number; readonly routes: readonly string[] }): void {
    for (const route of survey.routes) {
      if (this.frozen.has(route)) continue;
      const stalledMs = this.stalls.get(route) ?? 0;
      this.receive(route, answerOf(survey.round, stalledMs));
    }
  }
}

/** Those effects of one input that are publications of changes. */
export function deltasOf(effects: readonly SurveyorEffect[]): readonly RosterChange[] {
  return effects.flatMap((effect) =>
    effect.kind === "publish" && effect.message.kind === "delta" ? effect.message.changes : [],
  );
}
