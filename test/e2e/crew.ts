/**
 * Joins as many members as it is told to and holds them until it is ended from outside. With `tell`
 * each of them prints whoever leaves its own list.
 */
import { join } from "../../lib/index.ts";
import { told } from "../helpers/record.ts";
import { idsOf } from "./child.ts";
import type { Crew } from "./child.ts";

const crew = JSON.parse(process.argv[2] ?? "{}") as Crew;
const { registrar, service, tell = false, options = {} } = crew;
const members = await Promise.all(
  idsOf(crew).map((id) => join({ registrar, service, id, logger: false, ...options })),
);
for (const { self, changes$ } of tell ? members : []) {
  changes$.subscribe((change) => {
    if (change.kind === "left") {
      console.log(JSON.stringify({ who: self.id, left: change.peer.id, told: told(change) }));
    }
  });
}
console.log(JSON.stringify({ joined: members.length }));
