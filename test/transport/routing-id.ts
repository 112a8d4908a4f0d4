import { connect, type Socket } from "node:net";
import { Dealer, Router } from "zeromq";

/*
 * A program of its own, because libzmq ends its process: a stranger names itself as the next
 * connection will be named, and then that one comes. Says "alive" where nothing happens.
 */

const GREETING = Buffer.alloc(64);
GREETING[0] = 0xff;
GREETING[9] = 0x7f;
GREETING[10] = 3;
GREETING.write("NULL", 12);

function property(name: string, value: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), length, value]);
}

/** A DEALER made of bytes, which names itself and says something. */
function stranger(port: number, id: Uint8Array): Socket {
  const socket = connect(port, "127.0.0.1");
  const ready = Buffer.concat([
    Buffer.of(5),
    Buffer.from("READY"),
    property("Socket-Type", Buffer.from("DEALER")),
    property("Identity", id),
  ]);
  const greeted = (): void => {
    const frames = [Buffer.of(4, ready.length), ready, Buffer.of(0, 5), Buffer.from("hello")];
    socket.write(Buffer.concat(frames));
  };
  socket.write(GREETING);
  socket.once("data", greeted);
  return socket;
}

async function main(): Promise<void> {
  const router = new Router();
  await router.bind("tcp://127.0.0.1:0");
  const endpoint = router.lastEndpoint ?? "";
  const first = new Dealer();
  first.connect(endpoint);
  await first.send("first");
  const [id] = await router.receive();
  if (id === undefined) throw new Error("nobody came");
  const next = Buffer.from(id);
  next.writeUInt32BE(id.readUInt32BE(1) + 1, 1);
  const raw = stranger(Number(endpoint.split(":").at(-1)), next);
  const [named] = await router.receive();
  if (named?.equals(next) !== true) throw new Error("the id was not taken");
  const second = new Dealer();
  second.connect(endpoint);
  await second.send("second");
  await router.receive();
  console.log("alive");
  raw.destroy();
  for (const socket of [router, first, second]) socket.close();
}

await main();
