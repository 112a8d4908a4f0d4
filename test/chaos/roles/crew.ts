/** Several members in one process, and beside them as many holders of a lease if there is a keeper. */
import { join } from "../../../lib/index.ts";
import { holdLease } from "../lease.ts";
import { serve, setupOf, tell } from "./role.ts";

/** Who they are, and where they join. */
export interface CrewSetup {
  readonly registrars: readonly string[];
  readonly service: string;
  readonly ids: readonly string[];
  /** Host of the lease keeper; none where there is no comparison. */
  readonly keeper?: string;
}

const { registrars, service, ids, keeper } = setupOf<CrewSetup>();
serve();
tell({ kind: "up" });
await Promise.all(
  ids.map(async (id) => {
    const member = await join({ registrar: registrars, service, id, logger: false });
    tell({ kind: "joined", runs: [{ id, instance: member.self.instance }] });
    if (keeper !== undefined) holdLease(keeper, id);
  }),
);
