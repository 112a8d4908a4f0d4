/** Joins as many members as it is told to and holds them until it is ended from outside. */
import { join } from "../../lib/index.ts";
import { idsOf } from "./child.ts";
import type { Crew } from "./child.ts";

const crew = JSON.parse(process.argv[2] ?? "{}") as Crew;
const { registrar, service } = crew;
const members = await Promise.all(
  idsOf(crew).map((id) => join({ registrar, service, id, logger: false })),
);
console.log(JSON.stringify({ joined: members.length }));
