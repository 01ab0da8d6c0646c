/** The heading that names a Markdown text. Loaded when a plan needs it: the parser costs a start more than it is worth. */
import MarkdownIt, { type Token } from 'markdown-it';
import { cleanLine, cut } from './text.ts';

/**
 * The words of the first heading that has any, without markup, at most `maxLength` characters; undefined without one.
 * Headings in code, comments, quotes and lists are none. The time it takes grows with the length of the text alone.
 */
export function firstHeading(markdown: string, maxLength: number): string | undefined {
  const parser = new MarkdownIt('default', { html: true });
  const blocks: Token[] = [];
  // What the text says about links that are named in it: `[a link][1]`.
  const references = {};
  // Only blocks, of the whole text: what is inside a paragraph can take quadratic time, and says nothing here.
  parser.block.parse(markdown.replaceAll(/\r\n?/g, '\n'), parser, references, blocks);
  for (const [index, { type, level, markup }] of blocks.entries()) {
    if (type !== 'heading_open' || level > 0) continue;
    const { content = '' } = blocks[index + 1] ?? {};
    // By the letter a heading of several lines; meant is a rule below a paragraph.
    if (markup === '-' && content.includes('\n')) continue;
    const source = cut(content, SOURCE_CHARACTERS);
    const words = cut(wordsIn(parser.parseInline(source, references)), maxLength).trim();
    if (words !== '') return words;
  }
  return undefined;
}

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
