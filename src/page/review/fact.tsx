import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Icon } from '../parts/icons.tsx';
import { Visible } from '../parts/text.tsx';

interface FactProps {
  readonly icon: 'passed' | 'failed' | 'warning' | 'question';
  readonly tone: 'good' | 'bad' | 'warn' | 'quiet';
  readonly children: ComponentChildren;
}

/** One line of what was measured. */
export function Fact({ icon, tone, children }: FactProps) {
  return (
    <li class={`fact fact-${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </li>
  );
}

const MAX_NAMES = 5;

/** Paths: the first few, and all on request. */
export function Names({ names }: { readonly names: readonly string[] }) {
  const isWhole = useSignal(false);
  if (names.length === 0) return null;
  const shown = isWhole.value ? names : names.slice(0, MAX_NAMES);
  return (
    <ul class="names">
      {shown.map((name, at) => (
        <li key={`${at}`}>
          <code>
            <Visible text={name} />
          </code>
        </li>
      ))}
      {names.length > shown.length && (
        <li>
          <button type="button" class="link" onClick={() => (isWhole.value = true)}>
            Show all {names.length}
          </button>
        </li>
      )}
    </ul>
  );
}
