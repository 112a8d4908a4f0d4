import type { experimental } from "@grpc/grpc-js";
import type { Peer } from "../core/peer.ts";

/** The most entries that one peer has in a list, so that its weight counts. */
export const COPIES_MAX = 10;
/** A list of more entries is not made longer for weights: grpc-js makes a balancer for each. */
export const ENTRIES_MAX = 1000;

/** How peers become what grpc-js connects to. */
export interface EndpointRule {
  readonly protocol: string;
  /** Repeats entries by weight, for policies that take turns. */
  readonly byWeight: boolean;
}

/**
 * Peers as grpc-js takes them. An endpoint of grpc-js has addresses and nothing else, so a weight can
 * only be told by repetition: where peers take turns, one of weight 3 comes three times as often.
 * Left out are peers without a port and, where weights count, those of weight 0.
 */
export function endpointsOf(
  peers: readonly Peer[],
  { protocol, byWeight }: EndpointRule,
): readonly experimental.Endpoint[] {
  const found = peers.flatMap((peer) => {
    const addresses = addressesOf(peer, protocol);
    return addresses.length === 0 ? [] : [{ endpoint: { addresses }, weight: peer.weight }];
  });
  if (!byWeight) return found.map(({ endpoint }) => endpoint);
  const copies = copiesOf(found.map(({ weight }) => weight));
  // Each copy has its place between 0 and 1, so that those of one peer are spread over the list.
  const entries = found.flatMap(({ endpoint }, at) => {
    const count = copies[at] ?? 0;
    return Array.from({ length: count }, (_, copy) => ({ endpoint, place: (copy + 0.5) / count }));
  });
  return entries.toSorted((a, b) => a.place - b.place).map(({ endpoint }) => endpoint);
}

/** One text for lists that grpc-js need not be told twice. */
export function textOf(endpoints: readonly experimental.Endpoint[]): string {
  return JSON.stringify(endpoints);
}

function addressesOf(peer: Peer, protocol: string): experimental.SubchannelAddress[] {
  const speaking = peer.endpoints.filter((endpoint) => endpoint.protocol === protocol);
  const chosen = speaking.length > 0 ? speaking : peer.endpoints.slice(0, 1);
  return chosen.filter(({ port }) => port > 0).map(({ host, port }) => ({ host, port }));
}

/** The smallest whole numbers that stand to each other as the weights do, or about so. */
export function copiesOf(weights: readonly number[]): readonly number[] {
  const most = Math.max(1, Math.min(COPIES_MAX, Math.floor(ENTRIES_MAX / weights.length)));
  const exact = reduced(weights);
  const heaviest = Math.max(0, ...exact);
  if (exact.every(Number.isInteger) && heaviest <= most) return exact;
  return reduced(
    exact.map((weight) => (weight <= 0 ? 0 : Math.max(1, Math.round((weight / heaviest) * most)))),
  );
}

/** Whole numbers without what they have in common. */
function reduced(counts: readonly number[]): readonly number[] {
  if (!counts.every(Number.isInteger)) return counts;
  const common = counts.reduce(greatestCommonDivisor, 0) || 1;
  return counts.map((count) => count / common);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
