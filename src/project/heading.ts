/** The heading that names a Markdown text. Loaded when a plan needs it: the parser costs a start more than it is worth. */
import MarkdownIt, { type Token } from 'markdown-it';
import { cut, withoutHidden } from '../characters.ts';
import { cleanLine } from './text.ts';

/**
 * The words of the first heading that has any, without markup, at most `maxLength` characters; undefined without one.
 * Headings in code, comments, quotes and lists are none, but for a text that is a code block of Markdown as a whole.
 * The time it takes grows with the length of the text alone.
 */
export function firstHeading(markdown: string, maxLength: number): string | undefined {
  const { words, wrapped } = headingIn(asTyped(markdown), maxLength);
  return words ?? (wrapped === undefined ? undefined : headingIn(wrapped, maxLength).words);
}

interface Heading {
  readonly words?: string;
  /** The text inside a code block of Markdown, as models put it around a whole answer. */
  readonly wrapped?: string;
}

function headingIn(markdown: string, maxLength: number): Heading {
  const parser = new MarkdownIt('default', { html: true });
  const blocks: Token[] = [];
  // What the text says about links that are named in it: `[a link][1]`.
  const references = {};
  // Only blocks, of the whole text: what is inside a paragraph can take quadratic time, and says nothing here.
  parser.block.parse(markdown, parser, references, blocks);
  for (const [index, { type, level, markup }] of blocks.entries()) {
    if (type !== 'heading_open' || level > 0) continue;
    const { content = '' } = blocks[index + 1] ?? {};
    // By the letter a heading of several lines; meant is a rule below a paragraph.
    if (markup === '-' && content.includes('\n')) continue;
    const source = cut(content.replace(OVERLINE, ''), SOURCE_CHARACTERS).replaceAll(FOOTNOTE, '');
    const words = cut(wordsIn(parser.parseInline(source, references)), maxLength).trim();
    if (words !== '') return { words };
  }
  const [first] = blocks;
  const isWrapped = first?.type === 'fence' && /^(?:md|markdown)\b/i.test(first.info.trim());
  return isWrapped ? { wrapped: first.content.replace(FRONT_MATTER, '') } : {};
}

/**
 * Without what nobody sees before a heading, and with a common space behind its sign: a Mac types one that does not
 * break where the key for `#` is still held, and a Japanese keyboard a wide one.
 */
function asTyped(markdown: string): string {
  return withoutHidden(markdown).replaceAll(/^( {0,3}#{1,6})[^\S\n\t ]/gm, '$1 ');
}

/** At the start of what is wrapped. */
const FRONT_MATTER = /^---\n(?:[^\n]*\n)*?---\n/;

/** reStructuredText has a line above a title too. */
const OVERLINE = /^=+\n/;

/** The sign of one, which the parser takes for a link: `# Title[^1]`. */
const FOOTNOTE = /\[\^[^\]\s]{1,40}\]/g;

/** Far more than a title holds, with the addresses of its links. */
const SOURCE_CHARACTERS = 2_000;

function wordsIn(tokens: readonly Token[]): string {
  const text = tokens
    .flatMap(({ children }) => children ?? [])
    .map(wordOf)
    .join('');
  // An anchor that some renderers give a heading: `# Title {#anchor}`.
  return cleanLine(text.replace(/\{[#.][^{}]{0,200}\}\s*$/, ''));
}

function wordOf({ type, content }: Token): string {
  if (type === 'html_inline') return '';
  return type === 'softbreak' || type === 'hardbreak' ? ' ' : content;
}
