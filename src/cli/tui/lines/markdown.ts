/** Markdown in lines: it is written to be read as it is, so only its headings stand out. */
import { keptLines } from './kept-lines.ts';
import { paragraph } from './line.ts';

/** What one view shows of a project: its plan, and what was said in a round. */
const MAX_KEPT = 8;

export const markdownLines = keptLines(
  (text: string, columns) =>
    text
      .trimEnd()
      .split('\n')
      .flatMap((one) =>
        /^#{1,6} /.test(one) ? paragraph(one.replace(/^#+ /, ''), columns, 'title') : paragraph(one, columns),
      ),
  MAX_KEPT,
);
