import { connect } from "node:net";
import { Dealer, Router } from "zeromq";
import { portOf } from "../helpers/proxy.ts";
import { greetingOf, messageOf, readyOf } from "../hostile/zmtp.ts";

/*
 * A program of its own, because libzmq ends its process: a stranger names itself as the next
 * connection will be named, and then that one comes. Says "alive" where nothing happens.
 */

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
  const raw = connect(portOf(endpoint), "127.0.0.1");
  raw.write(greetingOf());
  const said = Buffer.concat([readyOf("DEALER", next), messageOf(Buffer.from("hello"))]);
  raw.once("data", () => raw.write(said));
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
