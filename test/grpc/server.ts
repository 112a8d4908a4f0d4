/** A process with a gRPC server that is a member, until it is ended from outside. */
import { join } from "../../lib/index.ts";
import { startGreeter } from "./greeter.ts";

const { registrar, service, id } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly registrar: string;
  readonly service: string;
  readonly id: string;
};
const { port } = await startGreeter(id);
await join({ registrar, service, id, port, logger: false });
console.log(JSON.stringify({ port }));
