import { startGreeter } from "../../grpc/greeter.ts";
import { join, type JoinOptions } from "../../../lib/index.ts";
import { serve } from "../serve.ts";

/** A gRPC server that is a member. */
const commands = serve({
  /** The port, once it is listed. */
  async start(
    options: Pick<JoinOptions, "registrar" | "service"> & { id: string },
  ): Promise<number> {
    const { port } = await startGreeter(options.id);
    await join({ ...options, port });
    return port;
  },
});

export type GreeterRole = typeof commands;
