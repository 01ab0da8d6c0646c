/**
 * What the soak itself knows, apart from the store: what was intended, and what was acknowledged. The store must hold
 * each acknowledged thing exactly once, and nothing that nobody intended.
 */

import type { PermissionScope } from '../../src/project/request.ts';

export interface SentPlan {
  /** Names the project in its plan, its files and its conversation. */
  readonly tag: string;
  readonly requestId: string;
  /** How often the person will send its work back. */
  readonly rejections: number;
  projectId: string | undefined;
  /** How long the person looks at its work before deciding, in milliseconds. */
  readonly deliberationMs: number;
  /** Refused, because its workspace was away. */
  refused: boolean;
  /** How often it needed the person's attention. */
  retries: number;
  /** What the person lets it cost by now, in US dollars; undefined: no limit. */
  limitUsd: number | undefined;
}

export interface Decision {
  readonly projectId: string;
  readonly round: number;
  readonly verdict: 'approved' | 'rejected';
  readonly reason: string;
  acknowledged: boolean;
}

/** What the person decided, or wanted to, about something that Claude asked. */
export interface Answer {
  readonly requestId: string;
  /** Of an allowed call; null for a denial and an answer. */
  readonly scope: PermissionScope | null;
  /** The answer, or the reason of a denial; null for an allowed call. */
  readonly text: string | null;
  acknowledged: boolean;
}

/** What the model was told when it asked. */
export interface Told {
  readonly question: string;
  readonly text: string;
}

export interface Steering {
  readonly projectId: string;
  readonly text: string;
  acknowledged: boolean;
}

/** A tool call of the model of which it saw the result. */
export interface Reported {
  /** Of the tool call; other conversations may use it too. */
  readonly id: string;
  readonly tag: string;
  readonly text: string;
  readonly round: number;
}

export interface Journal {
  readonly plans: SentPlan[];
  readonly decisions: Decision[];
  readonly steerings: Steering[];
  readonly answers: Answer[];
  /** The ids of requests to amend a plan. */
  readonly amendments: Set<string>;
  /** By project and id of the tool call. */
  readonly told: Map<string, Told>;
  /** When each project asked the model, in milliseconds since 1970; by tag. */
  readonly requestedAt: Map<string, number[]>;
  /** How many messages of the model with a call its conversation has had; by tag. */
  readonly messages: Map<string, number>;
  /** What one message of the model costs, in US dollars. */
  messagePriceUsd: number;
  /** Ids of projects whose cancellation was acknowledged. */
  readonly cancelled: Set<string>;
  /** By project and id of the tool call. */
  readonly updates: Map<string, Reported>;
  readonly completions: Map<string, Reported>;
  /** Every text the model wanted to report, acknowledged or not. */
  readonly said: Set<string>;
  /** Steering texts that came to the model. */
  readonly heard: Set<string>;
  /** Steering texts in requests that the service in front of the model refused, or let down. */
  readonly refused: Set<string>;
  /** Conversations in which the model was told no plan. */
  readonly untold: Set<string>;
  /** Rounds in which the model went on after it had submitted. */
  readonly wentOn: Set<string>;
  /** Runs whose server of ours was killed. */
  readonly bereft: Set<string>;
  /** When the service was out of reach of everybody. */
  readonly outages: Spell[];
  /** Projects whose worktree was deleted: what was in it and in no commit is gone. */
  readonly bereavedProjects: Set<string>;
  /** Commits of the person's own in repositories. */
  readonly personsCommits: Set<string>;
  /** Commits that the person merged by hand. */
  readonly mergedByHand: Set<string>;
  /** What the person has in checkouts that is in no commit: by path, its content. */
  readonly dirt: Map<string, string>;
  /** When something of the person's was in the way of landings. */
  readonly obstacles: Obstacle[];
  /** When a workspace was of no use, and which. */
  readonly badWorkspaces: (Spell & { readonly workspace: string })[];
}

/** A time, in milliseconds since 1970, in which something lasted. */
export interface Spell {
  readonly from: number;
  /** Infinite as long as it lasts. */
  until: number;
}

export interface Obstacle extends Spell {
  /** Its path. */
  readonly repository: string;
  /** Null: in the way of all that lands there. */
  readonly projectId: string | null;
  /** Of the landings that may fail for it. */
  readonly causes: readonly string[];
}

/** Whether it lasted at a moment between these two; what had begun in it is known some seconds later. */
export function lasted({ from, until }: Spell, since: number, till: number): boolean {
  return from <= till && since <= until + AFTERMATH_MS;
}

const AFTERMATH_MS = 5_000;

export function createJournal(): Journal {
  return {
    plans: [],
    decisions: [],
    steerings: [],
    answers: [],
    amendments: new Set(),
    told: new Map(),
    requestedAt: new Map(),
    messages: new Map(),
    messagePriceUsd: 0,
    cancelled: new Set(),
    updates: new Map(),
    completions: new Map(),
    said: new Set(),
    heard: new Set(),
    refused: new Set(),
    untold: new Set(),
    wentOn: new Set(),
    bereft: new Set(),
    outages: [],
    bereavedProjects: new Set(),
    personsCommits: new Set(),
    mergedByHand: new Set(),
    dirt: new Map(),
    obstacles: [],
    badWorkspaces: [],
  };
}
