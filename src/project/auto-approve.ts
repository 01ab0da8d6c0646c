/** The owner's rule by which work is approved without a person: only what is checked, clean, and small enough. */
import type { Evidence } from './evidence.ts';
import { isClean } from './measured.ts';

export interface AutoApprove {
  /** Changed lines, added and removed together; undefined: any number. */
  readonly maxLines?: number | undefined;
  /** Patterns of the only paths that may change; undefined: any. */
  readonly paths?: readonly string[] | undefined;
}

/**
 * Whether the rule approves this work: its checks passed, nothing about it asks for a closer look, and it is not more
 * than the rule allows. A binary file has no lines: with a limit of lines it needs a person.
 *
 * @param matches Whether a path matches a pattern.
 */
export function isApprovedByRule(
  evidence: Evidence,
  { maxLines, paths }: AutoApprove,
  matches: (path: string, pattern: string) => boolean,
): boolean {
  const { checksPassed, diff } = evidence;
  // What it says nobody but a person can judge.
  if (evidence.outline) return false;
  if (checksPassed !== true || !isClean(evidence) || diff === null || diff.truncated) return false;
  if (maxLines !== undefined && (diff.binary > 0 || diff.insertions + diff.deletions > maxLines))
    return false;
  const isAllowed = (path: string) => paths === undefined || paths.some((pattern) => matches(path, pattern));
  // A name that is not UTF-8 is shown as another one: no pattern is about it.
  return diff.changes.every(
    ({ path, oldPath, pathBase64, oldPathBase64 }) =>
      pathBase64 === undefined &&
      oldPathBase64 === undefined &&
      isAllowed(path) &&
      (oldPath === undefined || isAllowed(oldPath)),
  );
}
