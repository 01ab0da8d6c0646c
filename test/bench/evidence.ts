/** How long a person waits for the evidence of a large round, besides the owner's checks. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { type EvidenceOptions, makeEvidence } from '../../src/evidence/make-evidence.ts';
import { takeFingerprint } from '../../src/git/fingerprint.ts';
import { createMeasureDir } from '../../src/git/measure-dir.ts';
import { inspectRepository } from '../../src/git/repository.ts';
import { addWorktree } from '../../src/git/worktree.ts';
import { runProgram } from '../../src/machine/program.ts';
import { evidenceFiles } from '../../src/state-folder.ts';
import type { Measurement, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';
import { PATH } from './supervised.ts';

const CHANGED_FILES = 2_000;
const FILES_A_FOLDER = 100;

export const evidence: Measurement = {
  name: 'evidence',
  title: 'The evidence of a round of 2,000 changed files',
  about:
    'Measured: all evidence of a round without checks: tree, changes, patch, warnings, commit; median. Yardstick: git add, write-tree, diff --numstat and diff by hand, in an equal worktree of the same repository.',
  async measure({ stage, quick }: Setting) {
    const files = quick ? 10_000 : 50_000;
    const work = await createWork(stage, files);
    const times = await byTurns(quick ? 2 : 5, { ours: work.ours, plain: work.plain });
    return {
      rows: [
        {
          name: `${CHANGED_FILES} of ${files} files`,
          unit: 'ms',
          measured: median(times.ours),
          yardstick: median(times.plain),
          aim: { most: 2_000 },
        },
      ],
      notes: [],
    };
  },
};

interface Work {
  /** Each changes the files anew, and returns what it then took. */
  ours(): Promise<number>;
  plain(): Promise<number>;
}

async function createWork(stage: Stage, files: number): Promise<Work> {
  const [repo, home] = [await stage.folder('site'), await stage.folder('home')];
  const env = { PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  const git = async (folder: string, ...words: string[]) => {
    const { code, stdout, stderr } = await runProgram('git', ['-C', folder, ...words], {
      env,
      timeoutMs: 300_000,
    });
    if (code !== 0) throw new Error(`git ${words[0]}: ${stderr}`);
    return stdout;
  };
  await git(repo, 'init', '--quiet', '-b', 'main');
  await git(repo, 'config', 'user.email', 'anna@example.com');
  await git(repo, 'config', 'user.name', 'Anna');
  await writeFiles(repo, files, 0);
  await git(repo, 'add', '--all');
  await git(repo, 'commit', '--quiet', '-m', 'first');
  const base = (await git(repo, 'rev-parse', 'HEAD')).trim();
  const found = await inspectRepository(repo, env);
  if (found.kind !== 'repository') throw new Error('there is no repository');

  const [worktree, byHand] = [join(stage.root, 'worktree'), join(stage.root, 'by-hand')];
  const branch = 'bridge/1-bench';
  const added = await addWorktree(found, { path: worktree, branch, base, reason: 'bench' }, env);
  if (added.kind !== 'added') throw new Error(added.detail);
  await git(repo, 'worktree', 'add', '--quiet', byHand, base, '--detach');
  const measureDir = join(stage.root, 'measure', '1.git');
  const plan = { measureDir, folder: worktree, repository: found, freshGitDir: added.gitDir };
  await createMeasureDir(plan, env);
  const fingerprint = await takeFingerprint(found, worktree, env);
  await mkdir(join(stage.root, 'runs'));
  const place = {
    ...{ measureDir, folder: worktree, base, repository: found, fingerprint },
    ...{ subfolder: '', workspace: repo, branch, baseRef: 'refs/heads/main' },
  };
  let turn = 0;
  return {
    async ours() {
      await writeFiles(worktree, CHANGED_FILES, ++turn);
      const from = performance.now();
      const made = await makeEvidence(optionsOf(stage, place, env));
      const took = performance.now() - from;
      if (made?.diff?.files !== CHANGED_FILES) throw new Error(`${made?.diff?.files} files were measured`);
      return took;
    },
    async plain() {
      await writeFiles(byHand, CHANGED_FILES, ++turn);
      const from = performance.now();
      await git(byHand, 'add', '--all');
      await git(byHand, 'write-tree');
      await git(byHand, 'diff', '--cached', '--numstat', base);
      await git(byHand, 'diff', '--cached', base);
      return performance.now() - from;
    },
  };
}

/** The first of the files, with another content for each `turn`. */
async function writeFiles(folder: string, count: number, turn: number): Promise<void> {
  for (let file = 0; file < count; file += FILES_A_FOLDER) {
    const inside = join(folder, `folder-${file / FILES_A_FOLDER}`);
    await mkdir(inside, { recursive: true });
    const names = Array.from({ length: Math.min(FILES_A_FOLDER, count - file) }, (_, index) => file + index);
    await Promise.all(
      names.map((name) => writeFile(join(inside, `${name}.txt`), `a line of ${name}\nof turn ${turn}\n`)),
    );
  }
}

function optionsOf(
  stage: Stage,
  place: EvidenceOptions['place'],
  env: EvidenceOptions['env'],
): EvidenceOptions {
  return {
    record: {
      ...{
        projectId: '0123456789ab',
        round: 1,
        attempt: 1,
        outline: false,
        madeAt: '2026-03-01T12:00:00.000Z',
      },
      ...{ madeBy: 'bench', planRevision: 1, claudeVersion: null, sessions: [] },
      ...{ repairs: { used: 0, max: 0 }, denied: [], requests: [], warnings: [] },
      cost: { usd: null, tokens: null, turns: 0, runs: 1, seconds: 0 },
    },
    claimed: { created: [], modified: [] },
    place,
    title: 'Change much',
    rules: { checks: [], checkInputs: [], checkEnvDeny: [] },
    files: evidenceFiles(stage.root, 'fedcba987654'),
    scope: {
      mark: { name: 'BENCH_COMMAND', value: stage.root },
      controlGroup: 'bridge-bench',
      clock: systemClock,
    },
    env,
    added: {},
    signal: stage.signal,
  };
}
