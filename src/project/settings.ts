/** The settings a plan may carry: what each may be, and which other names are mistyped ones. */
import * as z from 'zod';
import { durationRule, parseDuration } from '../duration.ts';
import { LIMITS } from './text.ts';

const TIMEOUT_LIMITS = { min: 1_000, max: 7 * 24 * 3_600_000 };

/** One entry a key: its check, and the words for what is allowed. */
const KEYS = {
  title: {
    check: z.string().trim().min(1).max(LIMITS.title),
    allowed: `a text of 1 to ${LIMITS.title} characters`,
  },
  workspace: {
    check: z.string().trim().min(1),
    allowed: 'the name of a configured workspace, or a path inside an allowed root',
  },
  model: {
    // It becomes an argument of a command line: what starts with '-' would be read as an option there.
    check: z
      .string()
      .max(200)
      .regex(/^\w[\w.:[\]@/-]*$/),
    allowed: "a model name such as 'opus', 'sonnet' or a full model id",
  },
  priority: { check: z.int().min(-100).max(100), allowed: 'a whole number from -100 to 100' },
  max_turns: { check: z.int().min(1).max(10_000), allowed: 'a whole number from 1 to 10000' },
  timeout: {
    check: z.string().transform(timeout),
    allowed: durationRule(TIMEOUT_LIMITS),
  },
  budget_usd: { check: z.number().positive().max(100_000), allowed: 'a number of US dollars above 0' },
} as const;

export type SettingName = keyof typeof KEYS;
export type Settings = { [Name in SettingName]?: z.output<(typeof KEYS)[Name]['check']> };

export const SETTING_NAMES = Object.keys(KEYS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(KEYS, name);
}

/** Texts are taken as they are written: `title: 404` is the text "404". */
const TEXTS: readonly SettingName[] = ['title', 'workspace', 'model'];

/** A value as YAML reads it, and as it is written where it is a plain word. */
export interface WrittenValue {
  readonly value: unknown;
  readonly source: string | undefined;
}

/** Adds a setting to `settings`, or returns the words for what is allowed. */
export function addSetting(
  settings: Settings,
  name: SettingName,
  { value, source }: WrittenValue,
): string | undefined {
  const isWord = typeof value === 'number' || typeof value === 'boolean';
  const meant = TEXTS.includes(name) && isWord ? source : value;
  const read = KEYS[name].check.safeParse(meant);
  if (!read.success) return `'${name}' must be ${KEYS[name].allowed}`;
  Object.assign(settings, { [name]: read.data });
  return undefined;
}

/** The setting that `name` is a mistyped form of: another case or separator, a slip of the fingers, a part of the name. */
export function mistypedSetting(name: string): SettingName | undefined {
  const letters = lettersOf(name);
  if (letters.length > 40 || OTHER_WORDS.includes(letters)) return undefined;
  // `Priorität` and `priorité` are words of their languages, and no slips.
  const isEnglish = /^[\0-\x7f]*$/.test(letters);
  const words = /\s/.test(name.trim()) ? [] : wordsOf(name);
  return SETTING_NAMES.find((setting) => {
    const own = lettersOf(setting);
    const isTold = TELLING_WORDS[setting]?.some((word) => words.includes(word)) === true;
    return isTold || (isEnglish && distance(letters, own) <= (own.length < 7 ? 1 : 2));
  });
}

/** Keys of other tools and other languages that are one letter away from one of ours. */
const OTHER_WORDS: readonly string[] = ['mode', 'modes', 'modal', 'tile', 'tiles', 'titre'];

/** Words that mean a guard wherever they stand in a key: `budget`, `max_budget`, `costUsd`. */
const TELLING_WORDS: { readonly [Name in SettingName]?: readonly string[] } = {
  budget_usd: ['budget', 'usd'],
  max_turns: ['turns'],
  timeout: ['timeout'],
};

/** Without case and separators. */
export function lettersOf(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
}

/** Letters that were added, left out, replaced or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : replaced;
      rows[i]?.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
}

function timeout(text: string, context: z.RefinementCtx): number {
  const duration = parseDuration(text, TIMEOUT_LIMITS);
  if (duration !== undefined) return duration;
  context.addIssue('not a duration');
  return z.NEVER;
}
