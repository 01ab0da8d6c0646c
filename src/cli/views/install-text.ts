/** The files of an installation as a person reads them. */
import type { InstallPlan, PlannedFile } from '../../install/plan.ts';
import { readEnvironmentText } from '../../machine/service/environment-file.ts';
import { changedLines } from '../terminal/diff.ts';
import type { Output } from '../terminal/output.ts';
import { plainLines } from '../terminal/text.ts';

export type FileChange = 'new' | 'changed' | 'unchanged' | 'removed';

export function changeOf({ before, after }: PlannedFile): FileChange {
  if (after === null) return 'removed';
  if (before === null) return 'new';
  return before === after ? 'unchanged' : 'changed';
}

/** Each file with its text or the lines that would change. Of a file that may hold secrets, only the names. */
export function previewLines({ files }: Pick<InstallPlan, 'files'>, out: Output): string[] {
  return files.flatMap((file) => {
    const change = changeOf(file);
    const head = `${out.style('bold', file.path)} (${WOULD[change]})`;
    return [
      '',
      head,
      ...(change === 'unchanged' ? [] : textLines(file).flatMap(plainLines)).map((line) => `  ${line}`),
    ];
  });
}

const WOULD: Record<FileChange, string> = {
  new: 'would be written',
  changed: 'would change',
  unchanged: 'stays as it is',
  removed: 'would be removed',
};

function textLines({ before, after, isSecret }: PlannedFile): string[] {
  if (isSecret) return nameLines(before ?? '', after ?? '');
  if (after === null) return [];
  return before === null ? after.trimEnd().split('\n') : changedLines(before, after);
}

function nameLines(before: string, after: string): string[] {
  const old = readEnvironmentText(before);
  const values = readEnvironmentText(after);
  const gone = Object.keys(old).filter((name) => !(name in values));
  return [
    ...Object.keys(values).map((name) => `${signOf(old[name], values[name])} ${name}=…`),
    ...gone.map((name) => `- ${name}=…`),
  ];
}

function signOf(old: string | undefined, value: string | undefined): string {
  if (old === undefined) return '+';
  return old === value ? ' ' : '~';
}
