import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { useAction } from '../parts/action.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { session } from '../session.ts';
import { plainLine } from '../visible-text.ts';

/** As whom this browser writes, until somebody says otherwise. */
const SENDER = 'channel-sender';

interface Props {
  readonly channel: string;
  /** Who has written into it. */
  readonly senders: readonly string[];
  readonly onSent?: () => void;
}

/** Writes into a channel, under a name. What is typed is kept until it was sent. */
export function Composer({ channel, senders, onSent }: Props) {
  const id = useId();
  const send = useAction('POST /api/send');
  const draft = draftOf(`channel/${channel}`);
  const sender = useSignal(localStorage.getItem(SENDER) ?? session.value?.name ?? 'page');
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (draft.peek().trim() === '') {
      field.current?.focus();
      return;
    }
    localStorage.setItem(SENDER, sender.peek());
    const answer = await send.run({ channel, sender: sender.peek(), content: draft.peek() });
    if (!answer?.ok) return;
    draft.value = '';
    announce('Sent.');
    onSent?.();
  };
  return (
    <form class="composer" onSubmit={(event) => void submit(event)}>
      <ProblemNote problem={send.problem} />
      <label class="composer-sender">
        <span>as</span>
        <input
          list={`${id}-senders`}
          aria-label="Send as"
          autocomplete="off"
          required
          maxLength={128}
          value={sender}
          onInput={({ currentTarget }) => {
            sender.value = currentTarget.value;
          }}
        />
        <datalist id={`${id}-senders`}>
          {senders.map((name) => (
            <option key={name} value={plainLine(name)} />
          ))}
        </datalist>
      </label>
      <textarea
        ref={field}
        rows={2}
        aria-label="Message"
        placeholder="Write a text, or JSON"
        data-key="write"
        value={draft}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
      />
      <button type="submit" class="primary" disabled={send.isOff}>
        Send
      </button>
    </form>
  );
}
