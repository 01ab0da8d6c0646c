/** What git finds out about a round: the changes from its base, and what the diff does not show. */
import type { Environment } from '../environment.ts';
import { compareFingerprints, type Fingerprint, takeFingerprint } from '../git/fingerprint.ts';
import { textOf } from '../git/git.ts';
import { measureGit } from '../git/measure-dir.ts';
import type { MeasuredTree } from '../git/measure-tree.ts';
import { fieldsOf } from '../git/names.ts';
import type { Repository } from '../git/repository.ts';
import { repositoryGit } from '../git/repository-git.ts';
import { diffTrees, GITLINK, type TreeChange, type TreeDiff } from '../git/tree-diff.ts';
import type { Change, UnmeasuredCause } from '../project/evidence.ts';
import { type ClaimedFiles, claimedPaths, type WorkPlace } from './claims.ts';
import type { RoundFacts } from './warnings.ts';

/** Where a round was done, and with what it is compared. */
export interface MeasuredPlace {
  readonly measureDir: string;
  /** The top of what is measured: of the worktree, or a folder without git. */
  readonly folder: string;
  /** The commit or tree from before the first run. */
  readonly base: string;
  /** Null for a folder without git. */
  readonly repository: Repository | null;
  /** How the repository was before the first run; null where nobody looked. */
  readonly fingerprint: Fingerprint | null;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

export class Unmeasured extends Error {
  override name = 'Unmeasured';
  readonly kind: UnmeasuredCause;

  constructor(kind: UnmeasuredCause, detail: string) {
    super(detail);
    this.kind = kind;
  }
}

/** From the base to this tree. Throws Unmeasured. */
export async function changesTo(tree: string, place: MeasuredPlace, from = place.base): Promise<TreeDiff> {
  const { measureDir, env, signal } = place;
  const diff = await diffTrees(measureDir, { from, to: tree }, env, { signal });
  if (diff.kind === 'compared') return diff;
  const kind = {
    late: 'time_limit',
    'too-long': 'too_big',
    stopped: 'git_failed',
    failed: 'git_failed',
  } as const;
  throw new Unmeasured(kind[diff.cause], diff.detail);
}

/** As evidence has it: the mode only where it is new. */
export function asChange({ mode, oldMode, target: _, ...change }: TreeChange): Change {
  return { ...change, ...(mode !== null && mode !== oldMode && { mode }) };
}

type GitFacts = Omit<
  RoundFacts,
  'outline' | 'changes' | 'changedByChecks' | 'claimedOutside' | 'checkInputs'
>;

export async function factsOf(
  measured: MeasuredTree & { kind: 'measured' },
  changes: readonly TreeChange[],
  place: MeasuredPlace,
): Promise<GitFacts> {
  const named = (kind: (typeof measured.problems)[number]['kind']) =>
    measured.problems.filter((one) => one.kind === kind).map(({ name }) => name.path);
  const links = changes.filter(({ mode }) => mode === GITLINK);
  const isMoved = ({ oldMode }: TreeChange) => oldMode === GITLINK;
  return {
    paths: changes.some(({ status }) => status === 'A' || status === 'R')
      ? await pathsIn(measured.tree, place)
      : [],
    links: changes.flatMap(({ path, target }) => (target === undefined ? [] : [{ path, target }])),
    hiddenFromGit: await hiddenFromGit(measured.tree, place),
    repository: await changedIn(place),
    nestedRepositories: [
      ...named('nested-repository'),
      ...links.filter((link) => !isMoved(link)).map(({ path }) => path),
    ],
    movedSubmodules: links.filter(isMoved).map(({ path }) => path),
    specialFiles: named('special-file'),
    unreadable: named('unreadable'),
  };
}

/** What of the claims git ignores. */
export async function ignoredClaims(
  claimed: ClaimedFiles,
  work: WorkPlace,
  { measureDir, folder, env, signal }: MeasuredPlace,
): Promise<ReadonlySet<string>> {
  const paths = claimedPaths(claimed, work).filter((path) => !path.includes('\0'));
  const ask = async (some: readonly string[]) =>
    measureGit(
      measureDir,
      folder,
      env,
    )(['check-ignore', '-z', '--stdin'], { input: some.join('\0'), signal });
  const all = await ask(paths);
  // One that leads through a link makes git refuse all (seen with git 2.39).
  const answers =
    all.code === REFUSED ? await Promise.all(paths.slice(0, MAX_ASKED).map((path) => ask([path]))) : [all];
  return new Set(answers.flatMap(({ stdout }) => fieldsOf(stdout).map(String)));
}

const REFUSED = 128;
const MAX_ASKED = 100;

async function pathsIn(tree: string, { measureDir, env, signal }: MeasuredPlace): Promise<string[]> {
  const listed = await measureGit(
    measureDir,
    null,
    env,
  )(['ls-tree', '-r', '-z', '--name-only', tree], { signal });
  return fieldsOf(listed.stdout).map(String);
}

/**
 * What differs from the commit of HEAD, and what `git status` shows of that: settings and lists in the repository can keep
 * it silent. Where git shows nothing at all, everything is hidden.
 */
async function hiddenFromGit(tree: string, place: MeasuredPlace): Promise<string[]> {
  const { repository, folder, env, signal } = place;
  if (repository === null) return [];
  const guarded = await repositoryGit(folder, env).catch(() => undefined);
  // Of a folder below the top, git tells another tree and other names.
  const prefix = await guarded?.git(['rev-parse', '--show-prefix'], { signal });
  if (prefix?.code === 0 && textOf(prefix) !== '') return [];
  const head = await guarded?.git(['rev-parse', '--verify', 'HEAD^{tree}'], { signal });
  const from = head?.code === 0 ? textOf(head) : place.base;
  const { changes } = await changesTo(tree, place, from).catch(() => changesTo(tree, place));
  if (changes.length === 0) return [];
  const status = await guarded?.git(STATUS, { signal });
  const shown = new Set(
    status?.code === 0 ? fieldsOf(status.stdout).map((field) => String(field.subarray(3))) : [],
  );
  return changes
    .filter(({ mode, oldMode }) => mode !== GITLINK && oldMode !== GITLINK)
    .filter(({ path, oldPath = path }) => !shown.has(path) && !shown.has(oldPath))
    .map(({ path }) => path);
}

const STATUS = [
  'status',
  '--porcelain=v1',
  '-z',
  '--untracked-files=all',
  '--no-renames',
  '--ignore-submodules=all',
];

async function changedIn({
  repository,
  fingerprint,
  folder,
  env,
}: MeasuredPlace): Promise<RoundFacts['repository']> {
  if (repository === null || fingerprint === null) return { config: [], hooks: [], refs: [] };
  const worktree = folder === repository.topLevel ? null : folder;
  const now = await takeFingerprint(repository, worktree, env).catch((error: Error) => error);
  if (now instanceof Error) return { config: [now.message], hooks: [], refs: [] };
  const { config, files, hooks, refs } = compareFingerprints(fingerprint, now);
  return {
    config: [...config, ...files],
    hooks,
    refs: refs.map(({ ref }) => ref).filter((ref) => !OURS.test(ref)),
  };
}

/** Claude may commit on the branch of its worktree, and other projects have theirs. */
const OURS = /^refs\/(?:heads\/)?bridge\//;
