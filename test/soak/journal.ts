/**
 * What the soak itself knows, apart from the store: what was intended, and what was acknowledged. The store must hold
 * each acknowledged thing exactly once, and nothing that nobody intended.
 */

export interface SentPlan {
  /** Names the project in its plan, its files and its conversation. */
  readonly tag: string;
  readonly requestId: string;
  /** How often the person will send its work back. */
  readonly rejections: number;
  projectId: string | undefined;
  /** How often it needed the person's attention. */
  retries: number;
}

export interface Decision {
  readonly projectId: string;
  readonly round: number;
  readonly verdict: 'approved' | 'rejected';
  readonly reason: string;
  acknowledged: boolean;
}

export interface Steering {
  readonly projectId: string;
  readonly text: string;
  acknowledged: boolean;
}

/** A tool call of the model of which it saw the result. */
export interface Reported {
  readonly tag: string;
  readonly text: string;
  readonly round: number;
}

export interface Journal {
  readonly plans: SentPlan[];
  readonly decisions: Decision[];
  readonly steerings: Steering[];
  /** Ids of projects whose cancellation was acknowledged. */
  readonly cancelled: Set<string>;
  /** By the id of the tool call. */
  readonly updates: Map<string, Reported>;
  readonly completions: Map<string, Reported>;
  /** Every text the model wanted to report, acknowledged or not. */
  readonly said: Set<string>;
  /** Steering texts that came to the model. */
  readonly heard: Set<string>;
  /** Steering texts in requests that the service in front of the model refused, or let down. */
  readonly refused: Set<string>;
}

export function createJournal(): Journal {
  return {
    plans: [],
    decisions: [],
    steerings: [],
    cancelled: new Set(),
    updates: new Map(),
    completions: new Map(),
    said: new Set(),
    heard: new Set(),
    refused: new Set(),
  };
}
