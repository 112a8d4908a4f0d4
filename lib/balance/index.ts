/**
 * Rollcall for load balancers: picks a peer, learns from the outcome, and carries HTTP there.
 */
export type { AvailableOptions } from "./arrival.ts";
export { balancer } from "./balancer.ts";
export type { Balancer, PickOptions } from "./balancer.ts";
export type { RollcallDispatcher } from "./http/dispatcher.ts";
export { openDispatcher } from "./http/open.ts";
export type { DispatcherOptions, RetryOptions } from "./http/options.ts";
export { Lease } from "./lease.ts";
export type { EjectionOptions, SuccessRateOptions } from "./ejection-options.ts";
export type { BalancerOptions } from "./options.ts";
export type { PeerReport } from "./picker.ts";
export type { Outcome } from "./seat.ts";
export type { PeerSource } from "./source.ts";
export { SLOW_START_SHARE_MIN } from "./slow-start.ts";
export { STRATEGIES } from "./strategies/index.ts";
export type { StrategyName } from "./strategies/index.ts";
export { urlOf } from "./url.ts";
export type { UrlOptions } from "./url.ts";
