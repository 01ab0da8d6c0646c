import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repositoryConfig } from '../../src/git/config.ts';
import { guardedFromGit } from '../../src/git/guard.ts';
import { programSettings } from '../../src/git/program-settings.ts';
import { runProgram } from '../../src/machine/program.ts';
import { onWindows } from '../platform.ts';

const PATH = [dirname(process.execPath), '/usr/bin', '/bin'].join(':');

/** A repository with a change, and a way to plant programs in it that leave a mark. */
async function repository() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'git-guard-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [folder, marks, home] = [join(root, 'site'), join(root, 'marks'), join(root, 'home')];
  for (const one of [folder, marks, home]) await mkdir(one);
  const env = { PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  const git = async (
    words: readonly string[],
    environment: Readonly<Record<string, string | undefined>> = env,
  ) => {
    const { code, stdout, stderr } = await runProgram('git', ['-C', folder, ...words], { env: environment });
    return { code, stdout, stderr };
  };
  const program = async (name: string) => {
    const file = join(root, `${name}.sh`);
    await writeFile(file, `#!/bin/sh\ntouch '${join(marks, name)}'\ncat\n`);
    await chmod(file, 0o755);
    return file;
  };
  await git(['init', '--quiet']);
  await git(['config', 'user.email', 'a@example.com']);
  await git(['config', 'user.name', 'A']);
  await writeFile(join(folder, '.gitattributes'), '*.txt filter=evil diff=evil\n');
  await writeFile(join(folder, 'a.txt'), 'one\n');
  await git(['add', '.']);
  await git(['commit', '--quiet', '-m', 'first']);
  await writeFile(join(folder, 'a.txt'), 'two\n');
  return { root, folder, env, git, program, marked: async () => (await readdir(marks)).sort() };
}

describe.skipIf(onWindows)('programs that a repository names (needs #! scripts)', () => {
  test("a repository's programs are not started by git status, git log and git show, and are without the guard", async () => {
    const { folder, env, git, program, marked } = await repository();
    await git(['config', 'core.fsmonitor', await program('fsmonitor')]);
    await git(['config', 'filter.evil.clean', await program('clean')]);
    await git(['config', 'filter.evil.smudge', await program('smudge')]);
    await git(['config', 'filter.evil.required', 'true']);
    await git(['config', 'diff.evil.textconv', await program('textconv')]);
    await writeFile(
      join(folder, '.git', 'hooks', 'post-index-change'),
      `#!/bin/sh\n'${await program('hook')}' </dev/null\n`,
      {
        mode: 0o755,
      },
    );
    const guarded = guardedFromGit(env, await repositoryConfig(folder, env));
    for (const words of [['status', '--short'], ['log', '-p'], ['show']]) {
      const { code, stdout } = await git(words, guarded);
      expect(code).toBe(0);
      expect(stdout).toContain('a.txt');
    }
    expect(await marked()).toEqual([]);
    for (const words of [
      ['status', '--short'],
      ['log', '-p'],
    ])
      await git(words);
    expect(await marked()).toEqual(expect.arrayContaining(['fsmonitor', 'hook', 'textconv']));
  });

  test("a repository's programs are found in what its configuration includes", async () => {
    const { root, folder, env, git, program, marked } = await repository();
    const included = join(root, 'more.gitconfig');
    await writeFile(included, `[filter "evil"]\n\tclean = ${await program('clean')}\n`);
    await git(['config', 'include.path', included]);
    const settings = await repositoryConfig(folder, env);
    expect(programSettings(settings).map(({ name }) => name)).toEqual(['filter.evil.clean']);
    await git(['status', '--short'], guardedFromGit(env, settings));
    expect(await marked()).toEqual([]);
  });

  test("a repository's programs are found from a folder below, and without a work tree", async () => {
    const { root, folder, env, git } = await repository();
    await git(['config', 'core.sshCommand', './ssh']);
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    const names = async (where: string) =>
      programSettings(await repositoryConfig(where, env)).map(({ name }) => name);
    expect(await names(join(folder, 'deep', 'er'))).toEqual(['core.sshcommand']);
    await git(['clone', '--quiet', '--bare', '.', join(root, 'bare')]);
    await git(['-C', join(root, 'bare'), 'config', 'core.fsmonitor', './watch']);
    expect(await names(join(root, 'bare'))).toEqual(['core.fsmonitor']);
  });

  test("a repository's programs are found where HEAD is a link to a branch that does not exist yet", async () => {
    const { root, git, env, program, marked } = await repository();
    const odd = join(root, 'odd');
    await git(['init', '--quiet', '--bare', odd]);
    await rm(join(odd, 'HEAD'));
    await symlink('refs/heads/main', join(odd, 'HEAD'));
    await git(['config', '--file', join(odd, 'config'), 'core.bare', 'false']);
    await git(['config', '--file', join(odd, 'config'), 'core.worktree', '.']);
    await git(['config', '--file', join(odd, 'config'), 'filter.evil.clean', await program('clean')]);
    await writeFile(join(odd, '.gitattributes'), '*.txt filter=evil\n');
    await writeFile(join(odd, 'a.txt'), 'one\n');
    const settings = await repositoryConfig(odd, env);
    expect(programSettings(settings).map(({ name }) => name)).toEqual(['filter.evil.clean']);
    expect(await git(['-C', odd, 'add', 'a.txt'], guardedFromGit(env, settings))).toMatchObject({ code: 0 });
    expect(await marked()).toEqual([]);
  });

  test('a configuration that cannot be read to its end counts as one that names programs', async () => {
    const { folder, env, git } = await repository();
    const padding = `[padding]\n${`\tkey = ${'x'.repeat(1000)}\n`.repeat(17_000)}`;
    await appendFile(join(folder, '.git', 'config'), padding);
    expect(await git(['status', '--short'])).toMatchObject({ code: 0 });
    await expect(repositoryConfig(folder, env)).rejects.toThrow(
      `the git configuration of ${folder} cannot be read`,
    );
    const late = async () => ({ code: null, stdout: '', stderr: '', failure: 'late' }) as const;
    await expect(repositoryConfig(folder, env, late)).rejects.toThrow('git did not finish in time');
  });

  test('a folder without repository or git has no programs', async () => {
    const { root, env } = await repository();
    expect(await repositoryConfig(join(root, 'home'), env)).toEqual([]);
    expect(await repositoryConfig(join(root, 'home'), { PATH: '/nowhere' })).toEqual([]);
  });
});

