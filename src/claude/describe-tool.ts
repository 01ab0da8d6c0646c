/** What a call of a tool does, in the few words that a person would say. Pure. */
import { cut } from '../characters.ts';
import { cleanLine } from '../project/text.ts';
import type { ToolUse } from './stream.ts';

const MAX_LENGTH = 100;
/** The length that is cleaned: a command may be a whole file. */
const MAX_SUBJECT_LENGTH = 1_000;

/**
 * `Bash: npm test`, `Edit: src/a.ts`: the tool and the one argument a person would name.
 *
 * @param folder Where Claude works: paths in it are shown from there. Undefined: every path as it is.
 */
export function describeTool({ name, input }: Pick<ToolUse, 'name' | 'input'>, folder?: string): string {
  const subject = [
    input.command,
    input.file_path,
    input.notebook_path,
    input.path,
    input.pattern,
    input.subject,
    input.description,
    input.url,
  ].find((value) => typeof value === 'string');
  const tool = name.replace(/^mcp__.+__/, '');
  return shortLine(
    typeof subject === 'string' ? `${tool}: ${pathsFrom(folder, cut(subject, MAX_SUBJECT_LENGTH))}` : tool,
  );
}

/** One clean line, cut where it is long. */
export function shortLine(text: string): string {
  return cut(cleanLine(cut(text, MAX_SUBJECT_LENGTH)), MAX_LENGTH);
}

/** `cat /work/shop/src/a.ts` in `/work/shop`: `cat src/a.ts`; the folder itself is `.`, as in a shell. */
function pathsFrom(folder: string | undefined, text: string): string {
  const names = (folder ?? '').replace(/[/\\]+$/, '').split(/[/\\]/);
  // In the root is everything.
  if (names.length < 2) return text;
  const path = names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  const before = String.raw`(?<![\w.~/\\-])`;
  const after = String.raw`(?:[/\\]+(${IN_A_NAME})|[/\\]*(?!${IN_A_NAME}))`;
  const found = new RegExp(`${before}${path.join(String.raw`[/\\]`)}${after}`, 'g');
  return text.replaceAll(found, (_, next = '.') => next);
}

/** What a name in a path goes on with; anything else ends it. */
const IN_A_NAME = String.raw`[^\s"'\x60;:,&|<>()/\\]`;
