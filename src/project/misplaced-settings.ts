/**
 * Settings that stand where they are not read. A person who writes `budget_usd` above a plan means it, wherever the
 * line stands; taken as text it would be lost in silence. So such a plan is refused, and told where settings belong.
 */
import { isSettingName, lettersOf } from './settings.ts';
import { keyOf, readSettings } from './settings-block.ts';

/** Settings are looked for at the start of a plan; further down they are what the plan is about. */
const START_CHARACTERS = 8_000;
const START_LINES = 40;

const BELONGS =
  "write the settings as 'key: value' lines between two lines '---', at the very start of the plan";

/** At most one problem, in one line. `text` is what follows the front matter, `firstLine` the number of its first line. */
export function misplacedSettings(text: string, firstLine: number): readonly string[] {
  const lines = text
    .slice(0, START_CHARACTERS)
    .split(/\r\n|\r|\n/)
    .slice(0, START_LINES);
  const found = find(lines);
  return found ? [`line ${firstLine + found.index}: ${found.what}: ${BELONGS}`] : [];
}

interface Found {
  readonly index: number;
  readonly what: string;
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
    const atStart = headings === 0 && proseLines === 0;
    if (line.trim() === '') continue;
    if (line.trimStart().startsWith('<!--')) {
      index = endOf(lines, index, (text) => text.includes('-->'));
    } else if (CODE_MARK.test(line)) {
      const [, mark = '', language = ''] = CODE_MARK.exec(line) ?? [];
      const end = endOf(lines, index + 1, (text) => text.trimStart().startsWith(mark));
      const code = lines.slice(index + 1, end);
      const mayBe = atStart && LANGUAGES.includes(language.toLowerCase());
      if (mayBe && (areSettings(code) || haveSettings(frontMatterIn(code))))
        return { index, what: 'settings in a code block are not read' };
      index = end;
      proseLines += 1;
    } else if (atStart && TOML_MARK.test(line)) {
      const end = endOf(lines, index + 1, (text) => TOML_MARK.test(text));
      if (lines.slice(index + 1, end).some(isTomlSetting))
        return { index, what: 'front matter in TOML is not read' };
      proseLines += 1;
    } else if (RULE.test(line) || (atStart && INDENTED_RULE.test(line))) {
      const end = endOf(lines, index + 1, (text) => RULE.test(text) || INDENTED_RULE.test(text));
      const block = lines.slice(index + 1, end);
      const isEarly = headings === 0 || proseLines === 0;
      if (end < lines.length && (areSettings(block) || (isEarly && haveSettings(block))))
        return { index, what: 'front matter must start on the first line, with a line that is just ---' };
    } else if (guardIn(atStart ? line.trimStart() : line)) {
      return { index, what: `'${guardIn(line.trimStart())}' stands outside the front matter` };
    } else if (HEADING.test(line)) {
      headings += 1;
    } else {
      const end = endOf(lines, index, endsParagraph);
      const isGuarded = lines.slice(index, end).some(guardIn);
      if (atStart && !isGuarded && areSettings(lines.slice(index, end)))
        return { index, what: `'${keyOf(line)}' stands outside the front matter` };
      proseLines += 1;
    }
  }
  return undefined;
}

function endsParagraph(line: string): boolean {
  return line.trim() === '' || [HEADING, RULE, CODE_MARK].some((mark) => mark.test(line));
}

/** The first line from `start` on that `isEnd`, or the number of lines. */
function endOf(lines: readonly string[], start: number, isEnd: (line: string) => boolean): number {
  const length = lines.slice(start).findIndex(isEnd);
  return length < 0 ? lines.length : start + length;
}

/** Lines that can be nothing but settings: all are ours and can be read, or one of them is a guard. */
function areSettings(lines: readonly string[]): boolean {
  if (lines.some((line) => guardIn(line) !== undefined)) return true;
  const read = readSettings(withoutMarks(lines), 1);
  if (!read || read.problems.length > 0 || read.foreignKeys.length > 0) return false;
  return Object.keys(read.settings).length > 0;
}

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

/** The name of a guard that a line sets, in YAML, TOML or JSON. Unlike the other keys it is no word of any language. */
function guardIn(line: string): string | undefined {
  const name = /^\s{0,3}["']?([a-z][\w-]{0,20})["']?\s*[:=：]/i.exec(line)?.[1];
  return name !== undefined && GUARDS.includes(lettersOf(name)) ? name : undefined;
}

function isTomlSetting(line: string): boolean {
  const name = /^\s*["']?([a-z_]+)["']?\s*=/.exec(line)?.[1];
  return name !== undefined && (isSettingName(name) || guardIn(line) !== undefined);
}
