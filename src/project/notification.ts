/**
 * What a person is told of at once, wherever they are: which event is what, who is told when, and when it is over. Pure:
 * this is the only place of these rules. A notification leads to what is to be decided; it never decides.
 */
import { alike, type EventTable, type HistoryEvent, present } from './event.ts';
import type { Hold, HoldKind } from './hold.ts';
import type { ProjectId } from './ids.ts';
import type { NotificationDetail, NotificationKind, NotifyVia } from './notice.ts';
import type { Project } from './project.ts';
import { RELAY_CHANNEL, relaySide } from './relay.ts';
import { type AskedRequest, isUndecided } from './request.ts';

/** What a receiver may choose from. Reminders and digests tell of these again, or of several at a time. */
export const NEWS_KINDS = [
  'decision_wanted', // submitted work, or an outline, waits for approve or reject
  'question', // Claude asks
  'permission', // Claude asks whether it may make a call
  'gave_up', // a project was parked for a person
  'hold_began', // no new run starts, for longer than `hold_min`
  'hold_ended', // new runs start again
  'message', // an agent has sent another one something
] as const satisfies readonly NotificationKind[];
export type NewsKind = (typeof NEWS_KINDS)[number];

/** What a receiver is told that chooses nothing: what waits for the person, and no talk of agents. */
export const DEFAULT_KINDS: readonly NewsKind[] = NEWS_KINDS.filter((kind) => kind !== 'message');

export const DEFAULT_HOLD_MIN_MS = 10 * 60_000;
export const DEFAULT_DETAIL: NotificationDetail = 'title';

/** What one receiver wants to be told. */
export interface ReceiverRules {
  readonly kinds: readonly NewsKind[];
  /** Patterns, one of which a project must match; empty: every project. */
  readonly projects: readonly string[];
  /** Patterns, one of which a channel must match; empty: the relay and every channel. */
  readonly channels: readonly string[];
  /** Null: no reminders. */
  readonly remindAfterMs: number | null;
  /** How long a hold stands before it is told. */
  readonly holdMinMs: number;
}

/** One place that notifications go to. */
export interface Receiver extends ReceiverRules {
  readonly name: string;
  readonly via: NotifyVia;
}

/** What an event means to whoever is to be told. The tag says of what: news of one tag replace each other. */
export type News =
  | { readonly what: 'told'; readonly kind: NewsKind; readonly tag: string }
  | { readonly what: 'settled'; readonly tag: string };

/** What an event means; undefined: nobody is told, and nothing that was told is over. */
export function newsIn(event: HistoryEvent): News | undefined {
  return present(event, NEWS, () => undefined);
}

const ofProject = (id: ProjectId | null) => `p-${id}`;
const ofRequest = (id: string) => `q-${id}`;
const ofHold = ({ kind, scope = '' }: { readonly kind: HoldKind; readonly scope?: string }) =>
  scope === '' ? `h-${kind}` : `h-${kind}-${scope}`;

const wantsDecision = (_: unknown, { projectId }: { readonly projectId: ProjectId | null }): News => ({
  what: 'told',
  kind: 'decision_wanted',
  tag: ofProject(projectId),
});
const settlesProject = (_: unknown, { projectId }: { readonly projectId: ProjectId | null }): News => ({
  what: 'settled',
  tag: ofProject(projectId),
});
const settlesRequest = ({ requestId }: { readonly requestId: string }): News => ({
  what: 'settled',
  tag: ofRequest(requestId),
});

const NEWS: EventTable<News | undefined> = {
  ...alike(() => undefined),
  // Of work that is measured first, `stands` is not true yet.
  'project.submitted': wantsDecision,
  'project.verified': wantsDecision,
  'project.needs_attention': (_, { projectId }) => ({
    what: 'told',
    kind: 'gave_up',
    tag: ofProject(projectId),
  }),
  'project.approved': settlesProject,
  'project.outline_approved': settlesProject,
  'project.rejected': settlesProject,
  'project.cancelled': settlesProject,
  'project.expired': settlesProject,
  'project.amended': settlesProject,
  'project.retried': settlesProject,
  'request.opened': ({ requestId, kind }) => ({ what: 'told', kind, tag: ofRequest(requestId) }),
  'request.decided': settlesRequest,
  'request.closed': settlesRequest,
  'hold.set': (hold) =>
    NOT_NEWS.includes(hold.kind) ? undefined : { what: 'told', kind: 'hold_began', tag: ofHold(hold) },
  'hold.ended': (hold) => ({ what: 'settled', tag: ofHold(hold) }),
};

