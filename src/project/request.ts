/**
 * What Claude Code asks a person in the middle of its work: a question, or the permission for one call. Pure: which
 * decision is allowed when, what a permission covers, and when two calls are the same.
 *
 *             defer                       answer, allow, deny, default            use
 *   open ──────────────▶ deferred ──┬──▶ answered, allowed, denied, defaulted ───────▶ used (a permission for once)
 *     └──────────────────────────────┘                    └── lose ──▶ lost ──────────▶
 *
 *   open, deferred: withdraw leads to withdrawn, when nobody waits for the answer any more.
 */

import { canonicalJson } from './canonical-json.ts';
import type { ProjectId, RequestId, RunId } from './ids.ts';
import { isObject } from './json-object.ts';
import type { DecidedVia } from './review.ts';

export const REQUEST_KINDS = ['question', 'permission'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export const REQUEST_STATES = [
  'open', // the run that asked waits, or was told to go on without an answer
  'deferred', // the call is put off: the run ended, and its session resumes with this call
  'answered', // a question has an answer
  'allowed', // a call may be made: once, or whenever the project makes it
  'denied', // a call may not be made
  'defaulted', // nobody decided in time: a question has its default, a call is denied
  'used', // the call that was allowed once was made
  'lost', // it was decided, but the session does not know the call any more; what was decided holds
  'withdrawn', // nobody waits for it: the work was submitted, or the project was closed or changed
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** States in which a person can decide. */
export const UNDECIDED_STATES = ['open', 'deferred'] as const satisfies readonly RequestState[];

/** How far a permission reaches: one call, or each equal call of its project. */
export const PERMISSION_SCOPES = ['once', 'project'] as const;
export type PermissionScope = (typeof PERMISSION_SCOPES)[number];

/** How many answers a question may offer. */
export const MIN_OPTIONS = 2;
export const MAX_OPTIONS = 6;

/** How much of what one project asks may wait for a person: nobody reads more at a time, and each call reads all of it. */
export const MAX_UNDECIDED = 50;

/** How long a run waits for a person before it puts its call off, unless the owner says otherwise. */
export const DEFAULT_ASK_WAIT_MS = 2 * 60_000;

export interface AskedRequest {
  readonly id: RequestId;
  readonly projectId: ProjectId;
  /** The run that asked last, or is to tell Claude what was decided. */
  readonly runId: RunId;
  readonly kind: RequestKind;
  /** The id of the call in Claude's conversation. Some services give the same one again in another conversation. */
  readonly toolUseId: string;
  readonly toolName: string;
  /** The input of the call, as JSON in the form in which it came. */
  readonly input: string;
  /** The subagent that asked; null: the main conversation. */
  readonly agentId: string | null;
  /** The words of a question; empty for a permission. */
  readonly question: string;
  /** What the person may choose from; empty: any answer. */
  readonly options: readonly string[];
  /** What is answered when nobody has by the deadline; null: Claude is told that nobody answered. */
  readonly defaultAnswer: string | null;
  /** When it is decided by default; null: never. */
  readonly deadline: string | null;
  readonly state: RequestState;
  /** How far an allowed call reaches; null for all others. */
  readonly scope: PermissionScope | null;
  /** The answer to a question, or the reason of a denial; null where there is none. */
  readonly answer: string | null;
  /** Who decided; null while nobody has. */
  readonly decidedBy: string | null;
  readonly decidedVia: DecidedVia | null;
  readonly createdAt: string;
  /** When its call was put off; null: never. */
  readonly deferredAt: string | null;
  readonly decidedAt: string | null;
  /** When Claude was told what was decided; null: not yet. */
  readonly toldAt: string | null;
  /** When the run ended that was let make the call and shows no result: whether it was made is unknown. Null: none has. */
  readonly cutOffAt: string | null;
  /** The newest request of an equal call that was cut off before this one was asked about; null: none. */
  readonly repeats: RequestId | null;
}

interface RequestMove {
  readonly from: readonly RequestState[];
  readonly to: RequestState;
  readonly kinds: readonly RequestKind[];
}

const DECIDED_STATES = ['answered', 'allowed', 'denied', 'defaulted'] as const;

export const REQUEST_MOVES = {
  defer: { from: UNDECIDED_STATES, to: 'deferred', kinds: REQUEST_KINDS },
  answer: { from: UNDECIDED_STATES, to: 'answered', kinds: ['question'] },
  allow: { from: UNDECIDED_STATES, to: 'allowed', kinds: ['permission'] },
  deny: { from: UNDECIDED_STATES, to: 'denied', kinds: ['permission'] },
  default: { from: UNDECIDED_STATES, to: 'defaulted', kinds: REQUEST_KINDS },
  withdraw: { from: UNDECIDED_STATES, to: 'withdrawn', kinds: REQUEST_KINDS },
  use: { from: ['allowed', 'lost'], to: 'used', kinds: ['permission'] },
  lose: { from: DECIDED_STATES, to: 'lost', kinds: REQUEST_KINDS },
} as const satisfies Record<string, RequestMove>;

export type RequestAction = keyof typeof REQUEST_MOVES;

/** The state after `action`; undefined when it is not allowed. */
export function nextState(
  { kind, state }: Pick<AskedRequest, 'kind' | 'state'>,
  action: RequestAction,
): RequestState | undefined {
  const move: RequestMove = REQUEST_MOVES[action];
  return move.from.includes(state) && move.kinds.includes(kind) ? move.to : undefined;
}

export function isUndecided({ state }: Pick<AskedRequest, 'state'>): boolean {
  return (UNDECIDED_STATES as readonly RequestState[]).includes(state);
}

/** Whether a decision has not reached Claude yet. */
export function isUntold({ state, toldAt }: Pick<AskedRequest, 'state' | 'toldAt'>): boolean {
  return toldAt === null && ([...DECIDED_STATES, 'lost'] as readonly RequestState[]).includes(state);
}

/** Whether a run was cut off in the call that it is about. */
export function isCutOffIn(
  { cutOffAt, runId }: Pick<AskedRequest, 'cutOffAt' | 'runId'>,
  { id, endedAt }: { readonly id: string; readonly endedAt: string | null },
): boolean {
  return cutOffAt !== null && (runId === id || cutOffAt === endedAt);
}

/** Whether the call that it is about may be made now. */
export function isPermitted({ kind, scope, state }: Pick<AskedRequest, 'kind' | 'scope' | 'state'>): boolean {
  return kind === 'permission' && (scope === 'project' || (scope === 'once' && state !== 'used'));
}

/** Whether the call that it is about was allowed, whether or not it has been made since. */
export function isAllowed({ kind, scope }: Pick<AskedRequest, 'kind' | 'scope'>): boolean {
  return kind === 'permission' && scope !== null;
}

/** Whether the call that it is about was denied, by a person or because nobody decided in time. */
export function isDenied({
  kind,
  scope,
  decidedAt,
}: Pick<AskedRequest, 'kind' | 'scope' | 'decidedAt'>): boolean {
  return kind === 'permission' && decidedAt !== null && scope === null;
}

/**
 * The input of a call in a form that is the same for equal calls: keys sorted, and without what changes nothing. A model
 * that is told to make a call again gives it another description.
 */
export function canonicalInput(toolName: string, input: unknown): string {
  const meaning =
    WITH_DESCRIPTION.includes(toolName) && isObject(input) ? without(input, 'description') : input;
  return canonicalJson(meaning);
}

/** Tools with a description for people beside the command that runs. */
const WITH_DESCRIPTION: readonly string[] = ['Bash', 'PowerShell'];

function without(input: Readonly<Record<string, unknown>>, key: string): object {
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== key));
}
