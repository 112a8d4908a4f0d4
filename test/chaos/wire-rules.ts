/** Packets from these addresses to those are lost. */
export interface Cut {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What is wrong with the wire. */
export interface WireState {
  readonly cuts: readonly Cut[];
  /** Packets in a hundred that are lost, each way for itself. */
  readonly lossPercent: number;
}

/** Loss is drawn in thousandths. */
const DRAWS = 1000;

/**
 * The whole rule set of the bridge, for `nft -f`: it takes the place of the one before in one step. Every
 * packet passes the bridge once on its way, so a rule for one direction is a cut of one direction.
 */
export function rulesOf({ cuts, lossPercent }: WireState): string {
  const draws = Math.round((lossPercent * DRAWS) / 100);
  const lines = [
    ...cuts
      .filter(({ from, to }) => from.length > 0 && to.length > 0)
      .map(({ from, to }) => `ip saddr { ${from.join(", ")} } ip daddr { ${to.join(", ")} } drop`),
    ...(draws > 0 ? [`meta protocol ip numgen random mod ${DRAWS} < ${draws} counter drop`] : []),
  ];
  return [
    // Made if it is missing, so that it can be removed in any case.
    "table bridge chaos",
    "delete table bridge chaos",
    "table bridge chaos {",
    "  chain forward {",
    "    type filter hook forward priority 0; policy accept;",
    ...lines.map((line) => `    ${line}`),
    "  }",
    "}",
    "",
  ].join("\n");
}
