import type { WireProject } from '../../wire/schemas/project.ts';
import { STATUS_WORDS } from '../status-words.ts';

export function StatusPill({ status }: Pick<WireProject, 'status'>) {
  const { words, tone } = STATUS_WORDS[status];
  return <span class={`pill pill-${tone}`}>{words}</span>;
}
