/** What differs between two trees or commits of a measure dir: exact names, renames, kinds, sizes, lines. */
import type { Environment } from '../environment.ts';
import { type Git, type GitResult, reasonOf } from './git.ts';
import { measureGit } from './measure-dir.ts';
import { type FileName, fieldsOf, fileName } from './names.ts';

export interface TreeChange extends FileName {
  /** Added, modified, deleted, renamed (perhaps modified too), or another kind of file. */
  readonly status: 'A' | 'M' | 'D' | 'R' | 'T';
  /** Of a rename. */
  readonly oldPath?: string;
  readonly oldPathBase64?: string;
  /** In lines; 0 for a binary file. */
  readonly insertions: number;
  readonly deletions: number;
  readonly binary: boolean;
  /** As git writes it: `100644`, `100755`, `120000` for a link, `160000` for a commit of another repository. */
  readonly mode: string | null;
  readonly oldMode: string | null;
  /** In bytes, of the new content; 0 where there is none in this repository. */
  readonly size: number;
  /** Where a link leads. */
  readonly target?: string;
}

export interface TreeDiff {
  readonly insertions: number;
  readonly deletions: number;
  /** How many of the changes are of binary files. */
  readonly binary: number;
  /** In the order of git. */
  readonly changes: readonly TreeChange[];
}

export interface DiffFailure {
  readonly kind: 'failed';
  readonly cause: 'late' | 'too-long' | 'stopped' | 'failed';
  readonly detail: string;
}

export interface DiffOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Compares two trees or commits. */
export async function diffTrees(
  measureDir: string,
  { from, to }: { readonly from: string; readonly to: string },
  env: Environment,
  options: DiffOptions = {},
): Promise<({ readonly kind: 'compared' } & TreeDiff) | DiffFailure> {
  const bound = measureGit(measureDir, null, env);
  const git: Git = (args, more) => bound(args, { ...options, ...more });
  const listed = await git(['diff-tree', '-r', '-z', '--raw', '--numstat', ...DIFF, from, to], {
    config: TEXT,
  });
  if (listed.code !== 0) return diffFailure(listed);
  const entries = entriesIn(fieldsOf(listed.stdout));
  const contents = await contentsOf(git, entries);
  if ('kind' in contents) return contents;
  const changes = entries.map((entry) => changeOf(entry, contents));
  return {
    kind: 'compared',
    insertions: changes.reduce((sum, change) => sum + change.insertions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    binary: changes.filter((change) => change.binary).length,
    changes,
  };
}

/** The same for every comparison, whatever is configured: both sides by name, no program of a driver. */
export const DIFF = ['--find-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--full-index'];

/** Larger files are compared as binary ones: comparing takes several times their size in memory. */
export const TEXT = [['core.bigFileThreshold', '32m']] as const;

export function diffFailure(result: GitResult): DiffFailure {
  const { failure } = result;
  const cause = failure === null || failure === 'missing' || failure === 'other' ? 'failed' : failure;
  return { kind: 'failed', cause, detail: reasonOf(result) };
}

interface Entry {
  readonly oldMode: string;
  readonly mode: string;
  readonly oid: string;
  readonly status: TreeChange['status'];
  readonly old: Buffer | undefined;
  readonly name: Buffer;
  readonly insertions: string;
  readonly deletions: string;
}

/** All raw records come first, then as many with numbers, in the same order. */
function entriesIn(fields: readonly Buffer[]): Entry[] {
  const raw: Omit<Entry, 'insertions' | 'deletions'>[] = [];
  let at = 0;
  const next = (): Buffer => fields[at++] ?? Buffer.alloc(0);
  while (fields[at]?.[0] === COLON) {
    const [oldMode = '', mode = '', , oid = '', letter = ''] = next().toString().slice(1).split(' ');
    const status = letter.charAt(0) as TreeChange['status'];
    const old = status === 'R' ? next() : undefined;
    raw.push({ oldMode, mode, oid, status, old, name: next() });
  }
  return raw.map((entry) => {
    const [insertions = '', deletions = ''] = next().toString().split('\t', 2);
    // The names of a rename follow as fields of their own.
    if (entry.old) at += 2;
    return { ...entry, insertions, deletions };
  });
}

/** The mode of a commit of another repository. */
export const GITLINK = '160000';

const COLON = ':'.charCodeAt(0);
const [LINK, NONE] = ['120000', '000000'];

interface Contents {
  readonly sizes: ReadonlyMap<string, number>;
  readonly targets: ReadonlyMap<string, string>;
}

async function contentsOf(git: Git, entries: readonly Entry[]): Promise<Contents | DiffFailure> {
  const there = entries.filter(({ mode }) => mode !== NONE);
  const sizes = await batch(git, ['--batch-check=%(objectname) %(objectsize)'], there);
  if (sizes.code !== 0) return diffFailure(sizes);
  const links = there.filter(({ mode }) => mode === LINK);
  const targets = await batch(git, ['--batch=%(objectname) %(objectsize)'], links);
  if (targets.code !== 0) return diffFailure(targets);
  const lines = sizes.stdout.toString().split('\n');
  // A commit of another repository is `missing`.
  const known = lines.map((line) => line.split(' ')).filter(([, size]) => /^\d+$/.test(size ?? ''));
  return {
    sizes: new Map(known.map(([oid = '', size]) => [oid, Number(size)])),
    targets: new Map(textsIn(targets.stdout)),
  };
}

function batch(git: Git, words: readonly string[], entries: readonly Entry[]): Promise<GitResult> {
  return git(['cat-file', ...words], { input: entries.map(({ oid }) => `${oid}\n`).join('') });
}

/** `<oid> <size>`, a line end, the content, a line end. */
function* textsIn(output: Buffer): Generator<[string, string]> {
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const [oid = '', size] = output.toString('utf8', at, end).split(' ');
    const next = end + 1 + Number(size);
    yield [oid, output.toString('utf8', end + 1, next)];
    at = next + 1;
  }
}

function changeOf(entry: Entry, { sizes, targets }: Contents): TreeChange {
  const { name, old, status, mode, oldMode, oid } = entry;
  const before = old && fileName(old);
  const binary = entry.insertions === '-';
  const target = mode === LINK ? targets.get(oid) : undefined;
  return {
    ...fileName(name),
    ...(before && { oldPath: before.path }),
    ...(before?.pathBase64 !== undefined && { oldPathBase64: before.pathBase64 }),
    status,
    insertions: binary ? 0 : Number(entry.insertions),
    deletions: binary ? 0 : Number(entry.deletions),
    binary,
    mode: mode === NONE ? null : mode,
    oldMode: oldMode === NONE ? null : oldMode,
    size: sizes.get(oid) ?? 0,
    ...(target !== undefined && { target }),
  };
}
