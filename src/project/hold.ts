/**
 * Holds: why no new run starts, how long each lasts, and which of them end with a try. Pure.
 *
 * To add a kind: add it to HOLD_KINDS and run `npm run docs`. One that follows from conditions is set in
 * src/supervisor/admission.ts. One that the end of a run sets belongs to its outcome, in HOLD_OF of retry.ts; PROBES and
 * PROBED_HOLDS below say when it ends.
 */
import { backOffEnds } from './back-off.ts';
import { type MachineId, OWN_ACCOUNT, type RunId } from './ids.ts';

export const HOLD_KINDS = [
  'paused', // by a person; ends with `resume`
  'usage_limit', // the account's; ends some seconds after its stated reset
  'service_unavailable', // out of reach, failing or overloaded
  'model_unavailable', // the service does not know the model of the configuration
  'not_logged_in',
  'billing',
  'claude_missing',
  'claude_failing', // Claude ends before its first answer, whatever the project
  'tools_missing', // Claude starts, but without our tools
  'disk_low', // too little room, or too few open files, to keep what a run says
  'quiet_hours', // the owner's hours without runs
  'reserve', // the share of a usage window that the owner keeps for other work
  'budget', // the owner's budget of the day or the month is spent
  'sandbox_missing', // the owner requires a sandbox that this machine cannot start; work that needs none goes on
  'unreviewed', // so many results wait for a person that no new plan is begun; work that was begun goes on
] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

export const HOLD_SOURCES = [
  'person', // said `pause`
  'run', // a run failed of what every run would
  'preflight', // Claude was asked before a run whether anybody is logged in
  'conditions', // no room, no Claude, the owner's hours or reserve: looked at again each time
] as const;

export type HoldSource = (typeof HOLD_SOURCES)[number];

/** Whose runs are held. */
export type HoldSubject = 'fleet' | `machine:${string}` | `account:${string}`;

/** Holds of an account; those of a person are everybody's, and all others those of one machine. */
const OF_ACCOUNT: readonly HoldKind[] = ['usage_limit', 'not_logged_in', 'billing', 'reserve'];

/** Whose runs a hold of this kind stops, when it is met on a machine by a run that this account pays for. */
export function subjectOf(kind: HoldKind, machine: MachineId, account: string): HoldSubject {
  if (kind === 'paused') return 'fleet';
  return OF_ACCOUNT.includes(kind) ? `account:${account}` : `machine:${machine}`;
}

/** Whether a hold stops the runs of a machine with its own login. */
export function isHeldBy(subject: HoldSubject, machine: MachineId): boolean {
  return ['fleet', `machine:${machine}`, `account:${OWN_ACCOUNT}`].includes(subject);
}

export interface Hold {
  readonly kind: HoldKind;
  /** A model family (`opus`) when only runs of these models are held; empty: all runs. */
  readonly scope: string;
  readonly reason: string;
  readonly since: string;
  /** When it ends by itself or is probed; null: only a person ends it. */
  readonly until: string | null;
  /** Who set it, and so who ends it. */
  readonly source: HoldSource;
}

/** A hold as it stands. */
export interface StandingHold extends Hold {
  readonly subject: HoldSubject;
  /** The run that finds out whether it is over. */
  readonly probeRunId: RunId | null;
}

const SECOND = 1_000;
const MINUTE = 60_000;

/**
 * When a hold is probed that a run has set: after `firstMs`, then after twice as long with each probe that fails, at most
 * after `maxMs`. A probe of a service that does not answer costs nothing, so it is never far away.
 */
const PROBES: Partial<Record<HoldKind, { readonly firstMs: number; readonly maxMs: number }>> = {
  service_unavailable: { firstMs: 30 * SECOND, maxMs: 5 * MINUTE },
  model_unavailable: { firstMs: 5 * MINUTE, maxMs: 15 * MINUTE },
  not_logged_in: { firstMs: 5 * MINUTE, maxMs: 5 * MINUTE },
  billing: { firstMs: 15 * MINUTE, maxMs: 15 * MINUTE },
  claude_missing: { firstMs: MINUTE, maxMs: MINUTE },
  claude_failing: { firstMs: MINUTE, maxMs: 15 * MINUTE },
  disk_low: { firstMs: MINUTE, maxMs: MINUTE },
  tools_missing: { firstMs: MINUTE, maxMs: 15 * MINUTE },
};

/** How long a hold of this kind stands before it is probed again, in milliseconds, after `failed` probes. */
export function probeDelayMs(kind: HoldKind, failed: number): number {
  const probe = PROBES[kind];
  if (!probe) return 0;
  return Math.min(probe.firstMs * 2 ** Math.min(failed, 30), probe.maxMs);
}

/**
 * Holds that end with a try: after their time one run may start, and only when it gets an answer from the model do the
 * others follow.
 */
export const PROBED_HOLDS: readonly HoldKind[] = [
  'usage_limit',
  'service_unavailable',
  'model_unavailable',
  'not_logged_in',
  'billing',
  'claude_failing',
  'tools_missing',
];

/** Whether a supervisor that starts may try such a hold at once: what caused it may have been changed meanwhile. */
export function isWorthATryAtStart({ kind, source }: Hold): boolean {
  return isEndedByTable(kind) && PROBED_HOLDS.includes(kind) && source === 'run';
}

/** How long a hold lasts, in words that complete "no new run starts …". `when` writes a time for the reader. */
export function holdEnd({ kind, until }: Hold, when: (time: string) => string = (time) => time): string {
  if (kind === 'paused') return 'until a person says `bridge-supervisor resume`';
  if (kind === 'unreviewed') return 'until you decide on one of them';
  if (until === null) return 'until that is fixed';
  return PROBED_HOLDS.includes(kind) ? `until ${when(until)}; then one run tries` : `until ${when(until)}`;
}

/**
 * Whether the time of a hold is up at `now`. A hold that the table ends, and that seems to last longer than it lets any
 * wait, was set before the clock was set back, and its time is up too. An end that the service or the owner named is
 * believed.
 */
export function isOver({ kind, until }: Hold, now: string): boolean {
  if (until === null) return false;
  const { after, latest } = backOffEnds(now);
  return until <= after || (until > latest && isEndedByTable(kind));
}

function isEndedByTable(kind: HoldKind): boolean {
  return PROBES[kind] !== undefined;
}
