import type { Signal } from '@preact/signals';

interface Props {
  readonly label: string;
  readonly words: Signal<string>;
}

/** Words that narrow a list; the key `/` leads here. */
export function Filter({ label, words }: Props) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      autocomplete="off"
      data-key="filter"
      value={words}
      onInput={({ currentTarget }) => {
        words.value = currentTarget.value;
      }}
    />
  );
}
