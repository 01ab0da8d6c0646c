import type { WireProject } from '../../wire/schemas/project.ts';

type Status = WireProject['status'];

const WORDS: Readonly<Record<Status, { readonly words: string; readonly tone: string }>> = {
  pending: { words: 'queued', tone: 'calm' },
  in_progress: { words: 'working', tone: 'busy' },
  awaiting_answer: { words: 'asks you', tone: 'yours' },
  verifying: { words: 'being checked', tone: 'busy' },
  awaiting_approval: { words: 'waits for you', tone: 'yours' },
  rejected: { words: 'sent back', tone: 'calm' },
  approved: { words: 'landing', tone: 'busy' },
  complete: { words: 'done', tone: 'good' },
  cancelled: { words: 'cancelled', tone: 'calm' },
  attention: { words: 'stuck', tone: 'bad' },
};

export function StatusPill({ status }: { readonly status: Status }) {
  const { words, tone } = WORDS[status];
  return <span class={`pill pill-${tone}`}>{words}</span>;
}
