/**
 * Everything that happens, as the history keeps it: each change appends one of these in its own transaction. Whoever
 * presents events presents all of them; the compiler finds the one that is forgotten.
 *
 * To add a type: add it to EVENTS, give a sample in test/events.ts, and run `npm run docs`. The compiler then names the
 * readers that need words for it. An event that tells of a move of project.ts names it as its action.
 */

import * as z from 'zod';
import type { Actor } from './actor.ts';
import { CREDENTIAL_EVENTS } from './credential-events.ts';
import { DECISION_EVENTS } from './decision-events.ts';
import { type EventKind, event, id, nothing, round } from './event-kind.ts';
import { HOLD_KINDS, HOLD_SOURCES } from './hold.ts';
import type { ProjectId, RunId } from './ids.ts';
import { LANDING_ACTIONS } from './landing.ts';
import { MEMORY_EVENTS } from './memory-events.ts';
import { outcomeSchema } from './outcome.ts';
import { CLAIMANTS, PROJECT_STATUSES } from './project.ts';
import { REQUEST_EVENTS } from './request-events.ts';
import { REVISION_SESSIONS } from './revision.ts';
import { COST_BASES, RUN_KINDS } from './run.ts';
import { SCHEDULE_STATES, SKIP_CAUSES } from './schedule.ts';
import { SCRIPT_EVENTS } from './script-events.ts';
import { SUBMISSION_EVENTS } from './submission-events.ts';

/** Every type of event: when it happens, which move it tells of, and what its data is. */
export const EVENTS = {
  'project.sent': event('A plan was accepted and put into the queue.', () => ({
    title: z.string(),
    workspace: z.string().describe('Absolute path'),
  })),
  'project.imported': event(
    'A project of another program was taken over, or what is new of it there. No `project.sent` comes before.',
    () => ({
      title: z.string(),
      workspace: z.string().describe('Absolute path'),
      foreignId: z.string().describe('Its id there'),
      was: z.string().describe('Its status there'),
      status: z.enum(PROJECT_STATUSES).describe('Its status here'),
      updates: z.int().describe('How many were added'),
      completions: z.int().describe('How many were added'),
      decisions: z.int().describe('How many were added'),
    }),
  ),
  'project.moved': event('The workspace that the plan named leads to another folder now.', () => ({
    from: z.string().describe('Absolute path'),
    to: z.string().describe('Absolute path'),
  })),
  'project.claimed': event(
    'Somebody took a pending project up.',
    () => ({ by: z.enum(CLAIMANTS).describe("`code`: a person's own Claude Code session") }),
    'claim',
  ),
  'project.updated': event('Claude Code reported progress.', () => ({ message: z.string() }), 'send_update'),
  ...SUBMISSION_EVENTS,
  ...DECISION_EVENTS,
  'project.revision_started': event(
    'A rejected project entered its next round.',
    () => ({ round: round() }),
    'reset_for_revision',
  ),
  'project.landed': event(
    'Approved work reached the branch it was for, and was read back there.',
    () => ({
      round: round(),
      action: z.enum(LANDING_ACTIONS),
      target: z.string().describe('The ref that moved'),
      oid: z.string().describe('The commit it names now'),
    }),
    'land',
  ),
  'project.completed': event('An approved project with nothing to land was completed.', nothing, 'finish'),
  'project.cancelled': event(
    'Somebody cancelled a project.',
    () => ({ reason: z.string().describe('May be empty') }),
    'cancel',
  ),
  'project.amended': event(
    'Somebody amended the plan. Submitted work that waited for a decision was rejected with that.',
    () => ({ revision: z.int().describe('2 for the first amendment') }),
    'amend',
  ),
  'project.expired': event(
    'A plan had not begun by the time it named, and was cancelled.',
    () => ({ expiresAt: z.string().describe('The time') }),
    'expire',
  ),
  'project.steered': event(
    'Somebody sent a message to Claude Code.',
    () => ({ message: z.string(), messageId: id('Of the message') }),
    'steer',
  ),
  'project.steering_delivered': event('A run took in messages.', () => ({
    messages: z.array(z.string()).describe('Ids of the messages'),
  })),
  'project.needs_attention': event(
    'A project was parked: it goes on when a person retries it.',
    () => ({ reason: z.string() }),
    'park',
  ),
  'project.retried': event(
    'A project that needed a person goes on: in the queue, or where it was parked.',
    () => ({
      was: z.string().nullable().describe('Why it needed a person'),
      budgetUsd: z.number().min(0).exactOptional().describe('What its runs may cost from now on'),
      because: z.string().exactOptional().describe('The cause that several projects turned out to share'),
    }),
    'retry',
  ),
  ...REQUEST_EVENTS,
  'schedule.added': event('A plan with a schedule was accepted.', () => ({
    scheduleId: id('Of the schedule'),
    title: z.string(),
    cron: z.string(),
    timezone: z.string(),
  })),
  'schedule.amended': event('A schedule was given a new plan.', () => ({
    scheduleId: id('Of the schedule'),
    title: z.string(),
    cron: z.string(),
    timezone: z.string(),
  })),
  'schedule.changed': event('A schedule was paused, resumed or removed.', () => ({
    scheduleId: id('Of the schedule'),
    title: z.string(),
    state: z.enum(SCHEDULE_STATES).describe('What it is now'),
  })),
  'schedule.skipped': event('A slot of a schedule made no project.', () => ({
    scheduleId: id('Of the schedule'),
    title: z.string(),
    slot: z.string().describe('Its time'),
    cause: z
      .enum(SKIP_CAUSES)
      .describe('open: the project of the slot before is open; refused: its plan is not accepted any more'),
    detail: z.string().describe('The open project, or the words of the refusal'),
  })),
  'channel.cleared': event('Somebody deleted what was said in a channel.', () => ({
    channel: z.string(),
    messages: z.int().describe('How many there were'),
  })),
  ...SCRIPT_EVENTS,
  ...MEMORY_EVENTS,
  'worktree.added': event('A project was given a folder and a branch of its own.', () => ({
    path: z.string(),
    branch: z.string(),
    baseOid: z.string().describe('The commit it begins from'),
  })),
  'worktree.removed': event('The folder of a closed project was removed.', () => ({
    path: z.string(),
    branch: z.string().describe('It is kept while it has commits that nothing else names'),
  })),
  'run.started': event(
    'A run was recorded; its process does not exist yet.',
    () => ({
      kind: z.enum(RUN_KINDS),
      round: round(),
      sessionId: id("Of Claude's conversation"),
      session: z
        .enum(REVISION_SESSIONS)
        .exactOptional()
        .describe('Whether a revision goes on in the session of the work; missing for other runs'),
    }),
    'start_run',
  ),
  'run.spawned': event('The process of a run was started.', () => ({ pid: z.int() })),
  'run.ready': event('Claude named its model and connected to our tools.', () => ({
    model: z.string(),
    claudeVersion: z.string(),
  })),
  'run.ended': event('A run ended.', () => ({
    outcome: outcomeSchema().describe('Its `kind`, and what belongs to that'),
    costUsd: z.number().nullable().describe('null: unknown'),
    costBasis: z.enum(COST_BASES).default('reported'),
    undelivered: z
      .array(z.string())
      .exactOptional()
      .describe('Ids of messages that the run had taken in and may have lost'),
  })),
  'runs.output_removed': event('Old output of ended runs was removed.', () => ({
    runs: z.int(),
    files: z.int(),
    mb: z.number(),
  })),
  'hold.set': event('New runs were stopped, or the hold that stops them was changed.', () => ({
    kind: z.enum(HOLD_KINDS),
    scope: z.string().describe('A model family; empty: all runs'),
    reason: z.string(),
    until: z.string().nullable().describe('null: until its cause is gone, or a person resumes'),
    source: z.enum(HOLD_SOURCES).exactOptional().describe('Who set it; missing in old events'),
  })),
  'hold.ended': event('A hold ended.', () => ({
    kind: z.enum(HOLD_KINDS),
    scope: z.string().exactOptional().describe('As it was set; missing in old events'),
  })),
  ...CREDENTIAL_EVENTS,
  'supervisor.started': event('A supervisor took the lease.', () => ({
    pid: z.int(),
    version: z.string(),
  })),
  'supervisor.stop_requested': event('Somebody asked the supervisor to stop.', nothing),
  'supervisor.stopped': event('The supervisor gave its lease back.', nothing),
} satisfies Record<string, EventKind>;

