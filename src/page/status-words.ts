/** Where a project stands, in the words of a person who waits for it. Pure. */
import { CLOSED_STATUSES } from '../project/project.ts';
import type { WireProject } from '../wire/schemas/project.ts';

type Status = WireProject['status'];

/** `yours`: the person moves it on. */
export type StatusTone = 'calm' | 'busy' | 'yours' | 'good' | 'bad';

export const STATUS_WORDS: Readonly<Record<Status, { readonly words: string; readonly tone: StatusTone }>> = {
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

/** What a person who opens it may expect next. */
export const WHAT_NEXT: Readonly<Record<Status, string>> = {
  pending: 'It waits in the queue.',
  in_progress: 'Claude Code works on it.',
  awaiting_answer: 'Claude Code has asked, and waits.',
  verifying: 'What was done is being measured.',
  awaiting_approval: 'It waits for your decision.',
  rejected: 'It waits for Claude Code to take up the revision.',
  approved: 'It is approved, and lands now.',
  complete: 'It is done.',
  cancelled: 'It was cancelled.',
  attention: 'It needs you.',
};

/** Which projects a list may be narrowed to; no status: all. */
export const PROJECT_FILTERS: readonly { readonly name: string; readonly statuses: readonly Status[] }[] = [
  { name: 'All', statuses: [] },
  { name: 'Yours', statuses: ['awaiting_approval', 'awaiting_answer', 'attention'] },
  { name: 'Under way', statuses: ['pending', 'in_progress', 'verifying', 'rejected', 'approved'] },
  { name: 'Closed', statuses: CLOSED_STATUSES },
];
