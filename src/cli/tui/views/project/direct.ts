/** What can be done with a project besides deciding: tell Claude something, let it go on, or call it off. */
import { isClosed, isLegal } from '../../../../project/project.ts';
import type { WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { Keys, Tui } from '../../context.ts';
import type { Action } from '../../live/use-action.ts';

export function directKeys({ project }: WireProjectAnswer, tui: Tui, action: Action): Keys {
  const { id, status } = project;
  if (isClosed(status)) return { s: () => tui.say('It is closed: nobody would read a message.', true) };
  const draft = `${id}/message`;
  const steer = async (message: string) => {
    const answered = await action.run(`/projects/${id}/steer`, { message }, 'Sent.');
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
    ...(status === 'attention' && {
      t: () =>
        tui.ask({
          kind: 'confirm',
          about: [],
          question: 'Let it go on where it stopped?',
          onYes: () => void action.run(`/projects/${id}/retry`, {}, 'It goes on.'),
        }),
    }),
    X: () =>
      tui.ask({
        kind: 'confirm',
        about: [{ text: 'Its run ends. Its branch and what is kept of it stay.', isDoubt: false }],
        question: 'Cancel the project for good?',
        onYes: () => void action.run(`/projects/${id}/cancel`, {}, 'Cancelled.'),
      }),
  };
}