export type EventType = keyof typeof EVENTS;
export type EventData<T extends EventType> = Readonly<z.infer<ReturnType<(typeof EVENTS)[T]['schema']>>>;

/** When, by whom, and what it happened to. */
interface Stamp {
  readonly projectId: ProjectId | null;
  readonly runId: RunId | null;
  /** An `Actor`, or one of a newer program. */
  readonly actor: string;
  readonly createdAt: string;
}

/** What happened, and its facts. */
export type Happening<T extends EventType = EventType> = {
  [K in T]: { readonly type: K; readonly data: EventData<K> };
}[T];

/** An event that is to be appended. */
export type NewEvent<T extends EventType = EventType> = Happening<T> & Stamp & { readonly actor: Actor };

/** An event of a type, or with facts, that only a newer program knows. It is shown too, never dropped. */
export interface UnknownEvent extends Stamp {
  readonly type: 'unknown';
  readonly raw: { readonly type: string; readonly data: unknown };
}

/** An event as presenters get it. */
export type HistoryEvent = (Happening & Stamp) | UnknownEvent;

/** An event of the history; its id is the cursor a reader continues from. */
export type BridgeEvent = HistoryEvent & { readonly id: number };

/** What happened, from its type and data as they are stored. */
export function parseHappening(type: string, data: unknown): Happening | Pick<UnknownEvent, 'type' | 'raw'> {
  const parsed = isEventType(type) ? EVENTS[type].schema().safeParse(data) : undefined;
  if (!parsed?.success) return { type: 'unknown', raw: { type, data } };
  // The table pairs each type with its schema; the compiler cannot follow that through a lookup.
  return { type, data: parsed.data } as Happening;
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type);
}

/** The type as it is stored, also of an event that is not known here. */
export function typeOf(event: HistoryEvent): string {
  return event.type === 'unknown' ? event.raw.type : event.type;
}

/** One presentation for each type of event, in the words of one reader. */
export type EventTable<R> = { readonly [T in EventType]: (data: EventData<T>, stamp: Stamp) => R };

/** A table that presents every type alike, for a reader to spread before those it treats otherwise. */
export function alike<R>(presentation: (data: EventData<EventType>, stamp: Stamp) => R): EventTable<R> {
  return Object.fromEntries(Object.keys(EVENTS).map((type) => [type, presentation])) as EventTable<R>;
}

/** What `table` makes of an event; of one that is not known here, what `unknown` makes of it. */
export function present<R>(
  event: HistoryEvent,
  table: EventTable<R>,
  unknown: (event: UnknownEvent) => R,
): R {
  return event.type === 'unknown' ? unknown(event) : presentKnown(event, table);
}

function presentKnown<T extends EventType, R>(event: Happening<T> & Stamp, table: EventTable<R>): R {
  return table[event.type](event.data, event);
}
