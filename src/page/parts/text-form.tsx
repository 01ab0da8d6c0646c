import type { Signal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
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
  /** Where the words are written, for who looks into it. */
  readonly field?: RefObject<HTMLTextAreaElement | null>;
  /** Below the words. */
  readonly children?: ComponentChildren;
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
  field: given,
  children,
}: Props) {
  const id = useId();
  const own = useRef<HTMLTextAreaElement>(null);
  const field = given ?? own;
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
      {children}
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
