/** What a notification says: a title and a line, clean, short, and with no more detail than the receiver is to have. */
import { capitalize, cut } from '../characters.ts';
import { dollars } from './costs.ts';
import type { Digest, Notice, NoticeMessage, NotificationDetail, NotificationKind } from './notice.ts';
import { otherClient, RELAY_NAMES } from './relay.ts';
import { cleanLine, plural } from './text.ts';

export interface NoticeText {
  /** At most 100 characters. */
  readonly title: string;
  /** At most 200 characters; may be empty. */
  readonly body: string;
}

const MAX_TITLE_LENGTH = 100;
const MAX_BODY_LENGTH = 200;

export function noticeText(notice: Notice, detail: NotificationDetail): NoticeText {
  const name = detail === 'none' || notice.project === null ? '' : notice.project.title;
  const heading = headingOf(notice, detail);
  return {
    title: shortLine(name === '' ? heading : `${heading}: ${name}`, MAX_TITLE_LENGTH),
    body: shortLine(bodyOf(notice, detail), MAX_BODY_LENGTH),
  };
}

/** On one line, without what hides in it, cut where it is too long. */
function shortLine(text: string, length: number): string {
  const line = cleanLine(text);
  return line.length <= length ? line : `${cut(line, length - 1)}…`;
}

const HEADINGS: Readonly<Record<Exclude<NotificationKind, 'reminder' | 'digest'>, string>> = {
  decision_wanted: 'Decision wanted',
  question: 'Claude asks',
  permission: 'Permission wanted',
  gave_up: 'Needs you',
  hold_began: 'No new runs start',
  hold_ended: 'New runs start again',
  message: 'New message',
  decided: 'Settled',
  test: 'A test',
};

function headingOf({ kind, of, message, digest }: Notice, detail: NotificationDetail): string {
  if (message !== null) return messageHeading(message, detail);
  if (kind === 'digest') return digest === null ? 'News' : `${plural(totalOf(digest), 'thing')} to look at`;
  if (kind !== 'reminder') return HEADINGS[kind];
  return of === null || of === 'reminder' || of === 'digest'
    ? 'Still waiting'
    : `Still waiting: ${lower(HEADINGS[of])}`;
}

/** Of a long name so much is said that the other one is seen, too. */
const MAX_NAME_LENGTH = 34;

function messageHeading(
  { channel, sender, recipient, isHeld }: NoticeMessage,
  detail: NotificationDetail,
): string {
  const start = isHeld ? 'Held for you: message' : HEADINGS.message;
  if (detail === 'none') return start;
  if (recipient !== null)
    return `${start} for ${RELAY_NAMES[recipient]} from ${RELAY_NAMES[otherClient(recipient)]}`;
  return `${start} in ${shortLine(channel ?? '', MAX_NAME_LENGTH)} from ${shortLine(sender, MAX_NAME_LENGTH)}`;
}

function lower(heading: string): string {
  return heading.startsWith('Claude') ? heading : heading.charAt(0).toLowerCase() + heading.slice(1);
}

function totalOf({ counts }: Digest): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const COUNTED: Readonly<Record<NotificationKind, string>> = {
  decision_wanted: 'decision',
  question: 'question',
  permission: 'permission',
  gave_up: 'parked project',
  hold_began: 'new hold',
  hold_ended: 'ended hold',
  message: 'message',
  reminder: 'reminder',
  digest: 'digest',
  decided: 'settled matter',
  test: 'test',
};

function bodyOf(notice: Notice, detail: NotificationDetail): string {
  const { kind, of, request, hold, summary, decision, digest } = notice;
  const told = kind === 'reminder' ? of : kind;
  const words = detail === 'summary' ? summary : '';
  switch (told) {
    case 'digest':
      return digest === null ? '' : digestLine(digest, detail);
    case 'decision_wanted':
      return sentences([figures(notice), words]);
    case 'question':
      return detail === 'summary' ? (request?.question ?? '') : '';
    case 'permission':
      if (detail === 'none' || request === null) return '';
      return detail === 'summary' ? `${request.tool}: ${request.question}` : request.tool;
    case 'gave_up':
    case 'message':
      return words;
    case 'hold_began':
      if (detail === 'none' || hold === null) return '';
      return sentences([
        capitalize(hold.kind.replaceAll('_', ' ')),
        detail === 'summary' ? hold.reason : '',
        hold.until === null ? '' : `Until ${hold.until}`,
      ]);
    case 'decided':
      return decision === null ? '' : `${decision.word} by ${decision.by}`;
    case 'test':
      return 'Notifications reach you here.';
    default:
      return '';
  }
}

/** `Round 2: 5 checks passed, 1 failed, 7 files, $0.84`. */
function figures({ project, measured }: Notice): string {
  const round = project === null ? '' : `Round ${project.round}`;
  if (measured === null) return round;
  const { checks, filesChanged, costUsd } = measured;
  const parts = [
    ...(checks === null ? [] : [`${plural(checks.passed, 'check')} passed, ${checks.failed} failed`]),
    ...(filesChanged === null ? [] : [plural(filesChanged, 'file')]),
    ...(costUsd === null ? [] : [dollars(costUsd)]),
  ];
  return parts.length === 0 ? round : `${round}: ${parts.join(', ')}`;
}

function digestLine(digest: Digest, detail: NotificationDetail): string {
  const counts = Object.entries(digest.counts).map(([kind, count]) =>
    plural(count, COUNTED[kind as NotificationKind]),
  );
  const titles = detail === 'none' ? [] : digest.projects.map(({ title }) => cleanLine(title));
  return sentences([counts.join(', '), titles.join('; ')]);
}

function sentences(parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}
