/** One number a user may set: what it means and what more and less of it costs. */
export interface OptionRow {
  /** Value under each preset. */
  readonly local: number;
  readonly lan: number;
  readonly wan: number;
  readonly min: number;
  readonly max: number;
  readonly text: string;
  readonly more: string;
  readonly less: string;
}

/** Named situations: one machine, one data centre (the default), links with loss and latency. */
export type Preset = "local" | "lan" | "wan";
export const PRESETS: readonly Preset[] = ["local", "lan", "wan"];
