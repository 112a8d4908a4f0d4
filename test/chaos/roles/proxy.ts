/** Carries connections to registrars with a delay of each direction, which a line of its input sets. */
import { createInterface } from "node:readline";
import { DelayingProxy } from "../delaying-proxy.ts";
import type { Delays } from "../delaying-proxy.ts";
import { serve, setupOf, tell } from "./role.ts";

/** One listener for each way: its own address, and the registrar behind it, with the same ports. */
export interface ProxySetup {
  readonly ways: readonly { readonly host: string; readonly target: string }[];
  readonly ports: readonly number[];
}

const { ways, ports } = setupOf<ProxySetup>();
const proxy = new DelayingProxy();
for (const { host, target } of ways) {
  for (const port of ports) await proxy.listen({ host, port, target });
}
serve();
createInterface({ input: process.stdin }).on("line", (line) => {
  proxy.delays = JSON.parse(line) as Delays;
});
tell({ kind: "up" });
