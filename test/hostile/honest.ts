import type { ToRegistrar } from "../../lib/core/messages.ts";
import { snapshotTopic } from "../../lib/core/topics.ts";
import { encodeToRegistrar } from "../../lib/wire/survey.ts";
import { joinOf } from "./attacks/members.ts";
import { counted, inParallel, steady } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { messageOf, RawConnection, subscriptionOf } from "./zmtp.ts";

const AT_ONCE = 200;
const BUSY = 8;
const BATCH = 500;
/** Of the frames of an attack, as many honest ones. */
const SHARE = 0.1;
const SERVICES = 20;
const WATCHERS = 4;

/** A member that joins on a connection of its own. */
async function joined(
  stage: Stage,
  id: string,
  service: string,
): Promise<RawConnection | undefined> {
  const { epoch, survey } = stage.address;
  const connection = await RawConnection.client(survey, "DEALER");
  await connection?.write(messageOf(encodeToRegistrar(joinOf({ epoch, id, service }))));
  return connection;
}

function say(
  connection: RawConnection | undefined,
  message: ToRegistrar,
): Promise<void> | undefined {
  return connection?.write(messageOf(encodeToRegistrar(message)));
}

/** As many members as will attack later; all of them say goodbye. */
async function crowd(stage: Stage): Promise<void> {
  const open: (RawConnection | undefined)[] = [];
  await inParallel(stage.sizes.joins, AT_ONCE, async (index) => {
    open.push(await joined(stage, `early-${index}`, `early-${index % SERVICES}`));
  });
  await steady(stage);
  const { epoch } = stage.address;
  for (const connection of open) await say(connection, { kind: "leave", epoch, proofMs: 0 });
  await steady(stage);
  for (const connection of open) connection?.close();
}

/** Members that have much to say, all of it good. */
async function busy(stage: Stage): Promise<number> {
  const { epoch } = stage.address;
  const each = Math.ceil((stage.sizes.frames * SHARE) / BUSY / BATCH) * BATCH;
  await inParallel(BUSY, BUSY, async (index) => {
    const connection = await joined(stage, `busy-${index}`, "busy");
    const { card } = joinOf({ epoch, id: "" });
    for (let edition = 2; edition < each + 2; edition += BATCH) {
      const frames = Array.from({ length: BATCH }, (_, at) =>
        messageOf(
          encodeToRegistrar({
            kind: "update",
            epoch,
            edition: edition + at,
            card,
            proofMs: 0,
            bytes: 0,
          }),
        ),
      );
      await connection?.write(Buffer.concat(frames));
    }
    await say(connection, { kind: "leave", epoch, proofMs: 0 });
    await connection?.flush();
    await steady(stage);
    connection?.close();
  });
  return each * BUSY;
}

/** Watchers that ask for a snapshot, one after the other, and take each request back. */
async function late(stage: Stage): Promise<number> {
  const each = Math.ceil((stage.sizes.snapshots * SHARE) / WATCHERS);
  await inParallel(WATCHERS, WATCHERS, async (watcher) => {
    const connection = await RawConnection.client(stage.address.roster, "SUB");
    for (let asked = 0; asked < each; asked += 1) {
      const token = `${watcher}${asked}`.padStart(32, "0");
      const topic = snapshotTopic(token, asked % 2 === 0 ? "*" : "cache");
      await connection?.write(Buffer.concat([subscriptionOf(topic), subscriptionOf(topic, false)]));
    }
    await connection?.flush();
    await steady(stage);
    connection?.close();
  });
  return each * WATCHERS;
}

/**
 * Honest traffic before memory is looked at: what a busy registrar needs at its busiest belongs to its
 * size, and so do the departures that it remembers. Resolves with what was done.
 */
export async function warmUp(stage: Stage): Promise<string> {
  await crowd(stage);
  const messages = await busy(stage);
  const requests = await late(stage);
  const { joins } = stage.sizes;
  return `${counted(joins)} members came and left, ${counted(messages)} messages, ${counted(requests)} snapshots`;
}
