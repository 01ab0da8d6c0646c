import picomatch from 'picomatch';

/** Whether a path matches a pattern of the owner; `*` also stands for names that begin with a dot. */
export function matchesGlob(path: string, pattern: string): boolean {
  return picomatch.isMatch(path, pattern, GLOB_OPTIONS);
}

/** Without the flag a line break in the name of a folder would keep its files from matching (seen with picomatch 4.0). */
export const GLOB_OPTIONS = { dot: true, flags: 's' } as const;