test('the person’s own git configuration keeps its programs', () => {
  expect(guardedFromGit({}, [])).toEqual({
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: 'false',
  });
});

test("the environment's own settings of git stay", () => {
  const env = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'A',
    GIT_OPTIONAL_LOCKS: '1',
  };
  expect(guardedFromGit(env, [])).toEqual({
    ...env,
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_1: 'core.fsmonitor',
    GIT_CONFIG_VALUE_1: 'false',
  });
  expect(guardedFromGit({ GIT_CONFIG_COUNT: 'many' }, [])).toEqual({ GIT_CONFIG_COUNT: 'many' });
});

describe('git settings that name a program', () => {
  test.each([
    ['core.fsmonitor', '.git/watch.sh'],
    ['core.hookspath', '.husky/_'],
    ['core.sshcommand', 'ssh -i key'],
    ['core.pager', 'less'],
    ['credential.helper', 'store'],
    ['credential.https://example.com.helper', '!f() { :; }; f'],
    ['diff.external', 'difft'],
    ['diff.pdf.textconv', 'pdftotext'],
    ['filter.lfs.clean', 'git-lfs clean -- %f; curl evil'],
    ['alias.st', '!rm -rf .'],
    ['submodule.a.update', '!make'],
    ['remote.origin.url', 'ext::sh -c evil'],
    ['hook.x.command', './x'],
    ['gpg.ssh.program', './sign'],
  ])('a git setting names a program: %s = %s', (name, value) => {
    expect(programSettings([{ name, value }])).toEqual([{ name, value }]);
  });

  test.each([
    ['core.fsmonitor', 'true'],
    ['core.bare', 'false'],
    ['alias.st', 'status --short'],
    ['filter.lfs.clean', 'git-lfs clean -- %f'],
    ['filter.lfs.smudge', 'git-lfs smudge --skip -- %f'],
    ['filter.lfs.process', 'git-lfs filter-process'],
    ['filter.git-crypt.clean', '"git-crypt" clean'],
    ['remote.origin.url', 'git@example.com:a/b.git'],
    ['pager.log', 'false'],
  ])('a git setting names no program: %s = %s', (name, value) => {
    expect(programSettings([{ name, value }])).toEqual([]);
  });
});
