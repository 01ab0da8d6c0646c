/** Configuration as git reads it from a file (https://git-scm.com/docs/git-config#_syntax). */
import type { GitValue } from './git.ts';

/** A section for each value. Names are as `git config --list` prints them. */
export function configText(values: readonly GitValue[]): string {
  return values.map(([name, value]) => `${sectionOf(name)}\n\t${keyIn(name)} = ${quoted(value)}\n`).join('');
}

function sectionOf(name: string): string {
  const [first, last] = [name.indexOf('.'), name.lastIndexOf('.')];
  const section = name.slice(0, first);
  return first === last ? `[${section}]` : `[${section} "${escaped(name.slice(first + 1, last))}"]`;
}

function keyIn(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function quoted(value: string): string {
  return `"${escaped(value).replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&');
}
