import { Bridge } from "./bridge.ts";

/** Why faults cannot be brought about here; undefined where they can. */
export function missing(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are a matter of Linux";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  let bridge: Bridge | undefined;
  try {
    bridge = new Bridge("probe");
    bridge.add("a", ["10.77.0.1"]);
    bridge.wire({ cuts: [], lossPercent: 1 });
    return undefined;
  } catch (error) {
    // The message names the command: ip (iproute2) or nft (nftables).
    return error instanceof Error ? error.message : String(error);
  } finally {
    bridge?.close();
  }
}
