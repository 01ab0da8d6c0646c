/** What there is to say of a notification, as the store has it now. */
import { cut } from '../characters.ts';
import { alike, type BridgeEvent, type EventTable, present } from '../project/event.ts';
import { hasPassed } from '../project/measured.ts';
import type { Digest, Notice, NoticeMessage, NotificationKind } from '../project/notice.ts';
import { heldBy } from '../project/notification.ts';
import type { Project } from '../project/project.ts';
import { otherClient, RELAY_CHANNEL, relaySide } from '../project/relay.ts';
import { describeDecision } from '../project/request-text.ts';
import { type ChannelMessage, channelMessagesOf } from '../store/channels.ts';
import type { Reader } from '../store/database.ts';
import { findEvent } from '../store/events.ts';
import { findEvidence } from '../store/evidence.ts';
import { allHolds } from '../store/holds.ts';
import { digestCounts, digestProjects, originalOf, type StoredNotification } from '../store/notifications.ts';
import { newestReceipt } from '../store/outbox.ts';
import { findProject } from '../store/projects.ts';
import { findRequest } from '../store/requests.ts';
import { findCompletion } from '../store/reviews.ts';

/** How many projects a digest names. */
const MAX_NAMED = 5;

/** So much of a message is told, in characters. */
const MAX_MESSAGE_LENGTH = 4_000;

/**
 * Within a transaction of another verb: the notification as it is handed to whoever sends it.
 *
 * @param holdsRelay Messages of the relay reach nobody until the person lets them through.
 */
export async function noticeOf(
  db: Reader,
  notification: StoredNotification,
  holdsRelay: boolean,
): Promise<Notice> {
  const { id, kind, tag, eventId, projectId, requestId, receiver, createdAt } = notification;
  const event = eventId === null ? undefined : await findEvent(db, eventId);
  const project = projectId === null ? undefined : await findProject(db, projectId);
  const request = requestId === null ? undefined : await findRequest(db, requestId);
  const of = kind === 'reminder' ? ((await originalOf(db, notification))?.kind ?? null) : null;
  const told = of ?? kind;
  const message = await messageOf(db, notification);
  const hold = told === 'hold_began' ? heldBy(await allHolds(db), tag) : undefined;
  return {
    id,
    kind,
    of,
    tag,
    eventId,
    at: event?.createdAt ?? message?.createdAt ?? createdAt,
    project: project
      ? {
          id: project.id,
          title: project.title,
          status: project.status,
          round: project.round,
          workspace: project.workspace,
        }
      : null,
    request: request
      ? {
          id: request.id,
          kind: request.kind,
          tool: request.toolName,
          question: request.question || request.input,
        }
      : null,
    message: message ? factsOf(message, holdsRelay) : null,
    hold: hold ? { kind: hold.kind, reason: hold.reason, until: hold.until } : null,
    measured: project && told === 'decision_wanted' ? await measuredOf(db, project) : null,
    summary: message
      ? cut(message.content, MAX_MESSAGE_LENGTH)
      : project
        ? await summaryOf(db, told, project)
        : '',
    decision: event && kind === 'decided' ? decisionOf(event) : null,
    digest: kind === 'digest' ? await digestOf(db, id) : null,
    replaces: await newestReceipt(db, receiver, tag),
  };
}

async function messageOf(
  db: Reader,
  { messageNumber }: StoredNotification,
): Promise<ChannelMessage | undefined> {
  return messageNumber === null ? undefined : (await channelMessagesOf(db, [messageNumber]))[0];
}

function factsOf({ id, channel, sender }: ChannelMessage, holdsRelay: boolean): NoticeMessage {
  if (channel !== RELAY_CHANNEL) return { id, channel, sender, recipient: null, isHeld: false };
  const { client } = relaySide(sender);
  return { id, channel: null, sender: client, recipient: otherClient(client), isHeld: holdsRelay };
}

async function measuredOf(db: Reader, { id, round }: Project): Promise<Notice['measured']> {
  const recorded = await findEvidence(db, id, round);
  if (!recorded) return null;
  const { checks, checksPassed, diff, cost } = recorded.evidence;
  const passed = checks.filter(hasPassed).length;
  return {
    checks: checksPassed === null ? null : { passed, failed: checks.length - passed },
    filesChanged: diff?.files ?? null,
    costUsd: cost.usd,
  };
}

async function summaryOf(db: Reader, kind: NotificationKind, project: Project): Promise<string> {
  if (kind === 'gave_up') return project.attention ?? '';
  if (kind !== 'decision_wanted') return '';
  return (await findCompletion(db, project.id, project.round))?.summary ?? '';
}

async function digestOf(db: Reader, id: string): Promise<Digest> {
  const projects = await digestProjects(db, id, MAX_NAMED);
  return {
    counts: await digestCounts(db, id),
    projects: projects.map(({ first: _, ...project }) => project),
  };
}

function decisionOf(event: BridgeEvent): Notice['decision'] {
  return present(event, DECISIONS, () => null) ?? { word: 'settled', by: event.actor };
}

const by =
  (word: string) =>
  (_: unknown, { actor }: { readonly actor: string }) => ({ word, by: actor });

const DECISIONS: EventTable<Notice['decision']> = {
  ...alike(() => null),
  'project.approved': by('approved'),
  'project.outline_approved': by('outline approved'),
  'project.rejected': by('rejected'),
  'project.cancelled': by('cancelled'),
  'project.expired': by('expired, cancelled'),
  'project.amended': by('plan amended'),
  'project.retried': by('retried'),
  'request.decided': ({ by: name, ...decided }) => ({ word: describeDecision(decided), by: name }),
  'request.closed': by('withdrawn'),
};
