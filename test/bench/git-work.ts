/** What a work tree of its own and the evidence of its content cost in a large repository. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createMeasureDir } from '../../src/git/measure-dir.ts';
import { measureTree } from '../../src/git/measure-tree.ts';
import { writePatch } from '../../src/git/patch.ts';
import { inspectRepository } from '../../src/git/repository.ts';
import { diffTrees } from '../../src/git/tree-diff.ts';
import { addWorktree } from '../../src/git/worktree.ts';
import type { Measurement, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';

const FILES = 50_000;
const CHANGES = 2_000;
const FILES_EACH_FOLDER = 20;
const MAX_PATCH_BYTES = 10_000_000;

export const gitWork: Measurement = {
  name: 'git-work',
  title: 'Work tree and evidence in a large repository',
  about: `Measured: a work tree made and made ready to be measured, in a repository of ${FILES.toLocaleString('en')} files; then the evidence of ${CHANGES.toLocaleString('en')} changes in it: tree, changes, patch; median. Yardstick: git worktree add; git add --all and git write-tree in a work tree with as many changes.`,
  async measure({ stage, quick }: Setting) {
    const [files, changes] = quick ? [FILES / 10, CHANGES / 10] : [FILES, CHANGES];
    const bench = await prepare(stage, files);
    let number = 0;
    const adding = await byTurns(5, {
      measured: () => timed(() => bench.ours(`ours-${++number}`)),
      yardstick: () => timed(() => bench.plain(`plain-${++number}`)),
    });
    const evidence = await byTurns(quick ? 3 : 5, {
      measured: async () => {
        await change(bench.at('ours-1'), changes, ++number);
        return timed(() => bench.evidence('ours-1'));
      },
      yardstick: async () => {
        await change(bench.at('plain-2'), changes, ++number);
        return timed(() => bench.index('plain-2'));
      },
    });
    const row = (
      name: string,
      { measured, yardstick }: Record<'measured' | 'yardstick', number[]>,
      most: number,
    ) => ({
      name,
      unit: 'ms' as const,
      measured: median(measured),
      yardstick: median(yardstick),
      aim: { mostRatio: most },
    });
    return {
      rows: [row('work tree', adding, 1.2), row(`evidence, ${changes} changes`, evidence, 2)],
      notes: [],
    };
  },
};

/** The repository, and both ways to do each thing. */
async function prepare(stage: Stage, files: number) {
  const repo = await stage.folder('large');
  const env = { PATH: process.env.PATH, HOME: await stage.folder('home'), GIT_CONFIG_NOSYSTEM: '1' };
  const at = (name: string) => join(stage.root, name);
  const git = async (folder: string, ...words: string[]) => {
    stage.signal.throwIfAborted();
    return (await promisify(execFile)('git', ['-C', folder, ...words], { env })).stdout.trim();
  };
  await git(repo, 'init', '--quiet', '-b', 'main');
  await change(repo, files, 0);
  await git(repo, 'add', '--all');
  await git(repo, '-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'all');
  const base = await git(repo, 'rev-parse', 'HEAD');
  return {
    at,
    async ours(name: string) {
      const repository = done(await inspectRepository(repo, env), 'repository');
      const plan = { path: at(name), branch: `bridge/${name}`, base, reason: name };
      const { gitDir } = done(await addWorktree(repository, plan, env), 'added');
      const measure = { measureDir: at(`${name}.git`), folder: at(name), repository, freshGitDir: gitDir };
      done(await createMeasureDir(measure, env), 'made');
    },
    plain: (name: string) => git(repo, 'worktree', 'add', '--quiet', '-b', name, at(name)),
    async evidence(name: string) {
      const measureDir = at(`${name}.git`);
      const { tree } = done(await measureTree(measureDir, at(name), env), 'measured');
      done(await diffTrees(measureDir, { from: base, to: tree }, env), 'compared');
      const patch = { from: base, to: tree, file: at('patch'), maxBytes: MAX_PATCH_BYTES };
      done(await writePatch(measureDir, patch, env), 'written');
    },
    async index(name: string) {
      await git(at(name), 'add', '--all');
      await git(at(name), 'write-tree');
    },
  };
}

function done<T extends { kind: string }, K extends T['kind']>(result: T, kind: K): T & { kind: K } {
  if (result.kind !== kind) throw new Error(JSON.stringify(result));
  return result as T & { kind: K };
}

/** Gives this many files, evenly spread, content that they never had. */
async function change(folder: string, files: number, number: number): Promise<void> {
  for (let at = 0; at < files; at += FILES_EACH_FOLDER) {
    const inside = join(folder, `d${at % 50}`, `d${at}`);
    await mkdir(inside, { recursive: true });
    const names = Array.from(
      { length: Math.min(FILES_EACH_FOLDER, files - at) },
      (_, file) => `f${file}.txt`,
    );
    await Promise.all(
      names.map((name) => writeFile(join(inside, name), `${number} ${at} ${name}\n`.repeat(20))),
    );
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
