/** Letting a project that is stuck go on, also with more to spend. */
import { dollars } from '../../../../project/costs.ts';
import type { WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { Tui } from '../../context.ts';
import type { Action } from '../../live/use-action.ts';

/** Asks first. What was written is kept until it was sent. */
export function askRetry({ project, spent_usd: spent }: WireProjectAnswer, tui: Tui, action: Action): void {
  const { id } = project;
  const draft = `${id}/budget`;
  const askBudget = () =>
    tui.ask({
      kind: 'write',
      title: 'What all its runs together may cost from now on, in dollars',
      label: `Such as 2.50; ${dollars(spent)} are spent. Nothing: as before.`,
      draft,
      isOneLine: true,
      mayBeEmpty: true,
      onSend(text) {
        if (text.trim() === '' || dollarsIn(text) !== undefined) return confirm();
        askBudget();
        tui.say('It must be a number of US dollars above 0, such as 2.50.', true);
      },
    });
  const confirm = () => {
    const budget = dollarsIn(tui.drafts.get(draft) ?? '');
    tui.ask({
      kind: 'confirm',
      about: [
        {
          text:
            budget === undefined
              ? `What it may cost stays as it is; ${dollars(spent)} are spent.`
              : `All its runs together may cost ${dollars(budget)} from now on; ${dollars(spent)} are spent.`,
          isDoubt: false,
        },
      ],
      question: 'Let it go on where it stopped?',
      more: [{ key: 'b', does: 'another budget', act: askBudget }],
      onYes: () => void send(budget),
    });
  };
  const send = async (budget: number | undefined) => {
    const body = budget === undefined ? {} : { budget };
    const answered = await action.run(`POST /projects/${id}/retry`, body, 'It goes on.');
    if (answered?.ok) tui.drafts.delete(draft);
  };
  confirm();
}

/** Undefined for what is no amount above 0. */
function dollarsIn(text: string): number | undefined {
  const [, digits] = /^\s*\$?\s*(\d{1,6}(?:\.\d+)?)\s*$/.exec(text) ?? [];
  const usd = Number(digits);
  return usd > 0 ? usd : undefined;
}
