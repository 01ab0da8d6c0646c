/** Who is notified and of what, as a person reads it. */
import type { StoredNotification } from '../../bridge/receivers.ts';
import type { ListedReceiver } from '../../control/notification-report.ts';
import { plural } from '../../project/text.ts';
import { receiverState } from '../../wire/notification.ts';
import { indented, type Layout, section } from '../terminal/layout.ts';
import { flow, plainLine, wrap } from '../terminal/text.ts';
import { ago, dateAndTime } from '../terminal/time.ts';

type ListedNotification = Pick<
  StoredNotification,
  'id' | 'receiver' | 'kind' | 'projectId' | 'state' | 'problem' | 'createdAt'
>;

/** Each receiver with how it is, then what they were told, newest first. */
export function notificationLines(
  receivers: readonly ListedReceiver[],
  notifications: readonly ListedNotification[],
  layout: Layout,
): string[] {
  return [
    ...receivers.flatMap((receiver) => receiverLines(receiver, layout)),
    ...section(
      layout,
      'Notifications',
      notifications.map((one) => notificationLine(one)),
    ),
  ];
}

function receiverLines(receiver: ListedReceiver, { columns, now, out }: Layout): string[] {
  const { name, via, stored } = receiver;
  const state = receiverState(receiver);
  const problem = stored?.offReason ?? stored?.problem ?? null;
  const facts = [
    `by ${via}`,
    STATES[state],
    stored?.lastSentAt ? `last sent ${ago(stored.lastSentAt, now)}` : '',
    stored && stored.waiting > 0 ? `${stored.waiting} waiting` : '',
    stored && stored.failed > 0 ? `${plural(stored.failed, 'notification')} given up` : '',
  ];
  const advice = state === 'off' ? ` Turn it on again: bridge-supervisor notify test ${name}` : '';
  return [
    out.style('bold', name),
    ...indented([
      ...flow(facts, columns),
      ...(problem === null ? [] : wrap(`${plainLine(problem)}.${advice}`, columns)).map((line) =>
        out.style(state === 'off' ? 'red' : 'yellow', line),
      ),
    ]),
  ];
}

const STATES = {
  new: 'new: told from the next start on',
  unasked: "no browser has asked yet: press 'Tell me on this device' on the page, under Settings",
  on: '',
  failing: 'failing',
  off: 'off',
} as const;

function notificationLine({
  kind,
  projectId,
  receiver,
  state,
  problem,
  createdAt,
}: ListedNotification): string {
  const words = [
    dateAndTime(createdAt),
    kind.replaceAll('_', ' '),
    ...(projectId === null ? [] : [projectId]),
    `to ${receiver}:`,
    state,
    ...(problem === null ? [] : [`(${plainLine(problem)})`]),
  ];
  return words.join(' ');
}
