import { makeKeyPair, writeKeyFile } from "../../index.ts";
import { keyFileText } from "../../keys/files.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import type { Setting } from "../settings/setting.ts";

const OUT: Setting = {
  key: "out",
  value: { kind: "text", placeholder: "file" },
  help: "write the pair to this new file, readable by its owner alone, and print the public key.",
  group: "Output",
};

/** `rollcall keygen`: a new key pair. */
export const keygen: CliCommand = {
  name: "keygen",
  operands: "",
  summary: "make a key pair for a registrar, a member or a watcher",
  description: `Makes a CURVE key pair. With --out it is written to a new file of mode 0600 and the
public key is printed; a file that exists is left alone, with exit code 78. Without --out the whole
pair is printed as such a file, the secret key included.

The public key goes into the allow list of a registrar, that of the registrar to its clients.`,
  settings: [OUT],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const pair = makeKeyPair();
  const out = context.options.text("out");
  if (out === undefined) {
    print(context, keyFileText(pair).trimEnd());
    return 0;
  }
  writeKeyFile(out, pair);
  print(context, pair.publicKey);
  return 0;
}
