/** What becomes of approved work, for everything that may have happened to the branch it began from. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../faults/rig.ts';
import { approveSeen, type Site, settled, sites, TABLE_TIMEOUT_MS } from './sites.ts';

const WORK = 'echo changed > app/a.txt; echo new > new.txt; rm app/gone.txt';
const BEFORE =
  'echo gone > app/gone.txt; git add -A; git commit -qm second; echo theirs > other.txt; git add -A; git commit -qm third';

interface Case {
  /** Instead of the usual. */
  readonly work?: string;
  /** What the person does while the work waits for a decision. */
  readonly meanwhile: string;
  /** The end of the project; else a part of the reason that the person reads. */
  readonly end: string;
  /** Where the branch is checked out, below the folder of the test; it then has the work. */
  readonly checkout?: string;
}

const LANDED = 'complete';

const CASES = {
  'the base is as it was, and a new file beside': {
    meanwhile: 'echo mine > mine.txt',
    end: LANDED,
    checkout: '.',
  },
  'the base is ahead': {
    meanwhile: 'echo more >> other.txt; git commit -qam more',
    end: LANDED,
    checkout: '.',
  },
  'the base is ahead, in conflict': {
    meanwhile: 'echo other > app/a.txt; git commit -qam other',
    end: 'the work conflicts with what main has become (“app/a.txt”)',
  },
  'a commit that the work began from was taken back': {
    meanwhile: 'git reset -q --hard HEAD~',
    end: LANDED,
    checkout: '.',
  },
  'a commit that the work changes was taken back': {
    work: 'echo changed >> other.txt',
    meanwhile: 'git reset -q --hard HEAD~',
    end: 'the work conflicts with what main has become (“other.txt”)',
  },
  'a commit that the work began from was made again': {
    meanwhile: 'echo else > other.txt; git commit -qa --amend -m again',
    end: LANDED,
    checkout: '.',
  },
  'a touched file has a change': {
    meanwhile: 'echo mine >> app/a.txt',
    end: 'changes that are in no commit (“app/a.txt”)',
  },
  'another file has a change': {
    meanwhile: 'echo mine >> other.txt',
    end: 'changes that are in no commit (“other.txt”)',
  },
  'an untracked file is in the way': { meanwhile: 'echo mine > new.txt', end: '(“new.txt”)' },
  'the base is being rebased': {
    meanwhile:
      'git checkout -qb topic; echo t > other.txt; git commit -qam t; git checkout -q main; echo m > other.txt; git commit -qam m; ! git rebase -q topic 2>/dev/null',
    end: 'git operation is under way',
  },
  'the base is checked out in another worktree': {
    meanwhile: 'git checkout -q --detach; git worktree add -q ../beside main; echo mine >> other.txt',
    end: LANDED,
    checkout: '../beside',
  },
  'the base is checked out nowhere': {
    meanwhile: 'git checkout -qb topic; echo mine >> other.txt',
    end: LANDED,
  },
  'the base is deleted': { meanwhile: 'git checkout -q --detach; git branch -qD main', end: 'main is gone' },
  'another git holds the index': {
    meanwhile: 'touch .git/index.lock',
    end: 'another git works in its checkout',
  },
} as const satisfies Record<string, Case>;

const NAMES = Object.keys(CASES) as (keyof typeof CASES)[];

test('approved work lands as it was approved, or nothing of the person changes and they read why, whatever the base has become', {
  timeout: 2 * TABLE_TIMEOUT_MS,
}, async ({ rig, puppet }) => {
  const rows = Object.fromEntries(
    Object.entries<Case>(CASES).map(([name, { work = WORK }]) => [name, { before: BEFORE, work }]),
  );
  const all = (await sites(rig, puppet, rows)) as Record<keyof typeof CASES, Site>;
  const first = new Map<string, unknown>();
  for (const name of NAMES) first.set(name, await all[name].untouched());
  const supervisor = await rig.startSupervisor();
  await settled(rig, all, ['awaiting_approval']);

  const before = new Map<string, Awaited<ReturnType<typeof personsSide>>>();
  for (const name of NAMES) {
    // Work and evidence leave a worktree and a branch, and nothing else.
    expect.soft(await all[name].untouched(), name).toEqual(first.get(name));
    expect.soft(oursIn(all[name]), name).toEqual([`refs/heads/bridge/${all[name].id}-work`]);
    expect.soft(all[name].git('worktree', 'list').split('\n'), name).toHaveLength(2);
    all[name].sh(CASES[name].meanwhile);
    before.set(name, await personsSide(all[name]));
  }
  for (const name of NAMES) await approveSeen(rig, all[name]);
  const ends = await settled(rig, all);
  await supervisor.end('SIGTERM');

  for (const name of NAMES) {
    const { end, checkout }: Case = CASES[name];
    expect.soft(ends[name], name).toContain(end);
    const was = before.get(name);
    const now = await personsSide(all[name]);
    if (end !== LANDED) {
      expect.soft(now, name).toEqual(was);
      continue;
    }
    expect
      .soft(patchIn(all[name].folder, all[name], was?.main ?? '', 'main'), name)
      .toBe(await approvedPatch(all[name]));
    if (checkout === '.') {
      expect.soft(now.all.status, name).toBe(was?.all.status?.replace(was.main, now.main));
    } else expect.soft({ ...now.all, refs: '' }, name).toEqual({ ...was?.all, refs: '' });
    if (checkout === undefined) continue;
    const place = join(all[name].folder, checkout);
    expect.soft(await readFile(join(place, 'app', 'a.txt'), 'utf8'), name).toBe('changed\n');
    expect.soft(all[name].git('-C', place, 'status', '--porcelain', '--untracked-files=no'), name).toBe('');
  }
});

async function personsSide(site: Site) {
  const main = site.git('for-each-ref', '--format=%(objectname)', 'refs/heads/main');
  return { main, all: await site.untouched() };
}

function oursIn({ git }: Site): string[] {
  return git('for-each-ref', '--format=%(refname)', 'refs/bridge', 'refs/heads/bridge').split('\n');
}

async function approvedPatch(site: Site): Promise<string> {
  const made = (await site.evidence()).git;
  return patchIn(site.measureDir, site, made?.baseOid ?? '', made?.commit ?? '');
}

function patchIn(folder: string, { git }: Site, from: string, to: string): string {
  return git('-C', folder, 'diff', '--binary', '--full-index', from, to);
}
