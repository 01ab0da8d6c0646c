/** The person's repositories against the store: no worktree, ref or lock that nobody knows, and nothing damaged. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, Watched } from './checks.ts';
import { git, tryGit } from './repository.ts';

/** What git lists in each repository is recorded, and locked in the name of its project. */
export async function repositories(watched: Watched): Promise<Finding[]> {
  const { suspicions, world } = watched;
  const found = await unexpected(watched);
  const texts = found.map(([, what]) => what);
  // A lost worktree that is being made again is not there, or not locked, for a moment.
  const standing = suspicions.standing('repository', texts, world.isOver ? 0 : REMAKING_MS);
  return found.filter(([, what]) => standing.includes(what));
}

const REMAKING_MS = 30_000;

async function unexpected({ world, store }: Watched): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { alone, path } of world.repositories) {
    const [listed, refs] = await alone(() =>
      Promise.all([
        git(path, 'worktree', 'list', '--porcelain'),
        git(path, 'for-each-ref', '--format=%(refname)', 'refs/bridge/', 'refs/heads/bridge/'),
      ]),
    );
    const { worktrees } = store.tables();
    const own = worktrees.filter(({ repo }) => repo === path);
    for (const entry of listed.split('\n\n').slice(1)) {
      const folder = /^worktree (.*)$/m.exec(entry)?.[1] ?? '';
      const row = own.find((one) => one.path === folder);
      const lock = /^locked (.*)$/m.exec(entry)?.[1];
      if (!row) findings.push(['broken', `${path}: nobody recorded worktree ${folder}`]);
      else if (row.state === 'ready' && lock !== `bridge ${row.project_id}`)
        findings.push(['broken', `${path}: worktree ${folder} is locked as '${lock}'`]);
    }
    for (const { path: folder, state } of own)
      if (state === 'ready' && !listed.includes(`worktree ${folder}\n`))
        findings.push(['lost', `${path}: git does not know worktree ${folder} any more`]);
    for (const ref of refs.split('\n').filter((one) => one !== '')) {
      const isKnown = own.some(({ project_id, branch }) =>
        ref.startsWith('refs/heads/') ? ref === `refs/heads/${branch}` : ref.includes(project_id),
      );
      if (!isKnown) findings.push(['broken', `${path}: nobody recorded ${ref}`]);
    }
  }
  return findings;
}

/** At the end, when nobody works: no lock is left, and git finds nothing missing or damaged. */
export async function wholeRepositories({ world, store }: Watched): Promise<Finding[]> {
  const findings: Finding[] = [];
  const gitDirs = [
    ...world.repositories.map(({ path }) => join(path, '.git')),
    ...world.repositories.flatMap(({ remote }) => remote ?? []),
    ...store.tables().worktrees.map(({ measure_dir }) => measure_dir),
  ];
  for (const gitDir of gitDirs) {
    const names = await readdir(gitDir, { recursive: true }).catch(() => []);
    const locks = names.filter((name) => name.endsWith('.lock'));
    findings.push(...locks.map((name): Finding => ['broken', `${join(gitDir, name)} was left`]));
    const whole = await tryGit(gitDir, 'fsck', '--no-progress', '--no-dangling');
    if (whole === undefined) findings.push(['lost', `git fsck finds damage in ${gitDir}`]);
  }
  return findings;
}
