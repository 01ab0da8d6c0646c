/**
 * The supervisor is killed at every call of git that changes something, from the submission to the landing: each one gets
 * one call further, until nothing is left to do.
 */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ProjectDetails } from '../../src/project/project-details.ts';
import { type Rig, waitUntil } from '../e2e/rig.ts';
import { test } from '../faults/rig.ts';
import { type GitKill, gitKill, type Moment } from './git-kill.ts';
import { approveSeen, type Site, sites, TABLE_TIMEOUT_MS } from './sites.ts';

interface Case {
  readonly what: string;
  readonly moment: Moment;
  readonly settings: Readonly<Record<string, unknown>>;
  /** From when on it is killed. */
  readonly from: 'submission' | 'approval';
  /** At how many calls at least. */
  readonly least: number;
  /** What the person does before they approve. */
  readonly meanwhile: string;
  /** What then is where the owner wants it. */
  readonly target: string;
}

const CHECKS = [
  { name: 'lint', run: 'test -f new.txt' },
  { name: 'test', run: 'echo of a check > checked.txt' },
];
const AHEAD = 'echo theirs > theirs.txt; git add -A; git commit -qm theirs';

const CASES: readonly Case[] = [
  {
    what: 'after each from the submission to a merge with a base that moved',
    moment: 'done',
    settings: { checks: CHECKS },
    from: 'submission',
    least: 12,
    meanwhile: AHEAD,
    target: 'refs/heads/main',
  },
  {
    what: 'before each of a merge with a base that was rewritten, and git goes on alone',
    moment: 'late',
    settings: { checks: CHECKS },
    from: 'approval',
    least: 8,
    meanwhile: `git commit -q --allow-empty --amend -m again; ${AHEAD}`,
    target: 'refs/heads/main',
  },
  {
    what: 'after each that leaves a branch',
    moment: 'done',
    settings: { on_approve: 'branch' },
    from: 'approval',
    least: 2,
    meanwhile: AHEAD,
    target: 'refs/heads/bridge/ID-work',
  },
  {
    what: 'after each that pushes',
    moment: 'done',
    settings: { on_approve: 'push', remote: 'origin' },
    from: 'approval',
    least: 2,
    meanwhile: 'git init -q --bare ../remote.git; git remote add origin ../remote.git',
    target: 'refs/heads/bridge/ID-work',
  },
];

describe('supervisors that are killed at calls of git', () => {
  test.for(CASES)(
    'work lands once and as it was approved, though the supervisor is killed at the calls of git: $what',
    {
      timeout: 2 * TABLE_TIMEOUT_MS,
    },
    async ({ moment, settings, from, least, meanwhile, target }, { rig, puppet }) => {
      const row = {
        settings,
        before: 'git commit -q --allow-empty -m second',
        work: 'echo changed > app/a.txt; echo new > new.txt',
      };
      const { one } = await sites(rig, puppet, { one: row });
      const kill = await gitKill(rig, moment);
      const was = { main: '' };
      let kills = 0;
      const first = await rig.startSupervisor();
      if (from === 'submission') {
        await rig.happened('project.submitted', one.id);
        await first.end('SIGKILL');
        kills += await through(rig, one, kill, 'awaiting_approval');
      } else {
        await rig.until(one.id, 'awaiting_approval');
        await first.end('SIGTERM');
      }
      one.sh(meanwhile);
      was.main = one.git('rev-parse', 'main');
      await approveSeen(rig, one);
      kills += await through(rig, one, kill, 'complete');
      await kill.over();
      expect(kills).toBeGreaterThanOrEqual(least);

      const { evidence, landings, runs, completions } = await rig.details(one.id);
      expect([runs.length, completions.length, evidence.length]).toEqual([1, 1, 1]);
      expect(landings.map(({ outcome }) => outcome)).toEqual(['landed']);
      const git = await evidence[0]?.evidence.git;
      const name = target.replace('ID', one.id);
      const place = 'remote' in settings ? join(rig.root, 'remote.git') : one.folder;
      const to = one.git('-C', place, 'rev-parse', name);
      expect(landings[0]).toMatchObject({ target: name, toOid: to });
      const isMerge = target === 'refs/heads/main';
      expect(patch(one, isMerge ? was.main : git?.baseOid, to)).toBe(patch(one, git?.baseOid, git?.commit));
      if (isMerge) {
        // One commit on the first line of history, and nothing that was not there.
        expect(one.git('rev-list', '--first-parent', `${was.main}..main`)).toBe(to);
      } else expect(one.git('rev-parse', 'main')).toBe(was.main);
      expect(one.git('status', '--porcelain')).toBe('');
      expect(await leftIn(one)).toEqual([]);
    },
  );
});

/** Starts supervisors that are killed, each one call later than the last that came no further. Returns how many were. */
async function through(
  rig: Rig,
  one: Site,
  kill: GitKill,
  end: 'awaiting_approval' | 'complete',
): Promise<number> {
  let at = 1;
  let stage = stageOf(await rig.details(one.id));
  for (let kills = 0; kills < MAX_KILLS; kills++) {
    const supervisor = rig.launch(['run']);
    await kill.aim(supervisor.pid, at);
    let isOver = false;
    const ended = supervisor.ended.then(() => true);
    await waitUntil(
      async () => {
        const { project } = await rig.details(one.id);
        if (project.status === 'attention') throw new Error(`${project.attention}\n${await rig.log()}`);
        isOver = project.status === end;
        return isOver || (await Promise.race([ended, false]));
      },
      `it to be killed at call ${at}, or the project to be ${end}`,
      rig.log,
    );
    if (isOver) {
      await supervisor.end('SIGTERM');
      return kills;
    }
    expect(await supervisor.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const now = stageOf(await rig.details(one.id));
    at = now === stage ? at + 1 : 1;
    stage = now;
  }
  throw new Error(`it is not ${end} after ${MAX_KILLS} supervisors`);
}

const MAX_KILLS = 40;

/** What has been recorded so far: from there on a supervisor begins again. */
function stageOf({ project, runs, completions }: ProjectDetails): string {
  return JSON.stringify([
    project.status,
    completions.length,
    runs.map(({ spawnedAt }) => spawnedAt !== null),
  ]);
}

function patch({ git, measureDir }: Site, from: string | null = '', to: string | null = ''): string {
  return git('-C', measureDir, 'diff', '--binary', '--full-index', `${from}`, `${to}`);
}

/** What a landing makes for a moment, and a half-made one would leave. */
async function leftIn({ folder, measureDir, worktree, id, git }: Site): Promise<string[]> {
  const locks = execFileSync('find', [join(folder, '.git'), measureDir, '-name', '*.lock'], {
    encoding: 'utf8',
  });
  const inTree = (await readdir(worktree)).filter((name) => name === 'theirs.txt');
  const refs = git('-C', measureDir, 'for-each-ref', '--format=%(refname)', 'refs/bridge-before');
  const others = git('for-each-ref', '--format=%(refname)', 'refs/bridge', 'refs/heads/bridge')
    .split('\n')
    .filter((ref) => !ref.includes(id));
  return [...locks.split('\n'), ...inTree, ...refs.split('\n'), ...others].filter((name) => name !== '');
}
