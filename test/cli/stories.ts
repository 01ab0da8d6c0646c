/** Projects in the states that a person meets, written by the verbs themselves. */

import type { Bridge } from '../../src/bridge/bridge.ts';
import { startNextRun } from '../../src/bridge/claim.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { createEnding } from '../../src/bridge/ended-run.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import { recordLive, recordReady, recordSpawn } from '../../src/bridge/runs.ts';
import { sendCompletion, sendUpdate } from '../../src/bridge/submissions.ts';
import { nextToVerify, recordEvidence } from '../../src/bridge/verifying.ts';
import { identify, type ProcessIdentity } from '../../src/machine/identity.ts';
import type { Evidence } from '../../src/project/evidence.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import type { Project } from '../../src/project/project.ts';
import { EMPTY_LIVE_STATE, type LiveState, type Run } from '../../src/project/run.ts';
import { evidenceOf } from '../bridge/submitted.ts';
import { granted } from './rig.ts';

export const TOKEN = asLeaseToken('token-of-the-test');

/** Makes this process the supervisor, as far as the store knows. */
export async function holdLease(
  bridge: Bridge,
  { pid, startedAt }: ProcessIdentity,
  version = '9.9.9',
): Promise<void> {
  await takeLease(bridge, { token: TOKEN, pid, pidStartedAt: startedAt, version }, () => true);
}

/** Starts a run of the next project in the queue, in this process. */
export async function beginRun(
  bridge: Bridge,
  { pid, startedAt }: ProcessIdentity,
  live: Partial<LiveState> = {},
): Promise<Run> {
  const started = await startNextRun(
    { bridge, token: TOKEN },
    { model: 'opus', newSessionId: () => 'session-1' },
  );
  if (!started) throw new Error('no project is ready');
  const { run } = started;
  await recordSpawn({ bridge, token: TOKEN }, run, pid, startedAt);
  await recordReady({ bridge, token: TOKEN }, run, { model: 'claude-opus-5', claudeVersion: '2.1.329' });
  await recordLive({ bridge, token: TOKEN }, new Map([[run.id, { ...EMPTY_LIVE_STATE, ...live }]]));
  return run;
}

export async function finishRun(bridge: Bridge, run: Run, outcome: Outcome): Promise<void> {
  await endRun(
    { bridge, token: TOKEN },
    run,
    outcome,
    createEnding(0, { cost: { usd: 0.5, basis: 'reported' } }),
  );
}

/** The run says something, submits its work and ends; the work is measured. */
export async function submit(
  bridge: Bridge,
  run: Run,
  summary: string,
  facts: Partial<Evidence> = {},
): Promise<void> {
  await handIn(bridge, run, summary);
  const lease = { bridge, token: TOKEN };
  const due = await nextToVerify(lease);
  if (!due) throw new Error('nothing is to be verified');
  granted(await recordEvidence(lease, due, evidenceOf(due, facts)));
}

/** The same, not measured yet. */
export async function handIn(bridge: Bridge, run: Run, summary: string): Promise<void> {
  const speaker = { runId: run.id, requestId: null };
  granted(await sendUpdate(bridge, run.projectId, 'half of it works', speaker));
  const work = {
    summary,
    filesCreated: ['src/new.ts'],
    filesModified: ['README.md'],
    caveats: 'not on Windows',
  };
  granted(await sendCompletion(bridge, run.projectId, work, speaker));
  await finishRun(bridge, run, { kind: 'no_completion' });
}

/** A process that has never been. */
export const NOBODY: ProcessIdentity = { pid: 4_000_000, startedAt: 'never' };

/** A process that lives as long as the test. */
export async function thisProcess(): Promise<ProcessIdentity> {
  const identity = await identify(process.pid);
  if (!identity) throw new Error('this process cannot be identified');
  return identity;
}

/** A project whose work waits for a decision. */
export async function submitted(
  bridge: Bridge,
  project: Project,
  summary = 'It is done.',
  facts: Partial<Evidence> = {},
): Promise<Project> {
  await holdLease(bridge, NOBODY);
  const run = await beginRun(bridge, NOBODY);
  if (run.projectId !== project.id) throw new Error('another project was first in the queue');
  await submit(bridge, run, summary, facts);
  return project;
}

/** A project that needs a person. */
export async function parked(bridge: Bridge, project: Project): Promise<Project> {
  await holdLease(bridge, NOBODY);
  const run = await beginRun(bridge, NOBODY);
  await finishRun(bridge, run, { kind: 'workspace_missing', message: '/gone/opus-99' });
  return project;
}
