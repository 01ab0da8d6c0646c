/** What Claude says it changed, against what has changed. Pure: paths in, paths out. */
import { posix } from 'node:path';
import type { Change, Claims } from '../project/evidence.ts';

/** The files of a completion, as Claude names them. */
export interface ClaimedFiles {
  readonly created: readonly string[];
  readonly modified: readonly string[];
}

/** Where the work was done. Paths of changes are relative to the top of what was measured. */
export interface WorkPlace {
  /** Where Claude worked, below the top; empty for the top itself. */
  readonly subfolder: string;
  /** Folders whose absolute paths Claude may name, such as the worktree and the workspace it was made from. */
  readonly roots: readonly { readonly path: string; readonly below: string }[];
  /** Names that differ in case alone are one file there. */
  readonly ignoreCase: boolean;
}

export interface ComparedClaims extends Claims {
  /** Said, but not below the top: nobody measured that. They are in `missing` too. */
  readonly outside: readonly string[];
}

type FactsOfChange = Pick<Change, 'path' | 'oldPath' | 'status'>;

/**
 * Compares claims with changes. A claim counts for both sides of a rename. `isIgnored` says of a path below the top that
 * git ignores it: such a file is no change, and no lie.
 */
export function compareClaims(
  claimed: ClaimedFiles,
  changes: readonly FactsOfChange[],
  place: WorkPlace,
  isIgnored: (path: string) => boolean,
): ComparedClaims {
  const changeAt = finder(changes, place);
  const declared = new Set<FactsOfChange>();
  const missing = new Set<string>();
  const misfiled = new Set<string>();
  const ignored = new Set<string>();
  const outside = new Set<string>();
  const compare = (claim: string, isCreated: boolean): void => {
    const paths = pathsOf(claim, place);
    const path = paths.find((one) => changeAt(one) !== undefined);
    const change = path === undefined ? undefined : changeAt(path);
    if (path !== undefined && change !== undefined) {
      declared.add(change);
      if (isCreated && wasThere(change, path, place)) misfiled.add(path);
      return;
    }
    const hidden = paths.find(isIgnored);
    if (hidden !== undefined) ignored.add(hidden);
    else missing.add(paths[0] ?? claim);
    if (paths.length === 0) outside.add(claim);
  };
  for (const claim of claimed.created) compare(claim, true);
  for (const claim of claimed.modified) compare(claim, false);
  const undeclared = changes.filter((change) => !declared.has(change)).map(({ path }) => path);
  return {
    missing: [...missing],
    undeclared,
    misfiled: [...misfiled],
    ignored: [...ignored],
    outside: [...outside],
  };
}

/** Every path that a claim may mean: what is asked of git before the comparison. */
export function claimedPaths({ created, modified }: ClaimedFiles, place: WorkPlace): string[] {
  return [...new Set([...created, ...modified].flatMap((claim) => pathsOf(claim, place)))];
}

function finder(changes: readonly FactsOfChange[], place: WorkPlace) {
  const byKey = new Map<string, FactsOfChange>();
  for (const change of changes)
    if (change.oldPath !== undefined) byKey.set(keyOf(change.oldPath, place), change);
  // Another file may have the old name now: it is the one that is meant.
  for (const change of changes) byKey.set(keyOf(change.path, place), change);
  return (path: string) => byKey.get(keyOf(path, place));
}

/** A file of that name was there before: changed in place, removed, or moved away. */
function wasThere({ oldPath, status }: FactsOfChange, path: string, place: WorkPlace): boolean {
  if (status === 'A') return false;
  return status !== 'R' || (oldPath !== undefined && keyOf(path, place) === keyOf(oldPath, place));
}

/**
 * The paths below the top that a claim may mean, the likeliest first; none when it means something outside. Relative ones
 * are taken from where Claude worked, then from the top. A backslash may be a separator or a part of the name.
 */
function pathsOf(claim: string, place: WorkPlace): string[] {
  const found = [claim, claim.replaceAll('\\', '/')].flatMap((path) =>
    isAbsolute(path) ? fromRoots(path, place) : [posix.join(place.subfolder, path), path],
  );
  return [...new Set(found.map(inside).filter((path) => path !== undefined))];
}

function fromRoots(path: string, place: WorkPlace): string[] {
  return place.roots.flatMap(({ path: root, below }) => {
    const rest = restBelow(root.replaceAll('\\', '/'), path, place);
    return rest === undefined ? [] : [posix.join(below, rest)];
  });
}

function restBelow(root: string, path: string, place: WorkPlace): string | undefined {
  const above = partsOf(root);
  const parts = partsOf(path);
  const isBelow = above.every((part, index) => keyOf(part, place) === keyOf(parts[index] ?? '', place));
  return isBelow ? parts.slice(above.length).join('/') : undefined;
}

function partsOf(path: string): string[] {
  return posix.normalize(path).replace(/\/+$/, '').split('/');
}

/** Without `./`, `..` and doubled slashes; undefined for the top itself and for what lies above it. */
function inside(path: string): string | undefined {
  const plain = posix.normalize(path).replace(/\/+$/, '');
  return /^(?:|\.|\.\.(?:\/.*)?|\/.*)$/s.test(plain) ? undefined : plain;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:\//.test(path);
}

/** macOS takes a letter and its accent apart in names; git puts them together there. */
function keyOf(path: string, { ignoreCase }: WorkPlace): string {
  const composed = path.normalize('NFC');
  return ignoreCase ? composed.toLowerCase() : composed;
}
