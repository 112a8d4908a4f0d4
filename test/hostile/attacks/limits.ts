import { LIMITS } from "../../../lib/core/limits.ts";
import { pack } from "../../../lib/wire/pack.ts";
import type { Wire } from "../../../lib/wire/pack.ts";
import { KIND } from "../../../lib/wire/kinds.ts";
import { encodeToRegistrar } from "../../../lib/wire/survey.ts";
import { instanceNamed } from "../../helpers/instances.ts";
import { counted, steady } from "../stage.ts";
import type { Attack, Stage } from "../stage.ts";
import { messageOf, RawConnection } from "../zmtp.ts";

/** The parts of a JOIN that have limits. */
interface Parts {
  readonly service: string;
  readonly id: string;
  readonly endpoints: Wire;
  readonly words: readonly [version: Wire, zone: Wire];
  readonly weight: number;
  readonly tags: Wire;
  readonly metadata: Wire;
}

const x = (length: number): string => "x".repeat(length);
const many = (count: number, item: Wire): readonly Wire[] =>
  Array.from({ length: count }, () => item);
const entries = (count: number, bytes: number): ReadonlyMap<string, string> =>
  new Map(Array.from({ length: count }, (_, at) => [`${at}`.padStart(4, "k"), x(bytes - 4)]));
const endpoint = (word: number, host: number): Wire => [x(word), x(host), 80, x(word)];

/** Each limit: what is just within it, and what is just beyond. */
const LIMITED: readonly (readonly [good: Partial<Parts>, bad: Partial<Parts>])[] = [
  [{ service: x(LIMITS.serviceBytesMax) }, { service: x(LIMITS.serviceBytesMax + 1) }],
  [{ id: x(LIMITS.idBytesMax) }, { id: x(LIMITS.idBytesMax + 1) }],
  [{ id: "é".repeat(127) }, { id: "é".repeat(128) }],
  [
    { endpoints: many(LIMITS.endpointsMax, endpoint(LIMITS.wordBytesMax, LIMITS.hostBytesMax)) },
    { endpoints: many(LIMITS.endpointsMax + 1, endpoint(1, 1)) },
  ],
  [{ endpoints: [endpoint(1, 1)] }, { endpoints: [endpoint(LIMITS.wordBytesMax + 1, 1)] }],
  [{ endpoints: [] }, { endpoints: [endpoint(1, LIMITS.hostBytesMax + 1)] }],
  [{ words: [x(LIMITS.wordBytesMax), null] }, { words: [null, x(LIMITS.wordBytesMax + 1)] }],
  [{ weight: LIMITS.weightMax }, { weight: LIMITS.weightMax + 1 }],
  [{ tags: many(LIMITS.tagsMax, x(LIMITS.tagBytesMax)) }, { tags: many(LIMITS.tagsMax + 1, "t") }],
  [{ tags: [] }, { tags: [x(LIMITS.tagBytesMax + 1)] }],
  [
    {
      metadata: entries(
        LIMITS.metadataEntriesMax,
        LIMITS.metadataBytesMax / LIMITS.metadataEntriesMax,
      ),
    },
    { metadata: entries(LIMITS.metadataEntriesMax + 1, 5) },
  ],
  [
    { metadata: entries(1, LIMITS.metadataBytesMax) },
    { metadata: entries(1, LIMITS.metadataBytesMax + 1) },
  ],
];

function joinFrame(epoch: string, parts: Partial<Parts>, name: string): Uint8Array {
  const { service = "limits", id = name, weight = 1 } = parts;
  const { endpoints = [], words = [null, null], tags = [], metadata = new Map() } = parts;
  const { instance, secret } = instanceNamed(name);
  const card = [endpoints, ...words, weight, tags, metadata, "passing", 0];
  return pack([
    KIND.join,
    1,
    Buffer.from(epoch, "hex"),
    service,
    id,
    instance,
    1,
    card,
    null,
    null,
    1,
    Buffer.from(secret, "hex"),
  ]);
}

/** Values that no message is, as deep and as large as a frame can hold. */
function monsters(): readonly Uint8Array[] {
  const room = LIMITS.requestBytesMax;
  return [
    Buffer.alloc(room, 0x91),
    Buffer.alloc(room, 0x81),
    Buffer.alloc(room, 0xc1),
    Buffer.concat([Buffer.of(0xdd, 0xff, 0xff, 0xff, 0xff), Buffer.alloc(room - 5, 0xc0)]),
    Buffer.concat([Buffer.of(0xdf, 0xff, 0xff, 0xff, 0xff), Buffer.alloc(room - 5, 0xc0)]),
    Buffer.concat([Buffer.of(0xdb, 0xff, 0xff, 0xff, 0xff), Buffer.alloc(room - 5, 0x61)]),
    Buffer.concat([Buffer.of(0xdd, 0x00, 0x01, 0xff, 0xf0), Buffer.alloc(room - 5, 0x11)]),
    Buffer.concat([Buffer.of(0xc9, 0xff, 0xff, 0xff, 0xff, 0x72), Buffer.alloc(64)]),
    Buffer.concat([Buffer.of(0xdb, 0x00, 0x01, 0xff, 0xfb), Buffer.alloc(room - 5, 0xff)]),
  ];
}

async function say(stage: Stage, frame: Uint8Array): Promise<void> {
  const connection = await RawConnection.client(stage.address.survey, "DEALER");
  if (connection === undefined) throw new Error("no connection for a test of limits");
  await connection.write(messageOf(frame));
  open.push(connection);
}

const open: RawConnection[] = [];

/** What is within each limit is listed, and what is beyond it is counted and dropped. */
export const limits: Attack = {
  name: "limits",
  text: "ids and metadata at their limits and beyond, deep and huge MessagePack",
  async run(stage) {
    const { epoch } = stage.address;
    const left: RawConnection[] = [];
    const before = await steady(stage);
    for (const [index, [good]] of LIMITED.entries())
      await say(stage, joinFrame(epoch, good, `good-${index}`));
    const within = await steady(stage);
    const listed = within.members - before.members;
    const bad = LIMITED.map(([, parts], index) => joinFrame(epoch, parts, `bad-${index}`));
    for (const frame of [...bad, ...monsters()]) await say(stage, frame);
    const beyond = await steady(stage);
    for (const connection of open.splice(0)) {
      await connection.write(messageOf(encodeToRegistrar({ kind: "leave", epoch, proofMs: 0 })));
      await connection.flush();
      left.push(connection);
    }
    await steady(stage);
    for (const connection of left) connection.close();
    const dropped = beyond.malformed - within.malformed;
    if (listed !== LIMITED.length) throw new Error(`${listed} of ${LIMITED.length} were listed`);
    if (dropped !== bad.length + monsters().length) throw new Error(`${dropped} were dropped`);
    return `${counted(listed)} at their limits listed, ${counted(dropped)} beyond dropped`;
  },
};
