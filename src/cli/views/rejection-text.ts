import type { RevisionChoice } from '../../project/revision.ts';
import { describeRevision } from '../../project/revision-text.ts';
import { type Layout, section } from '../terminal/layout.ts';
import { wrap } from '../terminal/text.ts';
import { dateAndTime } from '../terminal/time.ts';

/** What a rejection begins and costs; nothing where none is waited for. */
export function rejectionLines(revision: RevisionChoice | undefined, layout: Layout): string[] {
  const text = revision ? describeRevision(revision, dateAndTime) : '';
  return section(layout, 'If you reject', text === '' ? [] : wrap(text, layout.columns), 'cyan');
}
