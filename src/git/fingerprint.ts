/**
 * What of a repository decides which programs git starts and where its branches are, as digests: a run may change it,
 * and the diff of its tree does not show that.
 */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Environment } from '../environment.ts';
import { allConfig, type GitSetting, repositoryConfig } from './config.ts';
import { gitEnvironment, reasonOf, textOf } from './git.ts';
import type { Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';

/** Names with a digest or an id each. It can be kept as JSON, and has no value of a setting in it. */
export interface Fingerprint {
  /** Settings, with those of included files, of the repository and of the work tree. */
  readonly config: Names;
  /** Files that git obeys: rules, links to other objects, the link of the work tree to its repository. */
  readonly files: Names;
  readonly hooks: Names;
  /** HEAD of the person's checkout, and every ref. */
  readonly refs: Names;
}

type Names = Readonly<Record<string, string>>;

/** Takes it. Throws when the repository cannot be read. */
export async function takeFingerprint(
  repository: Repository,
  /** Null when nobody works in a tree of its own. */
  worktree: string | null,
  env: Environment,
): Promise<Fingerprint> {
  const { topLevel, commonDir } = repository;
  const shared = await repositoryConfig(topLevel, gitEnvironment(env));
  const all = worktree === null ? [] : await allConfig(worktree, gitEnvironment(env));
  const own = all.filter(({ scope }) => scope === 'worktree');
  const hooksPath = shared.findLast(({ name }) => name === 'core.hookspath')?.value;
  return {
    config: { ...configOf(shared), ...prefixed('worktree ', configOf(own)) },
    files: {
      ...(await digestsOf(commonDir, FILES, 'said')),
      ...(worktree !== null && prefixed('worktree ', await digestsOf(worktree, ['.git']))),
    },
    hooks: {
      ...(await digestsOf(commonDir, ['hooks'])),
      ...(hooksPath !== undefined && (await digestsOf(topLevel, [hooksPath]))),
    },
    refs: await refsOf(repository, env),
  };
}

export interface FingerprintChanges {
  /** Names of settings, files and hooks that were added, removed or changed. */
  readonly config: readonly string[];
  readonly files: readonly string[];
  readonly hooks: readonly string[];
  /** Null where there was, or is, no such ref. */
  readonly refs: readonly {
    readonly ref: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
}

/** What differs between two moments, in the order of the names. */
export function compareFingerprints(before: Fingerprint, after: Fingerprint): FingerprintChanges {
  return {
    config: changedIn(before.config, after.config),
    files: changedIn(before.files, after.files),
    hooks: changedIn(before.hooks, after.hooks),
    refs: changedIn(before.refs, after.refs).map((ref) => ({
      ref,
      from: before.refs[ref] ?? null,
      to: after.refs[ref] ?? null,
    })),
  };
}

function changedIn(before: Names, after: Names): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}

/** One digest for all of them, to be compared alone. */
export function digestOf(names: Names): string {
  return digest(JSON.stringify(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** In the shared part of the repository. */
const FILES = ['info', 'shallow', 'objects/info/alternates', 'objects/info/http-alternates'];

/** A setting may have several values. */
function configOf(settings: readonly GitSetting[]): Names {
  const byName = Map.groupBy(settings, ({ name }) => name);
  const entries = [...byName].map(([name, all]) => [
    name,
    digest(JSON.stringify(all.map(({ value }) => value))),
  ]);
  return Object.fromEntries(entries);
}

function prefixed(prefix: string, names: Names): Names {
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [prefix + name, value]));
}

async function refsOf({ topLevel, gitDir }: Repository, env: Environment): Promise<Names> {
  const { git } = await repositoryGit(topLevel, env);
  const listed = await git(['for-each-ref', '--format=%(refname) %(objectname)']);
  if (listed.code !== 0) throw new Error(`git lists no refs: ${reasonOf(listed)}`);
  const lines = textOf(listed).split('\n').filter(Boolean);
  const head = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '');
  return Object.fromEntries([['HEAD', head.trim()], ...lines.map((line) => line.split(' '))]);
}

/**
 * Of files, and of those in folders, by their paths; of what is neither, its kind.
 *
 * @param which `said` leaves out empty files, which tell git as much as none: the sandbox of Claude Code makes an empty
 *   `objects/info/alternates` to protect the place, and leaves it (seen in 2.1.329).
 */
async function digestsOf(
  folder: string,
  names: readonly string[],
  which: 'all' | 'said' = 'all',
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = resolve(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats) continue;
    if (stats.isDirectory()) {
      const inside = (await readdir(path)).filter((one) => !one.endsWith('.sample'));
      Object.assign(
        found,
        await digestsOf(
          folder,
          inside.map((one) => `${name}/${one}`),
          which,
        ),
      );
    } else if (which === 'said' && stats.isFile() && stats.size === 0) continue;
    else found[name] = digest(await contentOf(path, stats), String(stats.mode));
  }
  return found;
}

/** A pipe in place of a file would not end; a link may lead to a file that changes. */
async function contentOf(path: string, stats: Stats): Promise<Buffer | string> {
  if (!stats.isSymbolicLink()) return stats.isFile() ? readFile(path) : '';
  const to = await stat(path).catch(() => undefined);
  return (await readlink(path)) + (to?.isFile() ? digest(await readFile(path)) : '');
}

function digest(content: Buffer | string, more = ''): string {
  return createHash('sha256').update(content).update(more).digest('hex').slice(0, 32);
}
