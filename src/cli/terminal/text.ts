/**
 * Text that comes from people, models and programs, made fit for a terminal: nothing in it can move the cursor or
 * reorder a line, and it takes no more than the columns it is given. What is stored goes through here before it is printed.
 */
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { linesOf, withoutHidden } from '../../characters.ts';

/** One line: no control characters, no line breaks. */
export function plainLine(text: string): string {
  return withoutHidden(text).replaceAll(/\s+/g, ' ').trim();
}

/** Any number of lines, without control characters other than the line breaks. */
export function plainLines(text: string): string[] {
  return linesOf(text).map((line) => withoutHidden(line.replaceAll('\t', '    ')).trimEnd());
}

/** Columns the text takes on a terminal. An emoji made of several may be counted too wide, never too narrow. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  // Composed: a kana and its mark of sound, as macOS writes file names, take one cell together.
  ruler.setPrompt(text.normalize('NFC'));
  // Node counts the sign that asks for the coloured form of a character as nothing; terminals draw that form two wide.
  return ruler.getCursorPos().cols + (text.match(/\ufe0f/g)?.length ?? 0);
}

/** One line of at most `columns`; what does not fit is cut and replaced by `…`. */
export function clip(text: string, columns: number): string {
  const line = plainLine(text);
  if (widthOf(line) <= columns) return line;
  return columns < 1 ? '' : `${headOf(line, columns - 1).trimEnd()}…`;
}

/** The same, filled with spaces to exactly `columns`. */
export function cell(text: string, columns: number): string {
  const shown = clip(text, columns);
  return shown + ' '.repeat(Math.max(0, columns - widthOf(shown)));
}

/** Lines of at most `columns`, broken between words where that is possible. Breaks in the text stay. */
export function wrap(text: string, columns: number): string[] {
  return plainLines(text).flatMap((line) => wrapLine(line, columns));
}

/** One line cut into pieces of at most `columns`; its spaces stay as they are. */
export function chop(line: string, columns: number): string[] {
  return widthOf(line) <= columns ? [line] : pieces(line, columns, columns);
}

/** Short facts in a row, `a · b · c`, on as many lines of at most `columns` as they take. Empty ones are left out. */
export function flow(facts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const fact of facts.map((text) => clip(text, columns)).filter((text) => text !== '')) {
    const longer = `${lines.at(-1)} · ${fact}`;
    if (lines.length > 0 && widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(fact);
  }
  return lines;
}

/** At most `most` lines; the last one says how many are left out. */
export function shorten(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  const shown = lines.slice(0, most - 1);
  return [...shown, `… ${lines.length - shown.length} more lines`];
}

/** Whether each character takes one column: so does most of what is shown, and to know it is much faster than to measure. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Only readline exposes Node's table of character widths. This one reads nothing and keeps no process alive. */
const ruler = createInterface({ input: new PassThrough() });

const characters = new Intl.Segmenter();

/** As many whole characters of the text as fit into `columns`. */
export function headOf(text: string, columns: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, columns));
  let used = 0;
  let head = '';
  for (const { segment } of characters.segment(text)) {
    used += widthOf(segment);
    if (used > columns) break;
    head += segment;
  }
  return head;
}

function wrapLine(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const indent = headOf(/^ */.exec(line)?.[0] ?? '', Math.floor(columns / 2));
  const lines: string[] = [];
  let current = indent;
  const next = () => {
    lines.push(current);
    current = indent;
  };
  for (const word of line.split(' ').filter((part) => part !== '')) {
    const space = current === indent ? '' : ' ';
    if (widthOf(current + space + word) <= columns) {
      current += space + word;
    } else if (widthOf(indent + word) <= columns) {
      next();
      current += word;
    } else {
      // Longer than any line: it fills this one and as many as it takes.
      const left = columns - widthOf(current + space);
      const [first = '', ...others] = pieces(word, left, columns - indent.length);
      if (first !== '') current += space + first;
      for (const piece of others) {
        if (current !== indent) next();
        // A character that fits only without the indentation stands without it.
        current = widthOf(indent + piece) <= columns ? indent + piece : piece;
      }
    }
  }
  return [...lines, current];
}

/** The text cut into a first piece of at most `first` columns and others of at most `columns`. */
function pieces(text: string, first: number, columns: number): string[] {
  if (isPlain(text)) return plainPieces(text, Math.max(0, first), Math.max(1, columns));
  const cut = [''];
  let left = first;
  for (const { segment } of characters.segment(text)) {
    const width = widthOf(segment);
    if (width > left) {
      cut.push('');
      left = columns;
    }
    cut[cut.length - 1] += segment;
    left -= width;
  }
  return cut;
}

function plainPieces(text: string, first: number, columns: number): string[] {
  const cut = [text.slice(0, first)];
  for (let from = first; from < text.length; from += columns) cut.push(text.slice(from, from + columns));
  return cut;
}
