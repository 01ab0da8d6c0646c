/**
 * Patterns for paths, one part of a path after the other. Whoever names files can make a whole path slow to match: a pattern
 * with many `*` as one regular expression tries every way to share out the letters among them.
 */
import picomatch from 'picomatch';
import { ok, type Result, refuse } from '../result.ts';

/** @param parts Of a path, the names of folders and last that of a file. */
export type MatchesParts = (parts: readonly string[]) => boolean;

const MAX_CHARACTERS = 1_000;
const MAX_PARTS = 50;
const MAX_STARS = 4;

/**
 * Reads a pattern: `*` stands for any letters of a name, `**` for any folders, `?` for one letter, `[…]` and `{…}` for one of
 * several. `*` also stands for names that begin with a dot. Refuses a pattern that cannot be read.
 */
export function readGlob(pattern: string): Result<MatchesParts> {
  if (pattern.length > MAX_CHARACTERS)
    return refuse(`the pattern is longer than ${MAX_CHARACTERS} characters`);
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length > MAX_PARTS) return refuse(`the pattern has more than ${MAX_PARTS} parts`);
  const isUnreadable = parts.some((part) => count(part, /\{/g) !== count(part, /\}/g));
  if (isUnreadable) return refuse('the pattern has {…} that is open, or spans several folders');
  if (parts.some((part) => part !== '**' && count(part, /\*+/g) > MAX_STARS))
    return refuse(`the pattern has more than ${MAX_STARS} * in one name`);
  const matchers = parts.map((part) => (part === '**' ? ANY_FOLDERS : picomatch(part, OPTIONS)));
  return ok((path) => matches(path, matchers));
}

const ANY_FOLDERS = Symbol('**');
type Matcher = typeof ANY_FOLDERS | ((name: string) => boolean);

/** Without the flag a line break in a name keeps it from matching (seen with picomatch 4.0). */
const OPTIONS = { dot: true, flags: 's', noextglob: true } as const;

/** Each part of the path is looked at once for each part of the pattern. */
function matches(path: readonly string[], matchers: readonly Matcher[]): boolean {
  // How many parts of the path each beginning of the pattern may stand for.
  let ends = new Set([0]);
  for (const matcher of matchers) {
    const next = new Set<number>();
    for (const end of ends)
      if (matcher === ANY_FOLDERS) for (let at = end; at <= path.length; at += 1) next.add(at);
      else if (end < path.length && matcher(path[end] ?? '')) next.add(end + 1);
    ends = next;
  }
  return ends.has(path.length);
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

/**
 * What is left out of a search: paths that match a pattern, and for a pattern without `*` everything of that name, at any
 * depth.
 */
export function readExcludes(patterns: readonly string[]): Result<MatchesParts> {
  const read: MatchesParts[] = [];
  for (const pattern of patterns.slice(0, MAX_EXCLUDES + 1)) {
    const forms = pattern.includes('*') ? [pattern] : [pattern, `**/${pattern}`];
    for (const form of forms) {
      const one = readGlob(form);
      if (!one.ok) return one;
      read.push(one.value);
    }
  }
  if (patterns.length > MAX_EXCLUDES) return refuse(`more than ${MAX_EXCLUDES} excludePatterns`);
  return ok((parts) => read.some((matchesOne) => matchesOne(parts)));
}

const MAX_EXCLUDES = 100;
