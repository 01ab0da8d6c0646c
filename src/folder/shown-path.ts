/** Names and paths as they are shown: whoever can write into the folder chooses them. */
import { cut, escapeHidden, withoutHidden } from '../characters.ts';

const MAX_CHARACTERS = 1_000;

/**
 * A path on one line. One that is not what it looks like (with line breaks, characters that hide or reorder text, spaces at
 * its ends) is written as a JSON string, which can be given back as an argument.
 */
export function shownPath(path: string): string {
  const isPlain = path !== '' && path === withoutHidden(path).trim() && !/[\n\t"]/.test(path);
  const text = isPlain ? path : escapeHidden(JSON.stringify(path));
  return text.length <= MAX_CHARACTERS ? text : `${cut(text, MAX_CHARACTERS)}…`;
}
