import type { Dealer } from "zeromq";
import type { Welcome } from "../../../lib/core/messages.ts";
import { decodeFromRegistrar, encodeToRegistrar } from "../../../lib/wire/survey.ts";
import { bareDealer, readAll } from "../bare.ts";
import { machineMs } from "../clock.ts";
import { serve } from "../serve.ts";
import { instanceNamed } from "../../helpers/instances.ts";
import { cardOf, idsOf } from "../sample.ts";

/** How many members to be, and what they are called. */
export interface Filling {
  readonly survey: string;
  readonly service: string;
  readonly prefix: string;
  readonly count: number;
}

/** More at once, and this one process could not answer the surveys of all in time. */
const AT_ONCE = 500;

interface Joiner {
  readonly socket: Dealer;
  readonly service: string;
  readonly id: string;
  edition: number;
  epoch: string;
}

const joiners = new Map<string, Joiner>();
let accepted = 0;
let waiting: { readonly count: number; readonly done: () => void } | undefined;

function join(joiner: Joiner, { epoch }: Welcome): void {
  const { id, service, edition } = joiner;
  joiner.epoch = epoch;
  const frame = encodeToRegistrar({
    kind: "join",
    version: 1,
    epoch,
    service,
    id,
    ...instanceNamed(id),
    edition,
    card: cardOf(edition),
    previous: null,
    sequence: 1,
    proof: null,
    bytes: 0,
  });
  void joiner.socket.send(frame);
}

function heard(joiner: Joiner, [frame]: readonly Buffer[]): void {
  const decoded = decodeFromRegistrar(frame ?? Buffer.alloc(0));
  if (!decoded.ok) throw new Error(decoded.reason);
  const message = decoded.value;
  if (message.kind === "welcome") return join(joiner, message);
  if (message.kind === "accepted") {
    accepted += 1;
    if (accepted === waiting?.count) waiting.done();
    return;
  }
  if (message.kind !== "survey") return;
  const { epoch } = joiner;
  const { round } = message;
  void joiner.socket.send(encodeToRegistrar({ kind: "answer", epoch, round, stalledMs: 0 }));
}

function enlist({ survey, service }: Filling, id: string): void {
  const joiner: Joiner = { socket: bareDealer(), service, id, edition: 1, epoch: "" };
  joiners.set(id, joiner);
  joiner.socket.connect(survey);
  void readAll(joiner.socket, (frames) => heard(joiner, frames));
}

function enlistAll(filling: Filling, ids: readonly string[]): Promise<void> {
  const count = accepted + ids.length;
  const filled = new Promise<void>((done) => {
    waiting = { count, done };
  });
  for (const id of ids) enlist(filling, id);
  return filled;
}

/** Many members as raw sockets that speak the protocol: a real one would cost too much. */
const commands = serve({
  /** Resolves when all are accepted, with the moment at which it was begun. */
  async fill(filling: Filling): Promise<number> {
    const startedMs = machineMs();
    const ids = idsOf(filling.prefix, filling.count);
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      await enlistAll(filling, ids.slice(from, from + AT_ONCE));
    }
    return startedMs;
  },
  /** One member shows the next edition of its card. */
  update(id: string): void {
    const joiner = joiners.get(id);
    if (joiner === undefined) throw new Error(`no member ${id}`);
    joiner.edition += 1;
    const { epoch, edition } = joiner;
    void joiner.socket.send(
      encodeToRegistrar({
        kind: "update",
        epoch,
        edition,
        card: cardOf(edition),
        proofMs: 0,
        bytes: 0,
      }),
    );
  },
  /** One member says goodbye. */
  leave(id: string): void {
    const joiner = joiners.get(id);
    if (joiner === undefined) throw new Error(`no member ${id}`);
    void joiner.socket.send(encodeToRegistrar({ kind: "leave", epoch: joiner.epoch, proofMs: 0 }));
  },
});

export type FleetRole = typeof commands;
