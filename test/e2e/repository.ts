import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digests } from '../git/rig.ts';
import type { Rig } from './rig.ts';

/** A repository with one commit on `main`, that config.json names, with these settings of the workspace. */
export async function repository(rig: Rig, settings: Readonly<Record<string, unknown>> = {}, name = 'site') {
  const folder = await rig.workspace(name, settings);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', env: rig.environment }).trim();
  git('init', '--quiet', '-b', 'main');
  git('config', 'user.email', 'anna@example.com');
  git('config', 'user.name', 'Anna');
  await writeFile(join(folder, 'CLAUDE.md'), 'The house rule: write in verse.\n');
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app', 'a.txt'), 'one\n');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'first');
  const untouched = async () => ({
    status: git('status', '--porcelain'),
    refs: git('for-each-ref', 'refs/heads/main', 'refs/tags', 'refs/remotes'),
    ...(await digests(folder, ['CLAUDE.md', 'app'])),
    ...(await digests(join(folder, '.git'), ['HEAD', 'config', 'index', 'hooks', 'info'])),
  });
  return { folder, git, untouched };
}
