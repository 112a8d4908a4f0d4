import { writeFileSync } from "node:fs";
import type { AllowRules, ClientKeys, KeyPair, MemberRule } from "../../lib/index.ts";
import { instanceNamed } from "../helpers/instances.ts";
import { makeKeyPair } from "../../lib/index.ts";
import type { Join, Watch } from "../../lib/core/messages.ts";

/** The pairs of the manual page of `zmq_curve`. */
export const MANUAL = {
  registrar: {
    publicKey: "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
    secretKey: "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
  },
  client: {
    publicKey: "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
    secretKey: "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
  },
} as const;

export const EPOCH = "8f1d2c3b4a5968778695a4b3c2d1e0ff";
export const NONCE = "000102030405060708090a0b0c0d0e0f";

const OWN = instanceNamed("5b0c");

export const JOIN: Join = {
  kind: "join",
  version: 1,
  epoch: EPOCH,
  service: "cache",
  id: "c1",
  instance: OWN.instance,
  edition: 1,
  card: { endpoints: [], weight: 1, tags: [], metadata: {}, status: "passing", joinedAt: 0 },
  previous: null,
  sequence: 1,
  secret: OWN.secret,
  proof: null,
  bytes: 0,
};

export const WATCH: Watch = {
  kind: "watch",
  version: 1,
  epoch: EPOCH,
  instance: OWN.instance,
  services: ["cache", "*"],
  ordinal: null,
  proof: null,
  sequence: 1,
  secret: OWN.secret,
};

/** A registrar's pair, and what its clients need of it. */
export class Ring {
  readonly registrar = makeKeyPair();
  readonly cache = makeKeyPair();
  readonly watcher = makeKeyPair();
  readonly stranger = makeKeyPair();

  /** `cache` may join that service, `watcher` may look. */
  get rules(): AllowRules {
    return {
      members: [member(this.cache, "cache")],
      watchers: [{ key: this.watcher.publicKey }],
    };
  }

  /** What the holder of a pair gives to `join` and `watch`. */
  keys(own: KeyPair): ClientKeys {
    return { own, registrar: this.registrar.publicKey };
  }
}

export function member({ publicKey }: KeyPair, ...services: readonly string[]): MemberRule {
  return { key: publicKey, services };
}

/** Writes an allow list. */
export function writeRules(path: string, rules: AllowRules): void {
  writeFileSync(path, JSON.stringify(rules));
}
