import { join } from "../../../lib/index.ts";
import { serve } from "../serve.ts";

/** Where to join, and as whom. */
export interface Enlisting {
  readonly registrar: string;
  readonly service: string;
  readonly ids: readonly string[];
}

/** Some members as users have them, in one process: they hang up, dial and join again by themselves. */
const commands = serve({
  async join({ registrar, service, ids }: Enlisting): Promise<void> {
    await Promise.all(ids.map((id) => join({ registrar, service, id })));
  },
});

export type MembersRole = typeof commands;
