/** Why a round was not measured, in words; loaded by the page, too, so it loads nothing. */
import type { Evidence, UnmeasuredCause } from './evidence.ts';

/** Why a round was not measured, as a sentence without capital letter and full stop. */
export function describeUnmeasured({ kind, detail }: NonNullable<Evidence['cause']>): string {
  return detail === '' ? CAUSES[kind] : `${CAUSES[kind]} (${detail})`;
}

const CAUSES: Readonly<Record<UnmeasuredCause, string>> = {
  no_supervisor: 'the work was submitted by hand, and nobody measures that',
  git_missing: 'git is not installed',
  git_failed: 'git failed',
  not_supported: 'nothing measures such a folder',
  folder_missing: 'the folder is gone',
  unreadable: 'the folder cannot be read',
  too_big: 'the folder is too big',
  time_limit: 'it took too long',
};
