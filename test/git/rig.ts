/** A repository of real git in a folder of its own, and ways to see what was done to it. */
import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/environment.ts';
import { type CommitPlan, commitTree } from '../../src/git/commit-tree.ts';
import { createMeasureDir } from '../../src/git/measure-dir.ts';
import { type MeasuredTree, measureTree } from '../../src/git/measure-tree.ts';
import { inspectRepository, type Repository } from '../../src/git/repository.ts';
import { addWorktree } from '../../src/git/worktree.ts';
import { runProgram } from '../../src/machine/program.ts';

export interface GitRig {
  readonly root: string;
  /** The checkout of the person, with one commit on `main`. */
  readonly repo: string;
  readonly env: Environment;
  /** Where a run would work. */
  readonly worktree: string;
  readonly measureDir: string;
  /** Runs git in the checkout; throws with its error output when it fails. */
  git(...words: string[]): Promise<string>;
  gitAt(folder: string, ...words: string[]): Promise<string>;
  /** Writes a file of the checkout. */
  put(name: string, content: string | Uint8Array): Promise<void>;
  /** Writes a file of the work tree. */
  edit(name: string, content: string | Uint8Array): Promise<void>;
  commit(message: string): Promise<string>;
  inspect(folder?: string): Promise<Repository>;
  /** Adds the work tree and its measure dir, as for a new project. */
  begin(): Promise<{ repository: Repository; base: string; gitDir: string }>;
  measure(): Promise<MeasuredTree & { kind: 'measured' }>;
  /** Measures the work tree and commits it. */
  submit(plan?: Partial<CommitPlan>): Promise<{ commit: string; tree: string }>;
  /** A program that leaves a mark when it is started. */
  program(name: string): Promise<string>;
  marked(): Promise<string[]>;
  /** What must be the same before a person approves. */
  untouched(): Promise<Record<string, string>>;
}

export const BRANCH = 'bridge/7f-fix-it';
export const REASON = 'bridge 7f';

export async function gitRig(init: readonly string[] = []): Promise<GitRig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'git-room-')));
  onTestFinished(async () => {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });
  const [repo, home, marks] = [join(root, 'site'), join(root, 'home'), join(root, 'marks')];
  const [worktree, measureDir] = [
    join(root, 'state', 'worktrees', '7f'),
    join(root, 'state', 'measure', '7f.git'),
  ];
  for (const one of [repo, home, marks, dirname(worktree)]) await mkdir(one, { recursive: true });
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(process.platform === 'win32' ? ';' : ':'),
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const gitAt = async (folder: string, ...words: string[]) => {
    const { code, stdout, stderr } = await runProgram('git', ['-C', folder, ...words], { env });
    if (code !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const git = (...words: string[]) => gitAt(repo, ...words);
  const write = async (file: string, content: string | Uint8Array) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  };
  const put = (name: string, content: string | Uint8Array) => write(join(repo, name), content);
  const commit = async (message: string) => {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  const inspect = async (folder = repo) => {
    const found = await inspectRepository(folder, env);
    if (found.kind !== 'repository') throw new Error(JSON.stringify(found));
    return found;
  };
  const measure = async () => {
    const measured = await measureTree(measureDir, worktree, env);
    if (measured.kind !== 'measured') throw new Error(JSON.stringify(measured));
    return measured;
  };
  let base = '';
  await git('init', '--quiet', '-b', 'main', ...init);
  await git('config', 'user.email', 'anna@example.com');
  await git('config', 'user.name', 'Anna');
  await put('a.txt', 'one\n');
  await put('src/b.txt', 'two\n');
  await commit('first');
  return {
    ...{ root, repo, env, worktree, measureDir, git, gitAt, put, commit, inspect, measure },
    edit: (name, content) => write(join(worktree, name), content),
    async begin() {
      const repository = await inspect();
      base = repository.headOid ?? '';
      const added = await addWorktree(
        repository,
        { path: worktree, branch: BRANCH, base, reason: REASON },
        env,
      );
      if (added.kind !== 'added') throw new Error(JSON.stringify(added));
      const plan = { measureDir, folder: worktree, repository, freshGitDir: added.gitDir };
      const made = await createMeasureDir(plan, env);
      if (made.kind !== 'made') throw new Error(JSON.stringify(made));
      return { repository, base, gitDir: added.gitDir };
    },
    async submit(plan = {}) {
      const { tree } = await measure();
      const usual = {
        tree,
        parents: [base],
        message: 'Fix it',
        trailers: [['Round', '1']],
        date: new Date(0),
      } as const;
      return { tree, commit: await commitTree(measureDir, { ...usual, ...plan }, env) };
    },
    async program(name) {
      const file = join(root, `${name}.sh`);
      await writeFile(file, `#!/bin/sh\ntouch '${join(marks, name)}'\ncat\n`);
      await chmod(file, 0o755);
      return file;
    },
    marked: async () => (await readdir(marks)).sort(),
    async untouched() {
      const gitDir = join(repo, '.git');
      return {
        refs: (await git('for-each-ref'))
          .split('\n')
          .filter((line) => !line.endsWith(`/${BRANCH}`))
          .join('\n'),
        ...(await digests(gitDir, [
          'HEAD',
          'config',
          'index',
          'hooks',
          'info',
          'packed-refs',
          'config.worktree',
        ])),
      };
    },
  };
}

/** The content of these files and folders, as digests. */
export async function digests(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = join(folder, name);
    const kind = await lstat(path).catch(() => undefined);
    if (!kind) continue;
    if (kind.isDirectory()) {
      const inside = await digests(path, (await readdir(path)).sort());
      for (const [key, value] of Object.entries(inside)) found[`${name}/${key}`] = value;
    } else {
      const content = kind.isSymbolicLink() ? await readlink(path) : await readFile(path);
      found[name] = createHash('sha256').update(content).update(String(kind.mode)).digest('hex');
    }
  }
  return found;
}
