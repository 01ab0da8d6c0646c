/** One line of a history, with its text hanging below itself where it takes several. */
import type { Format, Output } from './output.ts';
import { cell, shorten, wrap } from './text.ts';

export interface Entry {
  /** Already written for a person. */
  readonly at: string;
  /** Which project, in a history of several; null for what belongs to none. */
  readonly id?: string | null;
  readonly word?: { readonly text: string; readonly format: Format };
  readonly text: string;
}

const ID_COLUMNS = 12;
const WORD_COLUMNS = 10;
const MAX_LINES = 10;

export function entryLines(out: Output, columns: number, { at, id, word, text }: Entry): string[] {
  const name = id === undefined ? '' : `${cell(id ?? '', ID_COLUMNS)} `;
  const label = word ? `${out.style(word.format, cell(word.text, WORD_COLUMNS))} ` : '';
  const indent = at.length + 1 + name.length + (word ? WORD_COLUMNS + 1 : 0);
  const [first = '', ...others] = shorten(wrap(text, columns - indent), MAX_LINES);
  return [
    `${out.style('dim', at)} ${name}${label}${first}`,
    ...others.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)),
  ];
}
