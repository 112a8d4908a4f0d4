/** A member whose event loop stands still for as many milliseconds as a line of its input says. */
import { createInterface } from "node:readline";
import { join } from "../../lib/index.ts";

const { registrar, service } = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
const member = await join({ registrar, service: service ?? "", id: "blocker", logger: false });
console.log(JSON.stringify({ joined: member.self.id }));
createInterface({ input: process.stdin }).on("line", (line) => {
  const untilMs = performance.now() + Number(line);
  while (performance.now() < untilMs);
});
