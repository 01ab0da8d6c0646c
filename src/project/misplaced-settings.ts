/**
 * Settings that stand where they are not read. A person who writes `budget_usd` above a plan means it, wherever the
 * line stands; taken as text it would be lost in silence. So such a plan is refused, and the refusal says where settings belong.
 */
import { lettersOf } from './mistyped-setting.ts';
import { isSettingName } from './settings.ts';
import { readSettings } from './settings-block.ts';

/** Settings are looked for at the start of a plan; further down they are what the plan is about. */
const START_CHARACTERS = 8_000;
const START_LINES = 40;

const BELONGS =
  "write the settings as 'key: value' lines between two lines '---', at the very start of the plan";

/** What follows a heading or a sentence may also be what the plan is about. */
const IF_TEXT = '; what is meant as text goes into a code block';

/** At most one problem, in one line. `text` is what follows the front matter, `firstLine` the number of its first line. */
export function misplacedSettings(text: string, firstLine: number): readonly string[] {
  const lines = text
    .slice(0, START_CHARACTERS)
    .split(/\r\n|\r|\n/)
    .slice(0, START_LINES);
  const found = find(lines);
  if (!found) return [];
  const { index, what, isAtStart } = found;
  return [`line ${firstLine + index}: ${what}: ${BELONGS}${isAtStart ? '' : IF_TEXT}`];
}

interface Found {
  readonly index: number;
  readonly what: string;
  /** Nothing but blank lines and comments stands above it. */
  readonly isAtStart: boolean;
}

const TOML_MARK = /^\s*\+\+\+\s*$/;
const CODE_MARK = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/;
/** What a front matter, or a whole plan, is put into; a block of another language is what it says. */
const LANGUAGES = ['', 'yaml', 'yml', 'toml', 'json', 'markdown', 'md', 'text', 'txt'];
/** Also what a word processor makes of '---', an indented one, and one with a language such as '---yaml'. */
const RULE = /^ {0,3}(?:-{3,}|[—–][-—–]*)\s*[a-z]{0,8}\s*$/;
const INDENTED_RULE = /^\s*-{3,}\s*$/;
const HEADING = /^ {0,3}#{1,6}(?:\s|$)/;

function find(lines: readonly string[]): Found | undefined {
  let headings = 0;
  let proseLines = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const isAtStart = headings === 0 && proseLines === 0;
    if (line.trim() === '') continue;
    if (line.trimStart().startsWith('<!--')) {
      index = endOf(lines, index, (text) => text.includes('-->'));
    } else if (CODE_MARK.test(line)) {
      const [, mark = '', language = ''] = CODE_MARK.exec(line) ?? [];
      const end = endOf(lines, index + 1, (text) => text.trimStart().startsWith(mark));
      const code = lines.slice(index + 1, end);
      const mayBe = isAtStart && LANGUAGES.includes(language.toLowerCase());
      if (mayBe && (settingIn(code, true) || haveSettings(frontMatterIn(code))))
        return { index, what: 'settings in a code block are not read', isAtStart };
      index = end;
      proseLines += 1;
    } else if (isAtStart && TOML_MARK.test(line)) {
      const end = endOf(lines, index + 1, (text) => TOML_MARK.test(text));
      if (lines.slice(index + 1, end).some(isTomlSetting))
        return { index, what: 'front matter in TOML is not read', isAtStart };
      proseLines += 1;
    } else if (RULE.test(line) || (isAtStart && INDENTED_RULE.test(line))) {
      const end = endOf(lines, index + 1, (text) => RULE.test(text) || INDENTED_RULE.test(text));
      const block = lines.slice(index + 1, end);
      const isEarly = headings === 0 || proseLines === 0;
      if (end < lines.length && (settingIn(block, isEarly) || (isEarly && haveSettings(block))))
        return { index, what: LATE, isAtStart };
      if (end < lines.length && proseLines === 0 && settingIn(unmarked(block), false))
        return { index: index + 1, what: MARKED, isAtStart };
    } else if (guardIn(line, isAtStart)) {
      return { index, what: outside(guardIn(line, isAtStart)), isAtStart };
    } else if (proseLines === 0 && unmarked([line]).some((text) => guardIn(text, false))) {
      return { index, what: MARKED, isAtStart };
    } else if (HEADING.test(line)) {
      headings += 1;
    } else {
      const end = endOf(lines, index, endsParagraph);
      const paragraph = lines.slice(index, end);
      const isGuarded = paragraph.some((text) => guardIn(text, isAtStart));
      if (isAtStart && !isGuarded && settingIn(paragraph, true))
        return { index, what: outside(settingIn(paragraph, true)), isAtStart };
      proseLines += 1;
    }
  }
  return undefined;
}

