import type { RegistrarBook } from "./registrar-book.ts";
import type { RegistrarNode } from "./registrar-node.ts";

/** The name of the first registrar's node. */
export const REGISTRAR = "registrar";

/** The name of the registrar at this place: `registrar`, `registrar1`, `registrar2`, … */
export function registrarName(place: number): string {
  return place === 0 ? REGISTRAR : `${REGISTRAR}${place}`;
}

/** One registrar endpoint, and its book. */
export interface Office {
  readonly node: RegistrarNode;
  readonly book: RegistrarBook;
}
