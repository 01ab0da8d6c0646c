/** What can be done with a project besides deciding: tell Claude something, amend its plan, let it go on, or call it off. */
import { isClosed, isLegal } from '../../../../project/project.ts';
import type { WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { Keys, Tui } from '../../context.ts';
import type { Action } from '../../live/use-action.ts';
import { amendPlan } from '../plan-actions.ts';
import { askRetry } from './retry.ts';

export function directKeys(answer: WireProjectAnswer, tui: Tui, action: Action): Keys {
  const { project, markdown } = answer;
  const { id, status } = project;
  if (isClosed(status)) return { s: () => tui.say('It is closed: nobody would read a message.', true) };
  const draft = `${id}/message`;
  const steer = async (message: string) => {
    const answered = await action.run(`POST /projects/${id}/steer`, { message }, 'Sent.');
    if (answered?.ok) tui.drafts.delete(draft);
  };
  return {
    s: isLegal(status, 'steer')
      ? () =>
          tui.ask({
            kind: 'write',
            title: 'Message Claude',
            label: 'Work under way takes it in between two steps.',
            draft,
            onSend: (message) => void steer(message),
          })
      : () => tui.say('Nobody would read a message now: it waits for you.', true),
    ...(status === 'attention' && { t: () => askRetry(answer, tui, action) }),
    m: isLegal(status, 'amend')
      ? () =>
          amendPlan(
            {
              path: `/projects/${id}`,
              target: { project_id: id },
              markdown,
              label:
                status === 'awaiting_approval'
                  ? 'Work that waits for your decision goes back with it.'
                  : 'Work under way is told of it.',
            },
            tui,
            action,
          )
      : () => tui.say('Its plan cannot be amended now.', true),
    X: () =>
      tui.ask({
        kind: 'confirm',
        about: [{ text: 'Its run ends. Its branch and what is kept of it stay.', isDoubt: false }],
        question: 'Cancel the project for good?',
        onYes: () => void action.run(`POST /projects/${id}/cancel`, {}, 'Cancelled.'),
      }),
  };
}
