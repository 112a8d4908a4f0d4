import { DECODERS } from "./decoders.ts";
import { GUARDS } from "./gate.ts";
import { MACHINES } from "./machines.ts";
import { RECORDS } from "./records.ts";
import type { Target } from "./target.ts";

/** Everything that takes what strangers send. */
export const TARGETS: readonly Target[] = [...DECODERS, ...MACHINES, ...GUARDS, ...RECORDS];