const LATE = 'front matter must start on the first line, with a line that is just ---';
const MARKED = 'settings in a list, a quotation, a table or bold are not read';

function outside(name = ''): string {
  return `'${name}' stands outside the front matter`;
}

function endsParagraph(line: string): boolean {
  return line.trim() === '' || [HEADING, RULE, CODE_MARK].some((mark) => mark.test(line));
}

/** The first line from `start` on that `isEnd`, or the number of lines. */
function endOf(lines: readonly string[], start: number, isEnd: (line: string) => boolean): number {
  const length = lines.slice(start).findIndex(isEnd);
  return length < 0 ? lines.length : start + length;
}

/** Of lines that can be nothing but settings, the name of one: all are ours and can be read, or one of them is a guard. */
function settingIn(lines: readonly string[], isAtStart: boolean): string | undefined {
  const guard = lines.map((line) => guardIn(line, isAtStart)).find((name) => name !== undefined);
  if (guard !== undefined) return guard;
  const read = readSettings(withoutMarks(lines), 1);
  if (!read || read.problems.length > 0 || read.foreignKeys.length > 0) return undefined;
  return Object.keys(read.settings)[0];
}

/** `- workspace: x`, `> workspace: x`, `**workspace:** x`, `| workspace | x |` as `workspace: x`; nothing where a line has no such mark. */
function unmarked(lines: readonly string[]): readonly string[] {
  const written = lines.filter((line) => line.trim() !== '');
  if (!written.every((line) => LINE_MARK.test(line))) return [];
  return written.map((line) =>
    line
      .replace(LINE_MARK, '')
      .replace(KEY_MARK, '$1: ')
      .replace(/[\s|`*_]+$/, ''),
  );
}

const LINE_MARK = /^\s*(?:[-*+>]\s+|\||[*_`]{1,3}(?=\w))[\s*_`]*/;
const KEY_MARK = /^([\w-]{1,40})\s*(?:[*_`]{0,3}\s*[:=：]\s*[*_`]{0,3}|\|)\s*/;

function haveSettings(lines: readonly string[]): boolean {
  const read = readSettings(withoutMarks(lines), 1);
  if (!read?.isReadable) return false;
  return read.problems.length > 0 || Object.keys(read.settings).length > 0;
}

/** The lines as the first one would be without its indentation. */
function withoutMarks(lines: readonly string[]): string {
  const inside = lines.filter((line) => !RULE.test(line) && !INDENTED_RULE.test(line));
  const indentation = /^[ \t]*/.exec(inside[0] ?? '')?.[0] ?? '';
  return inside
    .map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line))
    .join('\n');
}

/** Of a plan that was put into a code block as a whole. */
function frontMatterIn(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => line.trim() !== '');
  if (!RULE.test(lines[start] ?? '')) return [];
  return lines.slice(
    start + 1,
    endOf(lines, start + 1, (line) => RULE.test(line)),
  );
}

const GUARDS: readonly string[] = ['budgetusd', 'maxturns'];

/**
 * The name of a guard that a line sets, in YAML, TOML or JSON. Unlike the other keys it is no word of any language. Below
 * the start of a plan it counts with a number alone: `max_turns: the game ends` is a sentence.
 */
function guardIn(line: string, isAtStart: boolean): string | undefined {
  const indentation = isAtStart ? /^\s*/ : /^ {0,3}(?!\s)/;
  if (!indentation.test(line)) return undefined;
  const [, name = '', value = ''] =
    /^\s*[{[(]?\s*["']?([a-z][\w-]{0,20})["']?\s*[:=：]\s*(.*)$/i.exec(line) ?? [];
  if (!GUARDS.includes(lettersOf(name))) return undefined;
  return isAtStart || /^\W{0,4}(?:USD|US)?\W{0,3}\d/i.test(value) ? name : undefined;
}

function isTomlSetting(line: string): boolean {
  const name = /^\s*["']?([a-z_]+)["']?\s*=/.exec(line)?.[1];
  return name !== undefined && (isSettingName(name) || guardIn(line, true) !== undefined);
}
