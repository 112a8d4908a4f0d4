/** The keeper of the leases that ours are compared with. */
import { keepLeases } from "../lease.ts";
import { serve, tell } from "./role.ts";

serve();
await keepLeases((event, id) => tell({ kind: "other", system: "lease", event, id }));
tell({ kind: "up" });
