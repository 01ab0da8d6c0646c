import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { landings } from './check-landings.ts';
import type { Watched } from './checks.ts';
import { createJournal } from './journal.ts';
import { git, makeRepository } from './repository.ts';
import { Suspicions } from './suspicions.ts';

/** A repository whose base has the commit of one approved round, as the store records it. */
async function landed() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'soak-check-')));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const path = join(root, 'site');
  const repository = await makeRepository({ name: 'site', path, remote: null, checkedOut: 'main' });
  const commit = async (name: string, text: string) => {
    await writeFile(join(path, name), text);
    await git(path, 'add', '--all');
    await git(path, 'commit', '--quiet', '-m', name);
    return git(path, 'rev-parse', 'HEAD');
  };
  const base = await git(path, 'rev-parse', 'HEAD');
  await git(path, 'checkout', '--quiet', '-b', 'work');
  const oid = await commit('work.txt', 'work\n');
  const tree = await git(path, 'rev-parse', 'HEAD^{tree}');
  await git(path, 'checkout', '--quiet', 'main');
  const journal = createJournal();
  const landing = { id: 1, approval_id: 1, action: 'merge', outcome: 'landed', detail: '{}' };
  const tables = {
    approvals: [{ id: 1, project_id: 'p', round: 1, verdict: 'approved', tree, evidence_id: 1 }],
    projects: [{ id: 'p', status: 'complete', workspace: path }],
    worktrees: [{ project_id: 'p', repo: path, measure_dir: join(path, '.git'), base_oid: base }],
    evidence: [{ id: 1, project_id: 'p', tree, commit_oid: oid }],
    landings: [landing],
  };
  const watched = {
    world: { repositories: [repository], isOver: false },
    store: { tables: () => tables },
    journal,
    proved: new Set<string>(),
    suspicions: new Suspicions(),
  } as unknown as Watched;
  const merge = (...words: string[]) => git(path, 'merge', '--quiet', ...words, oid);
  const mine = async () => journal.personsCommits.add(await commit('mine.txt', 'mine\n'));
  return { path, base, oid, tables, landing, commit, merge, mine, look: () => landings(watched) };
}

test('the soak finds nothing in work that landed as it was approved, alone or merged with a base that moved', async () => {
  const alone = await landed();
  await alone.merge('--ff-only');
  expect(await alone.look()).toEqual([]);
  const merged = await landed();
  await merged.mine();
  await merged.merge('-m', 'merged');
  expect(await merged.look()).toEqual([]);
});

test('the soak finds work that is recorded as landed and is not on the base, or is recorded twice', async () => {
  const it = await landed();
  expect(await it.look()).toMatchObject([['lost', expect.stringContaining('is not on the base')]]);
  await it.merge('--ff-only');
  it.tables.landings.push({ ...it.landing, id: 2 });
  expect(await it.look()).toMatchObject([['doubled', expect.stringContaining('landed 2 times')]]);
});

test('the soak finds a merge that brings other than what was approved, and a commit that nobody made', async () => {
  const it = await landed();
  await it.mine();
  await it.merge('--no-commit');
  await it.commit('work.txt', 'other work\n');
  expect(await it.look()).toMatchObject([['broken', expect.stringContaining('what landed is')]]);
  await it.commit('foreign.txt', 'foreign\n');
  expect((await it.look()).at(-1)).toMatchObject([
    'broken',
    expect.stringContaining('nobody made or approved'),
  ]);
});

test('the soak finds a landing that was refused for nothing of the person', async () => {
  const it = await landed();
  it.tables.projects = [{ id: 'p', status: 'attention', workspace: it.path }];
  const refused = {
    outcome: 'not_landed',
    detail: '{"cause":"base-dirty"}',
    created_at: new Date().toISOString(),
  };
  it.tables.landings = [{ ...it.landing, ...refused }];
  expect(await it.look()).toMatchObject([['broken', expect.stringContaining('nothing that was in the way')]]);
});
