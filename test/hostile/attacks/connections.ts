import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { LIMITS } from "../../../lib/core/limits.ts";
import { counted, inParallel, steady } from "../stage.ts";
import type { Attack, Stage } from "../stage.ts";
import { claimOf, greetingOf, messageOf, RawConnection, readyOf } from "../zmtp.ts";

const AT_ONCE = 100;
const DRIP_MS = 15;
/** A frame that is one byte too long ends its connection within this time. */
const CUT_MS = 5000;
/** What the registrar says at least in a handshake. */
const HELLO_BYTES = 80;

/** A handshake as it should be. */
async function hello(connection: RawConnection): Promise<void> {
  await connection.write(Buffer.concat([greetingOf(), readyOf("DEALER")]));
  await connection.hears(HELLO_BYTES);
}

type Act = (connection: RawConnection, stage: Stage) => Promise<void>;

/** What is said on one connection, from the first byte on. */
const ACTS: Readonly<Record<string, Act>> = {
  garbage: (c, { dice }) => c.write(randomBytes(1 + dice.below(2000))),
  http: (c) => c.write(Buffer.from("GET / HTTP/1.1\r\nHost: registrar\r\n\r\n")),
  "half a greeting": (c, { dice }) => c.write(greetingOf().subarray(0, 1 + dice.below(63))),
  "a greeting and silence": (c) => c.write(greetingOf()),
  "byte by byte": async (c, { dice }) => {
    const all = Buffer.concat([greetingOf(), readyOf("DEALER")]);
    for (let at = 0; at < 10 + dice.below(20); at += 1) {
      await c.write(all.subarray(at, at + 1));
      await pause(DRIP_MS);
    }
  },
  "wrong mechanism": async (c, { dice }) => {
    await c.write(greetingOf(["CURVE", "PLAIN", "GSSAPI", "EVIL", ""][dice.below(5)]));
    await c.write(randomBytes(200));
  },
  "garbled handshake": async (c, { dice }) => {
    await c.write(greetingOf());
    const ready = Buffer.from(readyOf("DEALER"));
    for (let edits = 3; edits > 0; edits -= 1) ready[dice.below(ready.length)] = dice.below(256);
    await c.write(ready);
  },
  "giant handshake": async (c) => {
    await c.write(greetingOf());
    await c.write(Buffer.concat([claimOf(2n ** 40n, 4), randomBytes(4096)]));
  },
  "wrong socket type": (c) =>
    c.write(Buffer.concat([greetingOf(), readyOf("SUB"), messageOf(Buffer.of(1))])),
  "claims of length": async (c, { dice }) => {
    const lengths = [2n ** 63n, 2n ** 62n, 2n ** 31n, BigInt(LIMITS.requestBytesMax + 1)];
    await hello(c);
    await c.write(Buffer.concat([claimOf(lengths[dice.below(4)] ?? 0n), randomBytes(512)]));
  },
  "too long by a byte": async (c) => {
    await hello(c);
    await c.write(messageOf(Buffer.alloc(LIMITS.requestBytesMax + 1)));
    for (let ms = 0; !c.isOver; ms += DRIP_MS) {
      if (ms > CUT_MS) throw new Error("a frame that is too long did not end its connection");
      await pause(DRIP_MS);
    }
  },
  "many frames": async (c) => {
    await hello(c);
    for (let part = 0; part < 200; part += 1) await c.write(messageOf(randomBytes(50), part < 199));
  },
  "empty frames": async (c) => {
    await hello(c);
    for (let part = 0; part < 50; part += 1)
      await c.write(messageOf(Buffer.alloc(0), part % 2 === 0));
  },
  "in and out": () => Promise.resolve(),
};

/** Connections that are no clients. */
export const connections: Attack = {
  name: "connections",
  text: "garbage, broken and slow handshakes, wrong mechanisms, lengths that are none, on both sockets",
  async run(stage) {
    const acts = Object.values(ACTS);
    const open: RawConnection[] = [];
    let refused = 0;
    await inParallel(stage.sizes.connections, AT_ONCE, async (index) => {
      const isRoster = stage.dice.below(3) === 0 && index % acts.length < 8;
      const endpoint = isRoster ? stage.address.roster : stage.address.survey;
      const connection = await RawConnection.open(endpoint);
      if (connection === undefined) refused += 1;
      else {
        open.push(connection);
        await acts[index % acts.length]?.(connection, stage);
        // Every third one is held to the end.
        if (index % 3 !== 0) connection.close();
      }
    });
    await steady(stage);
    for (const connection of open) connection.close();
    const lost = refused > 0 ? `, ${refused} not taken` : "";
    return `${counted(open.length)} connections of ${acts.length} kinds${lost}`;
  },
};
