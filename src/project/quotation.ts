/**
 * What somebody else wrote, shown so that nobody takes it for our words or for an order: Claude reads files and web
 * pages, and what it repeats from there must steer neither a model nor a viewer of Markdown.
 */
import { linesOf } from '../characters.ts';
import { cleanLine, cleanText } from './text.ts';

/** As a Markdown quotation; no line of it can look like one of ours. Whatever follows needs an empty line before it. */
export function quote(text: string): string {
  return quoteExactly(cleanText(text));
}

/** The same of a text whose spaces at either end belong to it, such as a part of a patch; it is clean already. */
export function quoteExactly(text: string): string {
  return linesOf(text)
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

/** A few words on the line of ours: “…”, with which nothing in them can end. */
export function inQuotes(text: string): string {
  return `“${cleanLine(text).replaceAll(/[“”„‟]/g, '"')}”`;
}

/** A name or a path on the line of ours, as a code span of Markdown that nothing in it can end. */
export function asCode(name: string): string {
  // Two marks with nothing between them would begin a code span, not be one.
  const line = cleanLine(name) || ' ';
  const runs = line.match(/`+/g) ?? [];
  const fence = '`'.repeat(1 + runs.reduce((longest, { length }) => Math.max(longest, length), 0));
  // A space of its own at either end belongs to the fence (https://spec.commonmark.org/0.31.2/#code-spans).
  const space = /^`|`$/.test(line) ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/**
 * The text so that a viewer of Markdown makes no image, no link and no HTML of it: nothing is loaded, and nothing can be
 * clicked. It reads as before, but for a backslash where one of those began.
 */
export function inert(text: string): string {
  return text
    .replaceAll(/[\\<[\]]/g, '\\$&')
    .replaceAll(/&(?=[#\w])/g, '\\&')
    .replaceAll(/\/(?=\/)|@(?=[\w-])|(?<=\bwww)\./gi, '\\$&');
}
