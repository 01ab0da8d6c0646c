/** A block of lines that may be settings in YAML, read without expanding anything it refers to. */

import { isMap, isScalar, isSeq, Lexer, LineCounter, type Pair, parseDocument } from 'yaml';
import { cut } from '../characters.ts';
import { isOfTheOwner, mistypedSetting } from './mistyped-setting.ts';
import {
  addSetting,
  isSettingName,
  SETTING_NAMES,
  type SettingLines,
  type SettingName,
  type Settings,
  type WrittenValue,
} from './settings.ts';
import { cleanLine, LIMITS } from './text.ts';

export interface SettingsBlock {
  readonly settings: Settings;
  /** The number of the line of each. */
  readonly lines: SettingLines;
  /** Keys that are neither ours nor like ours, with a value. */
  readonly foreignKeys: readonly string[];
  /** One line each: what is wrong, and where. */
  readonly problems: readonly string[];
  /** Without it YAML cannot read the block; the problems say why. */
  readonly isReadable: boolean;
  /** It holds nothing but our keys: no other key, no comment. */
  readonly onlyOurs: boolean;
}

/**
 * Reads `block` (lines end in a line feed) as settings; undefined when it is not meant as any, but as text. `firstLine`
 * is the number of its first line in the plan.
 */
export function readSettings(block: string, firstLine: number): SettingsBlock | undefined {
  if (block.trim() === '')
    return { settings: {}, lines: {}, foreignKeys: [], problems: [], isReadable: true, onlyOurs: true };
  const isMeant = namesSettings(block);
  const refused = (problems: string[]) =>
    isMeant
      ? { settings: {}, lines: {}, foreignKeys: [], problems, isReadable: false, onlyOurs: false }
      : undefined;

  // Far above what other tools write; the YAML parser takes half a second for the worst of this length.
  if (block.length > LIMITS.frontMatter) {
    return refused([`the front matter is longer than ${LIMITS.frontMatter} characters`]);
  }
  const lines = new LineCounter();
  // It compares each key with all others, and refuses doubled keys of other tools too; ours are compared below.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  const written = asWritten(block);
  const { errors, contents } = parseDocument(written, options);
  const lineAt = (offset: number) => lines.linePos(offset).line - 1 + firstLine;
  if (errors.length > 0) {
    // One that YAML meets in a line makes it see more there.
    const first = new Map(errors.toReversed().map(({ pos, message }) => [lineAt(pos[0]), message]));
    const lineNumbers = [...first.keys()].toSorted((a, b) => a - b);
    return refused(lineNumbers.map((line) => `line ${line}: ${first.get(line)}: ${WRITE}`));
  }
  if (!isMap(contents)) return refused([`line ${firstLine}: the front matter must be ${PAIRS}`]);
  if (!isMeant && (startsAsText(block) || contents.items.some(isProse))) return undefined;
  return {
    ...readPairs(contents.items, lineAt),
    isReadable: true,
    onlyOurs: hasOnlyOurs(contents.items, written),
  };
}

const PAIRS = "lines of 'key: value', with a space after the colon";
const WRITE = "write each line as 'key: value', and a value with signs of YAML in single quotes";

/**
 * The block with those values in quotes that YAML would refuse or read as something else, though a person means a text:
 * `title: Fix: the login`, `title: [WIP] Fix #5`, `description: @me`. Values of several lines stay as they are.
 */
