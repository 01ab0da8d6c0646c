/** Evidence in few words, for whoever decides. */
import type { Evidence, UnmeasuredCause } from './evidence.ts';
import { plural } from './text.ts';

/** What history keeps of it. */
export interface EvidenceFigures {
  readonly measured: boolean;
  /** Null: there are none. */
  readonly checksPassed: boolean | null;
  readonly repairs: number;
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly warnings: number;
}

export function figuresOf({ measured, diff, checksPassed, repairs, warnings }: Evidence): EvidenceFigures {
  const { files, insertions, deletions } = diff ?? { files: 0, insertions: 0, deletions: 0 };
  const size = { files, insertions, deletions };
  return { measured, checksPassed, repairs: repairs.used, ...size, warnings: warnings.length };
}

/** `4 files, +12 −3, checks failed`: what changed, and how the checks ended. */
export function summarizeEvidence(figures: EvidenceFigures): string {
  return [sizeOf(figures), ...checksIn(figures), ...warningsIn(figures)].join(', ');
}

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

/** `4 files, +12 −3`. */
export function sizeOf({ measured, files, insertions, deletions }: EvidenceFigures): string {
  if (!measured) return 'not measured';
  return files === 0 ? 'no changes' : `${plural(files, 'file')}, +${insertions} −${deletions}`;
}

function checksIn({ checksPassed, repairs }: EvidenceFigures): string[] {
  if (checksPassed === null) return [];
  const after = repairs === 0 ? '' : ` after ${plural(repairs, 'repair')}`;
  return [`checks ${checksPassed ? 'passed' : 'failed'}${after}`];
}

function warningsIn({ warnings }: EvidenceFigures): string[] {
  return warnings === 0 ? [] : [plural(warnings, 'warning')];
}
