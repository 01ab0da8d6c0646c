/** Keys that nearly are settings: a plan with one is refused, for a guard that is not read would guard nothing. */
import { SETTING_NAMES, type SettingName } from './settings.ts';

/** The setting that `name` is a mistyped form of: another case or separator, a slip of the fingers, a part of the name. */
export function mistypedSetting(name: string): SettingName | undefined {
  const letters = lettersOf(name);
  if (letters.length > 40 || OTHER_WORDS.includes(letters)) return undefined;
  // `Priorität` and `priorité` are words of their languages, and no slips.
  const isEnglish = /^[\0-\x7f]*$/.test(letters);
  const words = /\s/.test(name.trim()) ? [] : wordsOf(name);
  return SETTING_NAMES.find((setting) => {
    const own = lettersOf(setting);
    const isGuard = GUARD_WORDS[setting]?.some((word) => words.includes(word)) === true;
    return isGuard || (isEnglish && isWithin(letters, own, own.length < 7 ? 1 : 2));
  });
}

/** Keys of other tools and other languages that are one letter away from one of ours. */
const OTHER_WORDS: readonly string[] = [
  ...['mode', 'modes', 'modal', 'tile', 'tiles', 'titre'],
  ...['bash', 'basis', 'case', 'phase'],
  ...['task', 'mask', 'as'],
];

/** Names under which the owner alone sets something. Left out, as the key of another tool is, they would look obeyed. */
const OF_THE_OWNER: readonly string[] = [
  ...['allow', 'allowed_tools', 'disallowed_tools', 'policy', 'sandbox', 'claude_settings', 'block_outside'],
  ...['command', 'commands', 'prepare', 'remote', 'remotes', 'mcp_servers', 'auto_approve'],
];

/** Whether a key names what only the configuration may set. `allowed-tools` is a key of Claude Code's own files. */
export function isOfTheOwner(name: string): boolean {
  return OF_THE_OWNER.includes(name.toLowerCase());
}

/** Words that mean a guard wherever they stand in a key: `budget`, `max_budget`, `costUsd`. */
const GUARD_WORDS: { readonly [Name in SettingName]?: readonly string[] } = {
  budget_usd: ['budget', 'usd'],
  max_turns: ['turns'],
  timeout: ['timeout'],
  permission_mode: ['permission', 'permissions'],
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

/** Most keys differ in length alone, which costs nothing to see. */
function isWithin(a: string, b: string, limit: number): boolean {
  return Math.abs(a.length - b.length) <= limit && distance(a, b) <= limit;
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
