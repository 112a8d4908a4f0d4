import type { Join } from "../../../lib/core/messages.ts";
import { encodeToRegistrar } from "../../../lib/wire/survey.ts";
import { instanceNamed } from "../../helpers/instances.ts";
import { counted, inParallel, steady } from "../stage.ts";
import type { Attack } from "../stage.ts";
import { messageOf, RawConnection } from "../zmtp.ts";

const AT_ONCE = 200;
/** A crowd that joins from one address joins so many services. */
const SERVICES = 20;
const CHURNERS = 50;

/** A JOIN that is good. */
export function joinOf(change: Partial<Join> & Pick<Join, "epoch" | "id">, run = change.id): Join {
  return {
    kind: "join",
    version: 1,
    service: "crowd",
    ...instanceNamed(run),
    edition: 1,
    card: { endpoints: [], weight: 1, tags: [], metadata: {}, status: "passing", joinedAt: 0 },
    previous: null,
    sequence: 1,
    proof: null,
    bytes: 0,
    ...change,
  };
}

/** Members that answer nothing: half of them say goodbye in the end, half just go. */
export const joins: Attack = {
  name: "joins",
  text: "joins from one address, each on a connection of its own, and nobody answers a survey",
  async run(stage) {
    const { epoch, survey } = stage.address;
    const open: RawConnection[] = [];
    await inParallel(stage.sizes.joins, AT_ONCE, async (index) => {
      const connection = await RawConnection.client(survey, "DEALER");
      if (connection === undefined) return;
      open.push(connection);
      const join = joinOf({ epoch, id: `crowd-${index}`, service: `crowd-${index % SERVICES}` });
      await connection.write(messageOf(encodeToRegistrar(join)));
    });
    const { members } = await steady(stage);
    const leave = messageOf(encodeToRegistrar({ kind: "leave", epoch, proofMs: 0 }));
    for (const [index, connection] of open.entries()) {
      if (index % 2 === 0) await connection.write(leave);
    }
    await steady(stage);
    for (const connection of open) connection.close();
    return `${counted(open.length)} joins, ${counted(members)} members at one time`;
  },
};

/** Come and go without end, under new names and old ones. */
export const churn: Attack = {
  name: "churn",
  text: "joins and goodbyes in a loop, and proofs that are asked for a day ahead",
  async run(stage) {
    const { epoch, survey } = stage.address;
    const each = Math.ceil(stage.sizes.churns / CHURNERS);
    await inParallel(CHURNERS, CHURNERS, async (index) => {
      const connection = await RawConnection.client(survey, "DEALER");
      for (let loop = 0; loop < each && connection !== undefined; loop += 1) {
        const id = loop % 2 === 0 ? `churn-${index}` : `churn-${index}-${loop}`;
        const join = joinOf({ epoch, id, service: `churn-${loop % 7}` }, `${index}-${loop}`);
        const proofMs = loop % 5 === 0 ? 86_400_000 : 0;
        const { card } = join;
        const messages = [
          join,
          { kind: "update", epoch, edition: 2, card, proofMs, bytes: 0 } as const,
          { kind: "leave", epoch, proofMs } as const,
        ];
        const frames = messages.map((message) => messageOf(encodeToRegistrar(message)));
        await connection.write(Buffer.concat(frames));
      }
      await connection?.flush();
      await steady(stage);
      connection?.close();
    });
    return `${counted(each * CHURNERS)} times in and out over ${CHURNERS} connections`;
  },
};
