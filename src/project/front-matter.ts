/**
 * Where a plan's front matter is, and what is in it. Only what is meant as front matter is taken for it: what stands
 * between two rules and holds no key is text, and so is a rule alone.
 */
import { withoutHidden } from '../characters.ts';
import { misplacedSettings } from './misplaced-settings.ts';
import type { SettingLines, Settings } from './settings.ts';
import { namesSettings, readSettings } from './settings-block.ts';

export interface FrontMatter {
  readonly settings: Settings;
  readonly lines: SettingLines;
  /** Keys of other tools, which say nothing to us. */
  readonly foreignKeys: readonly string[];
  readonly problems: readonly string[];
  /** The lines between the marks; empty without a front matter. */
  readonly block: string;
  /** What follows the front matter: all of the plan when there is none. */
  readonly rest: string;
  /** What Claude reads of the plan: everything, but for a front matter that holds only settings. */
  readonly body: string;
}

/** Reads the front matter of a plan. Never throws; `problems` say, each in one line, what must be corrected first. */
export function readFrontMatter(markdown: string): FrontMatter {
  const plan = markdown.replace(/^\uFEFF+/, '');
  const marked = findMarks(plan);
  if (!marked) return withoutFrontMatter(plan, []);
  const block = marked.block.replaceAll(/\r\n?/g, '\n');
  const { firstLine } = marked;
  if (marked.rest === undefined) {
    const isMeant = namesSettings(block);
    const open = `line ${firstLine - 1}: the front matter is not closed: end it with a line '---'`;
    return withoutFrontMatter(plan, isMeant ? [open] : []);
  }
  const read = readSettings(block, firstLine);
  if (!read) return withoutFrontMatter(plan, []);
  const { rest } = marked;
  const misplaced = misplacedSettings(rest, firstLine + linesIn(marked.block) + 1);
  return {
    ...read,
    problems: [...read.problems, ...misplaced],
    block,
    rest,
    body: (read.onlyOurs ? rest : plan).trim(),
  };
}

function withoutFrontMatter(plan: string, problems: readonly string[]): FrontMatter {
  return {
    settings: {},
    lines: {},
    foreignKeys: [],
    problems: problems.length > 0 ? problems : misplacedSettings(plan, 1),
    block: '',
    rest: plan,
    body: plan.trim(),
  };
}

interface Marks {
  readonly block: string;
  /** Undefined when no line ends the block. */
  readonly rest: string | undefined;
  /** The number of the first line of the block. */
  readonly firstLine: number;
}

const LINE = /[^\r\n]*(?:\r\n|\r|\n|$)/y;

function findMarks(plan: string): Marks | undefined {
  let firstLine = 1;
  for (LINE.lastIndex = 0; LINE.lastIndex < plan.length; ) {
    const line = LINE.exec(plan)?.[0] ?? '';
    firstLine += 1;
    // What nobody sees, such as a byte order mark, is neither in a blank line nor in a mark.
    const seen = line.length > MAX_MARK ? line : withoutHidden(line).trimEnd();
    if (seen === '---') return marksAround(plan.slice(LINE.lastIndex), firstLine);
    if (seen.trim() !== '') return undefined;
  }
  return undefined;
}

const MAX_MARK = 200;

function marksAround(inside: string, firstLine: number): Marks {
  // The end mark of YAML itself is '...'.
  const closing = /^(?:---|\.\.\.)[^\S\r\n]*(?:\r\n|\r|\n|$(?![\s\S]))/m.exec(inside);
  if (!closing) return { block: inside, rest: undefined, firstLine };
  const rest = inside.slice(closing.index + closing[0].length);
  return { block: inside.slice(0, closing.index), rest, firstLine };
}

function linesIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
