import type { Signal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly label: string;
  /** Kept until it was sent. */
  readonly draft: Signal<string>;
  /** The word on the button. */
  readonly submit: string;
  readonly isOff: boolean;
  /** Whether it was sent. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onCancel?: () => void;
  readonly hasFocus?: boolean;
  readonly rows?: number;
}

/** Words that a person writes and sends. */
export function TextForm({
  label,
  draft,
  submit,
  isOff,
  onSend,
  onCancel,
  hasFocus = false,
  rows = 3,
}: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (hasFocus) field.current?.focus();
  }, []);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isOff || draft.peek().trim() === '') {
      field.current?.focus();
      return;
    }
    if (await onSend(draft.peek())) draft.value = '';
  };
  return (
    <form class="text-form" onSubmit={(event) => void send(event)}>
      <label for={id}>{label}</label>
      <textarea
        id={id}
        ref={field}
        rows={rows}
        value={draft}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
      />
      <div class="choices">
        {onCancel && (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" class="primary" disabled={isOff}>
          {submit}
        </button>
      </div>
    </form>
  );
}
