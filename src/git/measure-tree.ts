/** Writes the content of a folder as a tree into its measure dir, and names what a tree cannot hold. */
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { type Git, type GitResult, reasonOf, textOf } from './git.ts';
import { clearLeftovers, markOf } from './leftover.ts';
import { measureGit } from './measure-dir.ts';
import { type FileName, fieldsOf, fileName } from './names.ts';
import { specialFiles } from './special-files.ts';
import { GITLINK } from './tree-diff.ts';

/** What is in the folder and not, or not wholly, in the tree. */
export interface Unmeasured {
  readonly kind: 'nested-repository' | 'special-file' | 'unreadable';
  readonly name: FileName;
}

export type MeasuredTree =
  | {
      readonly kind: 'measured';
      readonly tree: string;
      /** In the order of their names. */
      readonly problems: readonly Unmeasured[];
      /** Commits of other repositories: submodules, and nested repositories. Only the commit is in the tree. */
      readonly gitlinks: readonly FileName[];
    }
  | {
      readonly kind: 'unmeasured';
      readonly cause: 'folder-gone' | 'late' | 'no-git' | 'stopped' | 'failed';
      readonly detail: string;
    };

export interface MeasureOptions {
  /** For all of it. Default: 5 minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_LIMIT_MS = 300_000;

/** Measures the folder that the measure dir was made for. One call at a time. */
export async function measureTree(
  measureDir: string,
  folder: string,
  env: Environment,
  { timeoutMs = DEFAULT_LIMIT_MS, signal }: MeasureOptions = {},
): Promise<MeasuredTree> {
  // Somebody may have put a link to another folder in its place.
  const isFolder = await lstat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return { kind: 'unmeasured', cause: 'folder-gone', detail: folder };
  await clearLeftovers(measureDir, measureDir);
  const bound = measureGit(measureDir, folder, env);
  const git: Git = (args) =>
    bound(args, { timeoutMs, signal, variables: markOf(measureDir), maxBytes: MAX_LIST_BYTES });
  const added = await addAll(git, measureDir);
  if (added.code !== 0 && added.code !== 1) return unmeasured(added);
  const [tree, left, index] = await Promise.all([
    git(['write-tree']),
    git(['ls-files', '-z', '-t', '--others', '--modified', '--exclude-standard']),
    git(['ls-files', '-z', '--stage']),
  ]);
  const failed = [tree, left, index].find(({ code }) => code !== 0);
  if (failed) return unmeasured(failed);
  const entries = fieldsOf(index.stdout).map(entryIn);
  const gitlinks = entries.filter(({ mode }) => mode === GITLINK).map(({ name }) => name);
  const special = await specialFiles(
    folder,
    entries.map(({ name }) => name),
  );
  const links = new Set(gitlinks.map((name) => name.toString('latin1')));
  const problems = [
    ...fieldsOf(left.stdout)
      .map((field) => field.subarray(2))
      .filter((name) => !links.has(name.toString('latin1')))
      .map(problemWith),
    ...[...`${added.stderr}\n${left.stderr}`.matchAll(CLOSED_FOLDER)].map(([, name = '']) =>
      problem('unreadable', Buffer.from(name)),
    ),
    ...special.map((name) => problem('special-file', name)),
  ];
  return {
    kind: 'measured',
    tree: textOf(tree),
    problems: unique(problems),
    gitlinks: gitlinks.map(fileName),
  };
}

const MAX_LIST_BYTES = 1_000_000_000;

/** Rereads everything where the index that was copied is of no use. */
async function addAll(git: Git, measureDir: string): Promise<GitResult> {
  const add = () => git(['add', '--all', '--sparse', '--ignore-errors', '--', ':/']);
  const added = await add();
  if (added.code !== 128 || !/index/.test(added.stderr)) return added;
  await rm(join(measureDir, 'index'), { force: true });
  return add();
}

/** `<mode> <oid> <stage>\t<name>` */
function entryIn(field: Buffer): { mode: string; name: Buffer } {
  return { mode: field.subarray(0, 6).toString(), name: field.subarray(field.indexOf('\t') + 1) };
}

/** Git lists a nested repository without a commit as a folder. */
function problemWith(name: Buffer): Unmeasured {
  const isFolder = name.at(-1) === '/'.charCodeAt(0);
  return isFolder ? problem('nested-repository', name.subarray(0, -1)) : problem('unreadable', name);
}

function problem(kind: Unmeasured['kind'], name: Buffer): Unmeasured {
  return { kind, name: fileName(name) };
}

/** Seen with git 2.39, which goes on. */
const CLOSED_FOLDER = /^warning: could not open directory '(.*)\/': Permission denied$/gm;

function unique(problems: readonly Unmeasured[]): Unmeasured[] {
  const byName = new Map(problems.map((one) => [one.name.pathBase64 ?? one.name.path, one]));
  return [...byName.values()].sort((a, b) => (a.name.path < b.name.path ? -1 : 1));
}

function unmeasured(result: GitResult): MeasuredTree {
  const { failure } = result;
  const cause =
    failure === 'late' || failure === 'stopped' ? failure : failure === 'missing' ? 'no-git' : 'failed';
  return { kind: 'unmeasured', cause, detail: reasonOf(result) };
}
