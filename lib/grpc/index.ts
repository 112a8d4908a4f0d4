/**
 * A name resolver for `@grpc/grpc-js`, which has to be installed beside Rollcall: channels follow the
 * list of a service, and every change reaches them as it happens.
 */
export { registerRollcallResolver } from "./register.ts";
export type { GrpcResolver } from "./register.ts";
export type { GrpcResolverOptions } from "./options.ts";
export { PEERS_ATTRIBUTE } from "./resolver.ts";
