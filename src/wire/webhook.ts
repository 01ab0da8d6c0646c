import type { Notice, NotificationDetail, NotificationKind } from '../project/notice.ts';
import { noticeText } from '../project/notice-text.ts';
import { cleanLine, cleanText } from '../project/text.ts';
import type { WireWebhook } from './schemas/notification.ts';

/**
 * @param detail How much of it the receiver is to have.
 * @param url The card; null where nobody knows an address for it.
 */
export function toWireWebhook(notice: Notice, detail: NotificationDetail, url: string | null): WireWebhook {
  const { project, request, message, hold, measured, digest, decision } = notice;
  const named = (text: string) => (detail === 'none' ? null : cleanLine(text));
  const said = (text: string) => (detail === 'summary' && text !== '' ? cleanText(text) : null);
  const { title, body } = noticeText(notice, detail);
  return {
    type: typeOf(notice),
    timestamp: notice.at,
    data: {
      notification_id: notice.id,
      event_id: notice.eventId,
      kind: notice.kind,
      reminds_of: notice.of,
      tag: notice.tag,
      title,
      text: body,
      project: project && {
        id: project.id,
        title: named(project.title),
        status: project.status,
        round: project.round,
        workspace: named(project.workspace),
      },
      request: request && {
        id: request.id,
        kind: request.kind,
        tool: named(request.tool),
        question: said(request.question),
      },
      message: message && {
        id: message.id,
        channel: message.channel === null ? null : named(message.channel),
        sender: named(message.sender),
        recipient: message.recipient,
        held: message.isHeld,
      },
      hold: hold && { kind: hold.kind, reason: said(hold.reason), until: hold.until },
      checks: measured?.checks ?? null,
      files_changed: measured?.filesChanged ?? null,
      cost_usd: measured?.costUsd ?? null,
      summary: said(notice.summary),
      decision: decision && { word: decision.word, by: decision.by },
      digest: digest && {
        counts: { ...digest.counts },
        projects: digest.projects.map(({ id, title, round }) => ({ id, title: named(title), round })),
      },
      url,
    },
  };
}

function typeOf({ kind, request }: Notice): string {
  if (kind === 'decided') return request === null ? 'project.decided' : 'request.decided';
  return TYPES[kind];
}

const TYPES: Readonly<Record<Exclude<NotificationKind, 'decided'>, string>> = {
  decision_wanted: 'project.awaiting_approval',
  gave_up: 'project.attention',
  question: 'request.question',
  permission: 'request.permission',
  hold_began: 'hold.began',
  hold_ended: 'hold.ended',
  message: 'message.sent',
  reminder: 'reminder',
  digest: 'digest',
  test: 'test',
};
