/** Our process is killed after each of its calls of git, and the same step is taken again. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findExecutable } from '../../src/machine/executable.ts';
import { onWindows } from '../platform.ts';
import { type Step, takeStep } from './fixtures/step.ts';
import { BRANCH, type GitRig, gitRig, REASON } from './rig.ts';

const SCRIPT = fileURLToPath(new URL('fixtures/step.ts', import.meta.url));
const REF = 'refs/bridge/7f/1';

type UnboundStep = Step extends infer S ? (S extends Step ? Omit<S, 'env'> : never) : never;

/** Takes a step in a process that is killed after its call of git with this number; null when it was. */
async function take({ root, env }: GitRig, step: UnboundStep, killAfter: number): Promise<unknown> {
  const bin = join(root, `bin-${killAfter}`);
  await mkdir(bin, { recursive: true });
  const git = findExecutable('git', env.PATH);
  await writeFile(join(bin, 'calls'), '0');
  const lines = [
    '#!/bin/sh',
    `n=$(($(cat '${bin}/calls') + 1)); echo $n > '${bin}/calls'`,
    `'${git}' "$@"; code=$?`,
    `[ "$n" = "${killAfter}" ] && kill -9 $PPID`,
    'exit $code',
  ];
  await writeFile(join(bin, 'git'), `${lines.join('\n')}\n`, { mode: 0o755 });
  const input = JSON.stringify({ ...step, env: { ...env, PATH: `${bin}:${env.PATH}` } });
  const flags = ['--experimental-strip-types', '--no-warnings', SCRIPT, input];
  const ended = promisify(execFile)(process.execPath, flags, { env: {} });
  return ended.then(
    ({ stdout }) => JSON.parse(stdout),
    (error) => {
      if (error.signal === 'SIGKILL') return null;
      throw error;
    },
  );
}

/** Kills the step after its first call, takes it again, looks, begins again; then after its second, until it ends. */
async function killEverywhere(
  rig: GitRig,
  step: UnboundStep,
  look: (result: unknown) => Promise<void>,
  restore: () => Promise<unknown>,
): Promise<void> {
  for (let call = 1; call < 100; call++) {
    const first = await take(rig, step, call);
    await look(first ?? (await takeStep({ ...step, env: rig.env } as Step)));
    if (first !== null) return expect(call).toBeGreaterThan(3);
    await restore();
  }
}

/** Submitted work, and what lands it. */
async function submitted() {
  const rig = await gitRig();
  const { repository, base } = await rig.begin();
  await rig.edit('a.txt', 'changed\n');
  await rig.edit('new/c.txt', 'new\n');
  const { commit, tree } = await rig.submit();
  const landing = { measureDir: rig.measureDir, commit, tree, ref: REF };
  const plan = { path: rig.worktree, branch: BRANCH, base, reason: REASON };
  return { rig, repository, base, commit, tree, landing, plan };
}

describe.skipIf(onWindows)('a process killed between two calls of git (needs #! scripts)', () => {
  test('a work tree and its measure dir are there once', { timeout: 600_000 }, async () => {
    const rig = await gitRig();
    const repository = await rig.inspect();
    const plan = { path: rig.worktree, branch: BRANCH, base: repository.headOid ?? '', reason: REASON };
    const step = { step: 'begin', repository, plan, measureDir: rig.measureDir } as const;
    const look = async (result: unknown) => {
      expect(result).toEqual({ kind: 'made' });
      expect((await rig.measure()).tree).toBe(await rig.git('rev-parse', 'main^{tree}'));
      expect(await rig.gitAt(rig.worktree, 'status', '--porcelain', '--branch')).toBe(`## ${BRANCH}`);
      expect((await rig.git('worktree', 'list')).split('\n')).toHaveLength(2);
    };
    await killEverywhere(rig, step, look, async () => {
      await rig.git('worktree', 'remove', '--force', '--force', rig.worktree);
      await rig.git('branch', '-D', BRANCH);
      await rm(rig.measureDir, { recursive: true });
    });
  });

  test('a commit lands once on a base that is checked out', { timeout: 600_000 }, async () => {
    const { rig, repository, base, commit, landing } = await submitted();
    const plan = { ...landing, action: { kind: 'merge', branch: 'main' } } as const;
    const look = async (result: unknown) => {
      expect(result).toMatchObject({ kind: 'landed', to: commit });
      expect(await rig.git('log', '--format=%s')).toBe('Fix it\nfirst');
      expect(await rig.git('status', '--porcelain')).toBe('');
    };
    await killEverywhere(rig, { step: 'land', repository, plan }, look, async () => {
      await rig.git('reset', '--quiet', '--hard', base);
      await rig.git('update-ref', '-d', REF);
    });
  });

  test('a commit lands once on a remote and on its branch', { timeout: 600_000 }, async () => {
    const { rig, repository, base, commit, landing } = await submitted();
    const remote = join(rig.root, 'remote');
    await rig.gitAt(rig.root, 'init', '--quiet', '--bare', 'remote');
    await rig.git('remote', 'add', 'origin', remote);
    const push = { kind: 'push', remote: 'origin', branch: BRANCH, base: 'main' } as const;
    const lookThere = async (result: unknown) => {
      expect(result).toMatchObject({ kind: 'landed', to: commit });
      expect(await rig.gitAt(remote, 'rev-parse', BRANCH)).toBe(commit);
    };
    await killEverywhere(
      rig,
      { step: 'land', repository, plan: { ...landing, action: push } },
      lookThere,
      async () => {
        await rig.gitAt(remote, 'update-ref', '-d', `refs/heads/${BRANCH}`);
        await rig.git('update-ref', '-d', REF);
      },
    );
    const branch = { kind: 'branch', branch: BRANCH, worktree: rig.worktree } as const;
    const look = async (result: unknown) => {
      expect(result).toMatchObject({ kind: 'landed', to: commit });
      expect(await rig.gitAt(rig.worktree, 'rev-parse', 'HEAD')).toBe(commit);
    };
    await killEverywhere(
      rig,
      { step: 'land', repository, plan: { ...landing, action: branch } },
      look,
      async () => {
        await rig.git('update-ref', `refs/heads/${BRANCH}`, base);
        await rig.git('update-ref', '-d', REF);
      },
    );
  });

  test('a lost work tree comes back once, and one that has landed is removed once', {
    timeout: 600_000,
  }, async () => {
    const { rig, repository, base, commit, tree, plan } = await submitted();
    const content = { measureDir: rig.measureDir, commit };
    const isBack = async (result: unknown) => {
      expect(result).toMatchObject({ kind: 'added' });
      expect((await rig.measure()).tree).toBe(tree);
    };
    const recreate = { step: 'recreate', repository, plan, content } as const;
    await rm(rig.worktree, { recursive: true });
    await killEverywhere(rig, recreate, isBack, () => rm(rig.worktree, { recursive: true }));

    await rig.git('fetch', '--quiet', rig.measureDir, `${commit}:refs/heads/landed`);
    const removal = { path: rig.worktree, reason: REASON, measureDir: rig.measureDir, base, commit };
    const isGone = async (result: unknown) => {
      expect(result).toEqual({ kind: 'removed', ignored: [] });
      expect(await rig.git('worktree', 'list', '--porcelain')).not.toContain(rig.worktree);
    };
    await killEverywhere(rig, { step: 'remove', repository, plan: removal }, isGone, () =>
      takeStep({ ...recreate, env: rig.env }),
    );
  });
});
