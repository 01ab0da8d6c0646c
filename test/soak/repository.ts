/** A git repository of the soak's person, and the person's own git in it. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface RepositoryPlan {
  readonly name: string;
  readonly path: string;
  /** A bare repository on this disk, `origin`. */
  readonly remote: string | null;
  /** The branch in the person's checkout. */
  readonly checkedOut: string;
}

export interface Repository extends RepositoryPlan {
  /** Lets one act, or one look, of the person's at a time be in it. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The branch that the work lands on. */
export const BASE = 'main';
/** A file that the repository has from its beginning. */
export const NOTES = 'notes.txt';

export async function makeRepository(plan: RepositoryPlan): Promise<Repository> {
  const { path, remote, checkedOut } = plan;
  await mkdir(path, { recursive: true });
  await git(path, 'init', '--quiet', '-b', BASE);
  await git(path, 'config', 'user.email', 'anna@example.com');
  await git(path, 'config', 'user.name', 'Anna');
  // A clean-up in the background would outlive the soak.
  await git(path, 'config', 'gc.auto', '0');
  await git(path, 'config', 'maintenance.auto', 'false');
  await writeFile(join(path, '.gitignore'), '.prepared\n');
  await writeFile(join(path, NOTES), 'first\n');
  await git(path, 'add', '--all');
  await git(path, 'commit', '--quiet', '-m', 'first');
  if (checkedOut !== BASE) await git(path, 'checkout', '--quiet', '-b', checkedOut);
  if (remote !== null) {
    await git(path, 'init', '--quiet', '--bare', '-b', BASE, remote);
    await git(path, 'remote', 'add', 'origin', remote);
    await git(path, 'push', '--quiet', 'origin', BASE);
  }
  return { ...plan, alone: turns() };
}

/** The person's git. Throws where it fails, with what it said. */
export async function git(folder: string, ...words: string[]): Promise<string> {
  const { stdout } = await execute('git', words, {
    cwd: folder,
    env: ENVIRONMENT,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout.trimEnd();
}

/** As `git`; undefined where it fails. */
export async function tryGit(folder: string, ...words: string[]): Promise<string | undefined> {
  return git(folder, ...words).catch(() => undefined);
}

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 50_000_000;

/** A look takes no lock, as in the prompt of a shell. Nothing of the soak's folder: these are none of its processes. */
const ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_CONFIG_NOSYSTEM: '1',
};

function turns(): Repository['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