/** A person has set these, or has been told why. */
const NOT_NEWS: readonly HoldKind[] = ['paused', 'quiet_hours', 'unreviewed'];

/** What there is of the subject of news now. */
export interface Subject {
  readonly project: Project | undefined;
  readonly request: AskedRequest | undefined;
  readonly holds: readonly Pick<Hold, 'kind' | 'scope'>[];
  /** Undefined: it was deleted, or there was never one. */
  readonly message: ToldMessage | undefined;
}

/** A message, and who has read it: a side of the relay, or the person. */
export interface ToldMessage {
  readonly channel: string;
  readonly sender: string;
  readonly readBy: readonly string[];
}

/** Whether news still hold: what was decided or is over by now is told to nobody. */
export function stands(
  { kind, tag }: { readonly kind: NotificationKind; readonly tag: string },
  subject: Subject,
): boolean {
  switch (kind) {
    case 'decision_wanted':
      return subject.project?.status === 'awaiting_approval';
    case 'gave_up':
      return subject.project?.status === 'attention';
    case 'question':
    case 'permission':
      return subject.request !== undefined && isUndecided(subject.request);
    case 'hold_began':
      return heldBy(subject.holds, tag) !== undefined;
    case 'message':
      return subject.message !== undefined && !isRead(subject.message);
    default:
      return true;
  }
}

/** Whether whom it is for, or the person, has read a message of the relay. Who reads a channel is nobody in particular. */
export function isRead({ channel, sender, readBy }: ToldMessage): boolean {
  return channel === RELAY_CHANNEL && readBy.some((reader) => reader !== relaySide(sender).client);
}

/** Those of one message. */
export function messageTag(number: number): string {
  return `m-${number}`;
}

/** The hold that a tag tells of, as it stands; undefined: it is over. */
export function heldBy<H extends Pick<Hold, 'kind' | 'scope'>>(
  holds: readonly H[],
  tag: string,
): H | undefined {
  return holds.find((hold) => ofHold(hold) === tag);
}

/** Whether a receiver wants this news. A hold is everybody's, whatever projects the receiver is for. */
export function wants(
  { kinds, projects }: Pick<ReceiverRules, 'kinds' | 'projects'>,
  kind: NewsKind,
  project: Pick<Project, 'title' | 'place' | 'workspace'> | undefined,
): boolean {
  if (!kinds.includes(kind)) return false;
  if (projects.length === 0 || project === undefined) return true;
  const { title, place, workspace } = project;
  const names = [title, workspace, ...(place === null ? [] : [place])];
  return projects.some((pattern) => names.some((name) => matches(name, pattern)));
}

/** By which name `channels` of a receiver knows the relay. */
const RELAY_PATTERN_NAME = 'relay';

/** Whether a receiver wants to be told of the messages of a channel. */
export function wantsMessages(
  { kinds, channels }: Pick<ReceiverRules, 'kinds' | 'channels'>,
  channel: string,
): boolean {
  if (!kinds.includes('message')) return false;
  const name = channel === RELAY_CHANNEL ? RELAY_PATTERN_NAME : channel;
  return channels.length === 0 || channels.some((pattern) => matches(name, pattern));
}

/** `*` stands for anything, also for nothing. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return name === pattern;
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** How long news wait before they are told, in milliseconds. */
export function delayMs(kind: NewsKind, { holdMinMs }: Pick<ReceiverRules, 'holdMinMs'>): number {
  return kind === 'hold_began' ? holdMinMs : 0;
}

/** Whether a person is reminded of these news: something waits for them until it is settled. */
export function isReminded(kind: NotificationKind): boolean {
  return ['decision_wanted', 'question', 'permission', 'gave_up'].includes(kind);
}

/** More than so many at a time become one digest. */
export const MAX_SINGLES = 3;

/** The schedule of https://www.standardwebhooks.com: 17 hours in all. */
const RETRY_DELAYS_MS = [5_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 5 * 3_600_000, 10 * 3_600_000];

/** The longest that a receiver may ask us to wait. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * How long to wait after a failed try, in milliseconds; undefined: there is no further one.
 *
 * @param tries How many there have been, that one included.
 * @param retryAfterMs How long the receiver asked us to wait; null: it did not.
 */
export function retryDelayMs(tries: number, retryAfterMs: number | null): number | undefined {
  const delay = RETRY_DELAYS_MS[tries - 1];
  if (delay === undefined) return undefined;
  return Math.max(delay, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
