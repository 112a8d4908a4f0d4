/** A registrar in a process of its own. */
import { startRegistrar } from "../../lib/index.ts";
import type { RegistrarOptions } from "../../lib/index.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as RegistrarOptions;
const registrar = await startRegistrar({ ...options, logger: false });
console.log(JSON.stringify(registrar.endpoints));