function asWritten(block: string): string {
  // A space that does not break, as some keyboards type it, is none to YAML.
  const spaced = block.replaceAll(/^([\p{L}_][\p{L}\p{N}_.-]*)[^\S\n]*:[^\S\n]+/gmu, '$1: ');
  return spaced.replaceAll(
    /^([\p{L}_][\p{L}\p{N}_.-]*:[ \t]+)(\S[^\n]*)$(?!\n[ \t\]}])/gmu,
    (line: string, key: string, rest: string) => {
      const commentAt = rest.search(/[ \t]#(?:[ \t]|$)/);
      const value = (commentAt < 0 ? rest : rest.slice(0, commentAt)).trimEnd();
      if (WINDOWS_PATH.test(value)) return line.replace(/"(.*)"/, "'$1'");
      const isMisread = /^[@`%]|: |:$/.test(value) || (key.startsWith('title:') && MISREAD_TITLE.test(value));
      if (!isMisread || /^["'|>!{]/.test(value)) return line;
      return `${key}${JSON.stringify(value)}${commentAt < 0 ? '' : rest.slice(commentAt)}`;
    },
  );
}

/** In double quotes YAML would read `\t` and `\n` of it as signs. */
const WINDOWS_PATH = /^"[A-Za-z]:(?:\\[^\\"']+)+"$/;

/** A reference, a list with more behind it, a sign of a list or a key, a comment without a space. */
const MISREAD_TITLE = /^[*&]|^\[[^\]]*\]\s*[^\s,]|^[-?](?:\s|$)|(?:^|[ \t])#\S/;

function readPairs(
  pairs: readonly Pair[],
  lineAt: (offset: number) => number,
): Pick<SettingsBlock, 'settings' | 'lines' | 'foreignKeys' | 'problems'> {
  const settings: Settings = {};
  const lines: { [Name in SettingName]?: number } = {};
  const foreignKeys: string[] = [];
  const problems: string[] = [];
  for (const { key, value } of pairs) {
    const name = nameOf(key);
    const written = writtenValue(value);
    if (isEmpty(written)) continue;
    const line = lineAt(isScalar(key) ? (key.range?.[0] ?? 0) : 0);
    const where = `line ${line}`;
    if (isSettingName(name)) {
      const problem = Object.hasOwn(settings, name)
        ? `'${name}' is given twice`
        : addSetting(settings, name, written);
      if (problem === undefined) lines[name] = line;
      else problems.push(`${where}: ${problem}`);
    } else if (isOfTheOwner(name)) {
      problems.push(
        `${where}: '${name}' is set in config.json alone; a plan may ask for less, never for more`,
      );
    } else if (mistypedSetting(name)) {
      const shown = cleanLine(cut(name, 100));
      problems.push(`${where}: unknown key '${shown}'; allowed keys: ${SETTING_NAMES.join(', ')}`);
    } else {
      foreignKeys.push(cleanLine(cut(name, 100)));
    }
  }
  return { settings, lines, foreignKeys: [...new Set(foreignKeys)], problems };
}

function nameOf(key: unknown): string {
  return cleanLine(String(isScalar(key) ? key.value : key));
}

function writtenValue(node: unknown): WrittenValue {
  if (isSeq(node)) return { value: node.items.map(writtenItem), source: undefined };
  // Maps and references are no values of ours: nothing takes undefined.
  if (!isScalar(node)) return { value: node === null ? null : undefined, source: undefined };
  return { value: node.value, source: node.source };
}

/** Lists are of texts: an item is taken as it is written, `012345678901` too. */
function writtenItem(item: unknown): unknown {
  const { value, source } = writtenValue(item);
  return typeof value === 'number' || typeof value === 'boolean' ? source : value;
}

/** A key whose value was left empty is a key that was not given. */
function isEmpty({ value }: WrittenValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/** `Please note: …` is a sentence. */
function isProse({ key }: Pair): boolean {
  return !isScalar(key) || /\s/.test(String(key.value).trim());
}

function hasOnlyOurs(pairs: readonly Pair[], block: string): boolean {
  if (!pairs.every(({ key }) => isSettingName(nameOf(key)))) return false;
  // Tokens of text that are not marks are quoted, or follow a mark of their own: only a comment starts with '#'.
  for (const token of new Lexer().lex(block)) if (token.startsWith('#')) return false;
  return true;
}

/**
 * Whether a block is meant as settings even if YAML cannot read it: it starts with a key and has one of ours, or has one
 * of ours in the lines right at its start.
 */
export function namesSettings(block: string): boolean {
  const lines = block.slice(0, LIMITS.frontMatter).split('\n');
  const first = lines.find((line) => line.trim() !== '' && !line.trimStart().startsWith('#')) ?? '';
  const keys = keysOf(lines);
  if (startsAsText(block)) return keys.some(isSettingName);
  if (keyOf(first) !== undefined && keys.some((key) => isSettingName(key) || mistypedSetting(key)))
    return true;
  const blank = lines.findIndex((line) => line.trim() === '');
  return keysOf(blank < 0 ? lines : lines.slice(0, blank)).some(isSettingName);
}

/**
 * A rule, and a heading with blank lines around it: `Budget: 5 days` below is a line of the text. To YAML the heading
 * would be a comment.
 */
function startsAsText(block: string): boolean {
  return /^[^\S\n]*\n\s*#{1,6} [^\n]*\n[^\S\n]*\n/.test(block);
}

function keysOf(lines: readonly string[]): string[] {
  return lines.map(keyOf).filter((key) => key !== undefined);
}

/** The key of a line of the form `key: value`, or of what people write instead: `key:value`, `key = value`. */
export function keyOf(line: string): string | undefined {
  return /^[ \t]*["']?([\p{L}_][\p{L}\p{N}_ .-]{0,60}?)["']?[ \t]*[:=：]/u.exec(line)?.[1];
}
