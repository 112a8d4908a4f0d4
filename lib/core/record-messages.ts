/** What the registrar remembers of one peer, as JSON text. */
export interface Explanation {
  readonly kind: "explanation";
  readonly token: number;
  readonly found: boolean;
  readonly json: string;
}

/** One page of what the registrar remembers, as JSON text. */
export interface Exported {
  readonly kind: "exported";
  readonly token: number;
  /** Asks for the page behind this one; 0 where there is none. */
  readonly next: number;
  /** A `RecordingPage`. */
  readonly json: string;
}

/** "What do you remember of this peer?" */
export interface Explain {
  readonly kind: "explain";
  readonly epoch: string;
  readonly token: number;
  readonly service: string;
  readonly id: string;
}

/** "Give out what you remember", page by page. */
export interface Export {
  readonly kind: "export";
  readonly epoch: string;
  readonly token: number;
  /** One service, or `*` for all. */
  readonly service: string;
  /** 0 for the first page, then `next` of the page before. */
  readonly after: number;
}
