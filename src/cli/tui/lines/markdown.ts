/** Markdown in lines: it is written to be read as it is, so only its headings stand out. */
import { type Line, paragraph } from './line.ts';

export function markdownLines(text: string, columns: number): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((one) =>
      /^#{1,6} /.test(one) ? paragraph(one.replace(/^#+ /, ''), columns, 'title') : paragraph(one, columns),
    );
}
