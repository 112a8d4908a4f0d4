import { createHash } from "node:crypto";
import { instanceOf } from "../../lib/host/instance.ts";
import type { OwnInstance } from "../../lib/host/instance.ts";

/** The same instance for the same name, with the secret that a registrar asks for. */
export function instanceNamed(name: string): OwnInstance {
  const secret = createHash("md5").update(name).digest("hex");
  return { instance: instanceOf(secret), secret };
}
