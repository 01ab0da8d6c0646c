/** How large the conversation of a session has grown, and what it costs to go on in it. */

/** As the newest answer of the main agent in a run shows it. */
export interface SessionContext {
  /** What the model read for its first answer in the run: instructions, tools, the prompt, and all that was resumed. */
  readonly startTokens: number;
  /** What it reads to go on: the whole conversation. */
  readonly tokens: number;
  /** When the newest answer was written. The service keeps what it has read for `keptMs` from then on. */
  readonly at: string;
  readonly keptMs: number;
  /** Null: the model is in no price list. */
  readonly prices: TokenPrices | null;
}

/** In US dollars per million tokens. */
export interface TokenPrices {
  /** Of what the service reads uncached, and keeps. */
  readonly write: number;
  /** Of what it has kept. */
  readonly read: number;
}
