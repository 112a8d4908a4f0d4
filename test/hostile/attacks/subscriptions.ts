import { ALL_TOPIC, deltaTopic, PULSE_TOPIC, snapshotTopic } from "../../../lib/core/topics.ts";
import { encodeToRegistrar } from "../../../lib/wire/survey.ts";
import { counted, inParallel, steady } from "../stage.ts";
import type { Attack, Stage } from "../stage.ts";
import { messageOf, RawConnection, subscriptionOf } from "../zmtp.ts";
import { reopened } from "./frames.ts";
import { joinOf } from "./members.ts";

const SENDERS = 4;
const BATCH = 200;
const TOPIC_LENGTH_MAX = 200;
const DEAF = 40;
/** Questions of each client that does not read the answers. */
const QUESTIONS = 3000;

/** Sends what `make` makes in batches over a few connections, dialled anew when they are cut. */
async function pour(
  stage: Stage,
  count: number,
  make: (index: number) => Uint8Array,
): Promise<void> {
  const each = Math.ceil(count / SENDERS);
  await inParallel(SENDERS, SENDERS, async (sender) => {
    let connection = await reopened(stage.address.roster, true);
    for (let sent = 0; sent < each && connection !== undefined; sent += BATCH) {
      if (connection.isOver) connection = await reopened(stage.address.roster, true);
      const frames = Array.from({ length: BATCH }, (_, at) => make(sender * each + sent + at));
      await connection?.write(Buffer.concat(frames));
    }
    await connection?.flush();
    await steady(stage);
    connection?.close();
  });
}

function hexOf({ dice }: Stage, digits: number): string {
  let text = "";
  while (text.length < digits) text += dice.below(16).toString(16);
  return text;
}

export const snapshots: Attack = {
  name: "snapshots",
  text: "requests of snapshots, of one service and of all, some of them given up at once",
  async run(stage) {
    let last = "";
    await pour(stage, stage.sizes.snapshots, (index) => {
      if (index % 4 === 3) return subscriptionOf(last, false);
      last = snapshotTopic(hexOf(stage, 32), index % 3 === 0 ? "*" : "cache");
      return subscriptionOf(last);
    });
    return `${counted(stage.sizes.snapshots)} requests over ${SENDERS} connections`;
  },
};

export const topics: Attack = {
  name: "topics",
  text: "subscriptions of topics that nobody publishes, long and short",
  async run(stage) {
    await pour(stage, stage.sizes.topics, (index) => {
      const length = stage.dice.below(TOPIC_LENGTH_MAX);
      const name = `${index.toString(36)}-${hexOf(stage, length)}`;
      return subscriptionOf(index % 2 === 0 ? deltaTopic(name) : name);
    });
    return `${counted(stage.sizes.topics)} topics over ${SENDERS} connections`;
  },
};

/** Clients that make the registrar speak and do not listen. */
export const deaf: Attack = {
  name: "deaf",
  text: "members and subscribers that ask much and read nothing",
  async run(stage) {
    const { epoch, survey, roster } = stage.address;
    const question = encodeToRegistrar({
      kind: "explain",
      epoch,
      token: 1,
      service: "cache",
      id: "honest",
    });
    const page = encodeToRegistrar({ kind: "export", epoch, token: 1, service: "*", after: 0 });
    const both = Buffer.concat([messageOf(question), messageOf(page)]);
    const questions = Buffer.concat(Array.from({ length: QUESTIONS }, () => both));
    const open: RawConnection[] = [];
    await inParallel(DEAF, DEAF, async (index) => {
      const subscriber = await reopened(roster, true);
      const member = await RawConnection.client(survey, "DEALER");
      if (subscriber === undefined || member === undefined) return;
      open.push(subscriber, member);
      for (const connection of [subscriber, member]) connection.deaf();
      for (const topic of [ALL_TOPIC, PULSE_TOPIC]) await subscriber.write(subscriptionOf(topic));
      const join = joinOf({ epoch, id: `deaf-${index}`, service: "cache" });
      await member.write(Buffer.concat([messageOf(encodeToRegistrar(join)), questions]));
      await member.flush();
    });
    await steady(stage);
    for (const connection of open) connection.close();
    return `${counted(open.length)} connections, ${counted(2 * DEAF * QUESTIONS)} questions`;
  },
};
