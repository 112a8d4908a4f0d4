import { experimental } from "@grpc/grpc-js";
import type { ChannelOptions } from "@grpc/grpc-js";
import { BehaviorSubject } from "rxjs";
import { settingsOf } from "./options.ts";
import type { GrpcResolverOptions } from "./options.ts";
import { RollcallResolver } from "./resolver.ts";
import type { Registration } from "./resolver.ts";
import { targetOf } from "./target.ts";
import { Watchers } from "./watchers.ts";

/** A scheme that grpc-js now knows. */
export interface GrpcResolver extends AsyncDisposable {
  readonly scheme: string;
  /** How many watchers are open: one for each target that some channel follows. */
  readonly watchers: number;
  /**
   * Closes every watcher. Channels keep the endpoints that they have and are told nothing more; a new
   * one fails as UNAVAILABLE. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Teaches grpc-js targets such as `rollcall:///orders` and `rollcall://10.0.0.1:5570/orders`. Channels
 * of one target share one watcher, which opens with the first call and closes with the last channel.
 * Every change is pushed. grpc-js keeps one resolver for each scheme, so a second registration of a
 * scheme takes the place of the first for channels made from then on.
 *
 * The default policy of grpc-js takes one peer and stays there; for all of them in turn, by weight,
 * give channels `"grpc.service_config": '{"loadBalancingConfig":[{"round_robin":{}}]}'`.
 *
 * Throws `ERR_OPTION` and `ERR_ENDPOINT`; for a wrong target the client's constructor does.
 */
export function registerRollcallResolver(options: GrpcResolverOptions = {}): GrpcResolver {
  const settings = settingsOf(options);
  const closed$ = new BehaviorSubject(false);
  const watchers = new Watchers(settings.watch);
  const registration: Registration = { settings, watchers, closed$ };

  class Resolver extends RollcallResolver {
    constructor(
      uri: experimental.GrpcUri,
      listener: experimental.ResolverListener,
      channelOptions: ChannelOptions,
    ) {
      super({ registration, uri }, listener, channelOptions);
    }

    /** The service: what peers see as `:authority`, and what their certificates have to name. */
    static getDefaultAuthority(uri: experimental.GrpcUri): string {
      return targetOf(uri).service;
    }
  }

  experimental.registerResolver(settings.scheme, Resolver);
  const close = async (): Promise<void> => {
    closed$.next(true);
    await watchers.close();
  };
  return {
    scheme: settings.scheme,
    get watchers() {
      return watchers.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
