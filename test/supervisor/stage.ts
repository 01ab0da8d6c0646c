/** A project in a worktree of a real repository, and the parts of a supervisor that verify and land its work. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endRun } from '../../src/bridge/end-run.ts';
import type { HeldLease } from '../../src/bridge/lease.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { recordWorktree, worktreeReady } from '../../src/bridge/worktrees.ts';
import { RUN_MARK } from '../../src/claude/environment.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { takeFingerprint } from '../../src/git/fingerprint.ts';
import { findMarked } from '../../src/machine/sweep.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { ProjectStatus } from '../../src/project/project.ts';
import type { Run } from '../../src/project/run.ts';
import { runsFolder } from '../../src/state-folder.ts';
import { Lander } from '../../src/supervisor/land/lander.ts';
import { keepFingerprint } from '../../src/supervisor/place/kept-fingerprint.ts';
import type { RunStarter } from '../../src/supervisor/run/run-plan.ts';
import { Verifier } from '../../src/supervisor/verify/verifier.ts';
import { accepted, begin, current, ending, submit, supervised, TOKEN } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { BRANCH, type GitRig, gitRig } from '../git/rig.ts';
import type { Rig } from '../rig.ts';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };

export interface Stage extends AsyncDisposable {
  readonly rig: Rig;
  readonly git: GitRig;
  readonly id: ProjectId;
  /** The next run does `work` in the worktree, submits and ends. */
  work(work: () => Promise<void>): Promise<void>;
  /** The same for a run that has begun. */
  finish(run: Run, work: () => Promise<void>): Promise<void>;
  /** Verifies and lands until the project has this status. */
  until(status: ProjectStatus): Promise<void>;
  /** A person approves what waits. */
  approve(): Promise<void>;
  /** Begins to verify and land; ends with `close`. */
  attend(): Promise<void>;
  close(): Promise<void>;
}

const NO_RUNS: RunStarter = {
  runToEnd: async () => {
    throw new Error('no run was to start');
  },
};

/**
 * @param settings Of the workspace.
 * @param starter Starts the runs of reviewers, given the lease.
 */
export async function stage(
  settings: Readonly<Record<string, unknown>> = {},
  starter: (lease: HeldLease) => RunStarter = () => NO_RUNS,
): Promise<Stage> {
  const git = await gitRig();
  const rig = await supervised();
  await writeFile(
    join(rig.home, 'config.json'),
    JSON.stringify({ workspaces: { site: { path: git.repo, ...settings } } }),
  );
  await mkdir(runsFolder(rig.home), { recursive: true });
  const policy = loadConfig(rig.home, {});
  const sent = await sendPlan(rig.bridge, policy, { markdown: '# Fix it', workspace: 'site' }, 'desktop');
  const { id } = accepted(sent).project;
  const lease = { bridge: rig.bridge, token: TOKEN };
  const { base, repository } = await git.begin();
  await keepFingerprint(git.measureDir, await takeFingerprint(repository, git.worktree, git.env));
  await recordWorktree(lease, id, {
    repo: git.repo,
    path: git.worktree,
    subdir: '',
    branch: BRANCH,
    baseRef: 'main',
    baseOid: base,
    measureDir: git.measureDir,
  });
  await worktreeReady(lease, id, { configDigest: null, refsDigest: null });
  const parts = () => {
    const context = {
      bridge: rig.bridge,
      config: loadConfig(rig.home, {}),
      env: git.env,
      clock: systemClock,
      log,
      degradedReason: () => null,
      lease,
      selfCommand: [],
      stopping: new AbortController().signal,
    };
    const failures: unknown[] = [];
    const host = {
      wake: silent,
      runInBackground: (ended: Promise<unknown>) => void ended.catch((error) => failures.push(error)),
    };
    return {
      failures,
      verifier: new Verifier(context, host, starter(lease)),
      lander: new Lander(context, host),
    };
  };
  let { failures, verifier, lander } = parts();
  const attend = async () => {
    if (failures.length > 0) throw failures[0];
    await verifier.attend();
    await lander.attend();
  };
  const close = async () => {
    await Promise.all([verifier.close(), lander.close()]);
    ({ failures, verifier, lander } = parts());
  };
  const finish = async (run: Run, work: () => Promise<void>) => {
    await work();
    await submit(rig, id, run);
    await endRun(lease, run, { kind: 'submitted' }, ending);
  };
  return {
    rig,
    git,
    id,
    attend,
    close,
    finish,
    async work(work) {
      const { run } = await begin(rig);
      await finish(run, work);
    },
    async until(status) {
      await eventually(async () => {
        await attend();
        const project = await current(rig.bridge, id);
        if (project.status !== status) throw new Error(`it is ${project.status}: ${project.attention}`);
      });
      await close();
    },
    async approve() {
      rig.clock.advance(1_000);
      accepted(await approve(rig.bridge, id, 'person'));
    },
    async [Symbol.asyncDispose]() {
      await close();
      await rig[Symbol.asyncDispose]();
    },
  };
}

/** The processes of checks of this project. */
export async function processesWith(id: ProjectId): Promise<number[]> {
  return (await findMarked(RUN_MARK, `check:${id}`)).map(({ pid }) => pid);
}
