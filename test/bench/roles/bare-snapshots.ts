import { XPublisher } from "zeromq";
import { LOOPBACK } from "../loopback.ts";
import { readAll } from "../bare.ts";
import { serve } from "../serve.ts";

const publisher = new XPublisher({ linger: 0, sendTimeout: 0, verbosity: "allSubs" });

/** The floor of snapshots: whoever subscribes is sent so many bytes. */
const commands = serve({
  async start(bytes: number): Promise<string> {
    const body = Buffer.alloc(bytes, 1);
    await publisher.bind(LOOPBACK);
    void readAll(publisher, ([frame]) => {
      if (frame?.[0] === 1) void publisher.send([frame.subarray(1), body]);
    });
    return publisher.lastEndpoint ?? "";
  },
});

export type BareSnapshotsRole = typeof commands;
