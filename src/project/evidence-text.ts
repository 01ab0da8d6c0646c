/** Evidence in few words, for whoever decides. */
import type { Evidence, UnmeasuredCause } from './evidence.ts';
import { plural } from './text.ts';

/** `4 files, +12 −3, checks failed`: what changed, and how the checks ended. */
export function summarizeEvidence(evidence: Evidence): string {
  return [sizeOf(evidence), ...checksIn(evidence), ...warningsIn(evidence)].join(', ');
}

/** Why a round was not measured, as a sentence without capital letter and full stop. */
export function describeUnmeasured({ kind, detail }: NonNullable<Evidence['cause']>): string {
  return detail === '' ? CAUSES[kind] : `${CAUSES[kind]} (${detail})`;
}

const CAUSES: Readonly<Record<UnmeasuredCause, string>> = {
  no_supervisor: 'the work was submitted by hand, and nobody measures that',
  git_missing: 'git is not installed',
  git_failed: 'git failed',
  folder_missing: 'the folder is gone',
  unreadable: 'the folder cannot be read',
  too_big: 'the folder is too big',
  time_limit: 'it took too long',
};

function sizeOf({ diff }: Evidence): string {
  if (diff === null) return 'not measured';
  if (diff.files === 0) return 'no changes';
  return `${plural(diff.files, 'file')}, +${diff.insertions} −${diff.deletions}`;
}

function checksIn({ checksPassed, repairs }: Evidence): string[] {
  if (checksPassed === null) return [];
  const after = repairs.used === 0 ? '' : ` after ${plural(repairs.used, 'repair')}`;
  return [`checks ${checksPassed ? 'passed' : 'failed'}${after}`];
}

function warningsIn({ warnings }: Evidence): string[] {
  return warnings.length === 0 ? [] : [plural(warnings.length, 'warning')];
}
