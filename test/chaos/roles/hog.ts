/** Takes as many connections of a registrar as it gets, and holds them until it is ended. */
import { connect } from "node:net";
import { serve, setupOf, tell } from "./role.ts";

/** Whose, and how many at most. */
export interface HogSetup {
  readonly host: string;
  readonly port: number;
  readonly count: number;
}

const { host, port, count } = setupOf<HogSetup>();
serve();
tell({ kind: "up" });

/** Whatever is closed on it, it opens again. */
function grab(): void {
  const socket = connect({ host, port });
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(grab, 50));
}

for (let each = 0; each < count; each += 1) grab();
