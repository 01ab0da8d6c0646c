/**
 * A line of the screen: pieces of text in a tone each. Whatever is shown is made of such lines, and every line goes through
 * `fitTo`, so that no text of others can move the cursor, reorder a line, or take more room than there is.
 */
import { withoutHidden } from '../../../characters.ts';
import { headOf, widthOf, wrap } from '../../terminal/text.ts';

/** What a piece is, not how it looks: without colour each is told by its words or its sign as well. */
export type Tone = 'plain' | 'title' | 'quiet' | 'good' | 'bad' | 'warn' | 'busy' | 'yours' | 'accent';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

export type Line = readonly Span[];

/** A line in one tone. */
export function line(text: string, tone: Tone = 'plain'): Line {
  return [{ text, tone }];
}

export const EMPTY: Line = [];

/** Facts in a row, `a · b · c`, without the empty ones. */
export function facts(...spans: readonly (Span | string | undefined)[]): Line {
  const told = spans
    .map((span) => (typeof span === 'string' ? { text: span } : span))
    .filter((span): span is Span => span !== undefined && span.text !== '');
  return told.flatMap((span, at) => (at === 0 ? [span] : [{ text: ' · ', tone: 'quiet' as const }, span]));
}

/** A text of any length in lines of at most `columns`, each after `indent`. */
export function paragraph(text: string, columns: number, tone: Tone = 'plain', indent = ''): Line[] {
  return wrap(text, Math.max(1, columns - widthOf(indent))).map((part) => line(indent + part, tone));
}

/** The line cleaned, and cut to `columns` with `…` where it is longer. */
export function fitTo(spans: Line, columns: number): Line {
  const fitted: Span[] = [];
  let left = columns;
  for (const { text, tone = 'plain' } of spans) {
    const clean = cleaned(text);
    const width = widthOf(clean);
    if (width <= left) {
      fitted.push({ text: clean, tone });
      left -= width;
      continue;
    }
    return cutOff([...fitted, { text: headOf(clean, left), tone }], columns);
  }
  return fitted;
}

/** The same, filled with spaces to exactly `columns`. */
export function fill(spans: Line, columns: number): Line {
  const fitted = fitTo(spans, columns);
  const rest = columns - widthOfLine(fitted);
  return rest > 0 ? [...fitted, { text: ' '.repeat(rest) }] : fitted;
}

export function widthOfLine(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Makes room for the sign that something is missing. */
function cutOff(spans: readonly Span[], columns: number): Line {
  if (columns < 1) return [];
  const shown: Span[] = [];
  let left = columns - 1;
  for (const { text, tone = 'plain' } of spans) {
    const head = headOf(text, left);
    left -= widthOf(head);
    shown.push({ text: head, tone });
  }
  const last = shown.pop() ?? { text: '', tone: 'plain' as const };
  return [...shown, { ...last, text: `${last.text}…` }];
}

function cleaned(text: string): string {
  return withoutHidden(text.replaceAll('\t', '    ')).replaceAll('\n', ' ');
}
