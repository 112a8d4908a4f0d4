/**
 * A gRPC client that follows a service: its calls go to all servers in turn, by weight, and it learns
 * of those that come and go as it happens.
 *
 * Run: npx tsx examples/grpc.ts
 */
import {
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
} from "@grpc/grpc-js";
import type { sendUnaryData, ServiceDefinition } from "@grpc/grpc-js";
import { join, startRegistrar } from "rollcall";
import type { Member } from "rollcall";
import { registerRollcallResolver } from "rollcall/grpc";

/** Text instead of protobuf, which has nothing to do with how servers are found. */
const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();
const PATH = "/demo.Orders/WhoAreYou";
const ORDERS: ServiceDefinition = {
  whoAreYou: {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: toBytes,
    requestDeserialize: toText,
    responseSerialize: toBytes,
    responseDeserialize: toText,
  },
};

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
});
const { survey } = registrar.endpoints;

/** A server that is listed; it says who it is. */
async function serve(id: string, weight = 1): Promise<{ member: Member; server: Server }> {
  const server = new Server();
  server.addService(ORDERS, {
    whoAreYou: (_call: unknown, reply: sendUnaryData<string>) => reply(null, id),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const endpoints = [{ protocol: "grpc", host: "127.0.0.1", port }];
  const member = await join({ registrar: survey, service: "orders", id, weight, endpoints });
  return { member, server };
}

const resolver = registerRollcallResolver({ registrar: survey });
const OrdersClient = makeGenericClientConstructor(ORDERS, "Orders");
const client = new OrdersClient("rollcall:///orders", credentials.createInsecure(), {
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
});

function call(): Promise<string> {
  return new Promise((resolve) => {
    const deadline = Date.now() + 5000;
    client.makeUnaryRequest<string, string>(
      PATH,
      toBytes,
      toText,
      "?",
      { deadline },
      (error, name) => resolve(error === null ? (name ?? "") : error.details),
    );
  });
}

/** Calls until a dozen of them in a row are answered like this. */
async function answeredBy(expected: Readonly<Record<string, number>>): Promise<void> {
  const wanted = Object.entries(expected).map(([name, count]) => `${count} x ${name}`);
  for (let counts = ""; counts !== wanted.join(", ");) {
    const answers: string[] = [];
    for (let nth = 0; nth < 12; nth += 1) answers.push(await call());
    const names = [...new Set(answers)].toSorted();
    counts = names
      .map((name) => `${answers.filter((answer) => answer === name).length} x ${name}`)
      .join(", ");
  }
  console.log(`twelve calls: ${wanted.join(", ")}`);
}

console.log(await call());
const one = await serve("orders-1");
await answeredBy({ "orders-1": 12 });
const two = await serve("orders-2", 2);
await answeredBy({ "orders-1": 4, "orders-2": 8 });

await one.member.leave();
one.server.forceShutdown();
await answeredBy({ "orders-2": 12 });

await two.member.leave();
two.server.forceShutdown();
client.close();
await resolver.close();
await registrar.close();
