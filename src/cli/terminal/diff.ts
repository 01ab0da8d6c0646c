/** What changed between two texts, as a person reads it. */
import { structuredPatch } from 'diff';

const CONTEXT = 1;

/** Lines that begin with `-`, `+` or a space; none when nothing changed. A line `…` stands for what is left out. */
export function changedLines(before: string, after: string): string[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: CONTEXT });
  return hunks.flatMap(({ lines }, index) => [
    ...(index > 0 ? ['…'] : []),
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => `${line.charAt(0)} ${line.slice(1).replace(WINDOWS_END, '')}`),
  ]);
}

/** It would be shown as a line of its own. */
const WINDOWS_END = /\r$/;
