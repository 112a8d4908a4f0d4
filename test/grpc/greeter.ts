import {
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
} from "@grpc/grpc-js";
import type {
  ChannelOptions,
  Client,
  sendUnaryData,
  ServerUnaryCall,
  ServiceDefinition,
  ServiceError,
} from "@grpc/grpc-js";

const text = {
  to: (value: string): Buffer => Buffer.from(value),
  from: (bytes: Buffer): string => bytes.toString(),
};

/** A service that answers with its own name; text on the wire, so that no protobuf is needed. */
const GREETER: ServiceDefinition = {
  whoAreYou: {
    path: "/demo.Greeter/WhoAreYou",
    requestStream: false,
    responseStream: false,
    requestSerialize: text.to,
    requestDeserialize: text.from,
    responseSerialize: text.to,
    responseDeserialize: text.from,
  },
};

export const ROUND_ROBIN: ChannelOptions = {
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
};

/** A real server, by default on a free port, which says who it is. */
export async function startGreeter(name: string, at = 0): Promise<{ port: number; close(): void }> {
  const server = new Server();
  server.addService(GREETER, {
    whoAreYou: (_: ServerUnaryCall<string, string>, reply: sendUnaryData<string>) =>
      reply(null, name),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${at}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

const GreeterClient = makeGenericClientConstructor(GREETER, "Greeter");

/** A client of a target. */
export class Caller {
  readonly #client: Client;

  constructor(target: string, options: ChannelOptions = {}) {
    this.#client = new GreeterClient(target, credentials.createInsecure(), options);
  }

  /** One call: the name of who answered. */
  call(deadlineMs = 5000): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<string, string>(
        "/demo.Greeter/WhoAreYou",
        text.to,
        text.from,
        // grpc-js takes no bytes for no message.
        "?",
        { deadline: Date.now() + deadlineMs },
        (error: ServiceError | null, answer?: string) => {
          if (error === null) resolve(answer ?? "");
          else reject(error);
        },
      );
    });
  }

  /** Who answered so many calls, sorted; each as often as it did. */
  async calls(count: number): Promise<string> {
    const names: string[] = [];
    for (let nth = 0; nth < count; nth += 1) names.push(await this.call());
    return names.toSorted().join(" ");
  }

  close(): void {
    this.#client.close();
  }
}
