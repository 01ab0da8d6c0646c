/** Commits of the person's to the branch that work lands on. */
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { again, type DeskOptions } from './persons-git.ts';
import { BASE, git, type Repository } from './repository.ts';

/** Commits to the base, where it is checked out or aside; null removes a file. */
export async function commit(
  { journal }: DeskOptions,
  { path, checkedOut, alone }: Repository,
  files: Readonly<Record<string, string | null>>,
): Promise<void> {
  const message = `Mine: ${Object.keys(files).join(' ')}`;
  const inFolder = async (folder: string) => {
    for (const [file, text] of Object.entries(files)) {
      if (text === null) await rm(join(folder, file), { force: true });
      else await writeFile(join(folder, file), text);
    }
    const names = Object.keys(files);
    await again(() => git(folder, 'add', '--', ...names));
    await again(() => git(folder, 'commit', '--quiet', '-m', message, '--', ...names));
    const own = await git(folder, 'log', '-1', '--format=%H', `--grep=^${message}$`);
    journal.personsCommits.add(own);
  };
  await alone(async () => {
    if (checkedOut === BASE) return inFolder(path);
    const aside = join(dirname(path), 'aside');
    await git(path, 'worktree', 'add', '--quiet', aside, BASE);
    await inFolder(aside);
    await git(path, 'worktree', 'remove', '--force', aside);
  });
}
