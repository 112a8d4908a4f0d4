import { experimental, status } from "@grpc/grpc-js";
import type { ChannelOptions } from "@grpc/grpc-js";
import { filter, Subscription } from "rxjs";
import type { Observable } from "rxjs";
import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import { peersOf } from "../operators/peers-of.ts";
import { endpointsOf, textOf } from "./endpoints.ts";
import type { Settings } from "./options.ts";
import { targetOf } from "./target.ts";
import type { Target } from "./target.ts";
import type { Watchers } from "./watchers.ts";

/**
 * The peers behind a list of endpoints, among the attributes a load-balancing policy is given. The
 * prefix keeps grpc-js from taking them for a property of the connection.
 */
export const PEERS_ATTRIBUTE = `${experimental.SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX}.rollcall.peers`;

/** What the resolvers of one registration have in common. */
export interface Registration {
  readonly settings: Settings;
  readonly watchers: Watchers;
  /** Whether the registration is closed, now and when it comes to be. */
  readonly closed$: Observable<boolean>;
}

type News =
  | { readonly kind: "peers"; readonly peers: readonly Peer[] }
  | { readonly kind: "problem"; readonly text: string };

/** Follows one target for one channel, and tells grpc-js of every change. */
export class RollcallResolver implements experimental.Resolver {
  readonly #registration: Registration;
  readonly #target: Target;
  readonly #listener: experimental.ResolverListener;
  readonly #byWeight: boolean;
  #following: Subscription | null = null;
  #news: News | null = null;
  #isDue = false;
  #told = "";

  constructor(
    {
      registration,
      uri,
    }: { readonly registration: Registration; readonly uri: experimental.GrpcUri },
    listener: experimental.ResolverListener,
    options: ChannelOptions,
  ) {
    this.#registration = registration;
    this.#target = targetOf(uri);
    this.#listener = listener;
    this.#byWeight = takesTurns(options);
  }

  /** Lists are pushed, so only the first call begins something; grpc-js calls it again after `destroy`. */
  updateResolution(): void {
    this.#following ??= this.#follow();
  }

  destroy(): void {
    this.#following?.unsubscribe();
    this.#following = null;
    this.#news = null;
    this.#told = "";
  }

  #follow(): Subscription {
    const { settings, watchers, closed$ } = this.#registration;
    const following = new Subscription();
    let isClosed = false;
    following.add(
      closed$.pipe(filter(Boolean)).subscribe(() => {
        isClosed = true;
        this.#tell({ kind: "problem", text: "the resolver is closed" });
      }),
    );
    if (isClosed) return following;
    const { watcher, release } = watchers.take(this.#target);
    const failed = (error: unknown): void => {
      const text = error instanceof RollcallError ? error.message : String(error);
      this.#tell({ kind: "problem", text });
    };
    const wait = setTimeout(
      () => failed(new RollcallError("ERR_UNREACHABLE")),
      settings.firstListMs,
    );
    const peers$ = watcher.view$.pipe(settings.through ?? peersOf());
    following.add(release);
    following.add(() => clearTimeout(wait));
    following.add(
      watcher.connection$.subscribe((state) => {
        if (state.kind === "refused") failed(new RollcallError(state.code));
      }),
    );
    following.add(
      peers$.subscribe({
        next: (peers) => {
          clearTimeout(wait);
          this.#tell({ kind: "peers", peers });
        },
        error: failed,
      }),
    );
    return following;
  }

  /** Never from within a call of grpc-js, and only the latest of one turn. */
  #tell(news: News): void {
    this.#news = news;
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      const latest = this.#news;
      this.#news = null;
      if (latest?.kind === "peers") this.#give(latest.peers);
      else if (latest !== null) this.#fail(latest.text);
    });
  }

  #give(peers: readonly Peer[]): void {
    const { protocol } = this.#registration.settings;
    const endpoints = endpointsOf(peers, { protocol, byWeight: this.#byWeight });
    const isEmpty = endpoints.length === 0;
    const nobody = peers.length === 0 ? "its list is empty" : "none of its peers can be called";
    const text = isEmpty ? nobody : textOf(endpoints);
    if (text === this.#told) return;
    this.#told = text;
    const attributes = { [PEERS_ATTRIBUTE]: peers };
    const note = isEmpty ? this.#sentence(nobody) : "";
    this.#listener(experimental.statusOrFromValue([...endpoints]), attributes, null, note);
    // With an empty list alone, round_robin of grpc-js 1.14 lets calls wait for ever. The list makes
    // policies let go of their connections, the error after it makes them say why there is nobody.
    if (isEmpty) this.#report(nobody);
  }

  #fail(text: string): void {
    // A list that is known is kept by grpc-js, as it is by us.
    if (this.#told === "") this.#report(text);
  }

  #report(text: string): void {
    const details = this.#sentence(text);
    const error = experimental.statusOrFromError<experimental.Endpoint[]>({
      code: status.UNAVAILABLE,
      details,
    });
    this.#listener(error, {}, null, details);
  }

  #sentence(text: string): string {
    const { service, registrar } = this.#target;
    const via = registrar === undefined ? "" : ` at ${registrar}`;
    return `rollcall: service ${JSON.stringify(service)}${via}: ${text}`;
  }
}

/** Whether the policy of a channel gives each entry of the list its turn. */
function takesTurns(options: ChannelOptions): boolean {
  return options["grpc.service_config"]?.includes('"round_robin"') ?? false;
}
