/** What tests do to a project, in few words. */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { type Briefing, readBriefing } from '../../src/bridge/briefing.ts';
import { type StartedRun, startNextRun } from '../../src/bridge/claim.ts';
import type { Ending } from '../../src/bridge/ended-run.ts';
import { createEnding } from '../../src/bridge/ended-run.ts';
import type { FindOverlap } from '../../src/bridge/free-workspace.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { recordSpawn } from '../../src/bridge/runs.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { sendCompletion } from '../../src/bridge/submissions.ts';
import type { RulesPolicy } from '../../src/bridge/work-rules.ts';
import type { Environment } from '../../src/environment.ts';
import { asLeaseToken, type ProjectId } from '../../src/project/ids.ts';
import type { Project, ProjectStatus } from '../../src/project/project.ts';
import type { Run } from '../../src/project/run.ts';
import type { Result } from '../../src/result.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import type { HoldKey } from '../../src/store/holds.ts';
import { findProject } from '../../src/store/projects.ts';
import type { NewRow, Tables } from '../../src/store/schema.ts';
import { createRig, type Rig } from '../rig.ts';
import { addProject } from '../store/rows.ts';

export function accepted<T>(reply: Result<T, unknown>): T {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.refusal)}`);
  return reply.value;
}

export function refusalOf(reply: Result<unknown>): string {
  if (reply.ok) throw new Error('done, although it should have been refused');
  return reply.refusal;
}

/** Any folder of the rig may be named. */
export function policyOf(rig: Rig) {
  return { workspaces: {}, workspace_roots: [rig.workspace] };
}

/** Sends a plan; without a workspace it gets one of its own. The clock moves on, so that the next one is younger. */
export async function send(rig: Rig, markdown = '# Build a clock', requestId?: string): Promise<Project> {
  rig.clock.advance(1_000);
  const { project } = accepted(await sendPlan(rig.bridge, policyOf(rig), { markdown, requestId }, 'desktop'));
  return project;
}

let count = 0;

/** A project in any status, whatever way leads there. */
export async function projectIn(
  rig: Rig,
  status: ProjectStatus,
  changes: Partial<NewRow<'projects'>> = {},
): Promise<ProjectId> {
  count += 1;
  const attention = status === 'attention' ? 'because' : null;
  return databaseOf(rig.bridge).write(({ trx }) => addProject(trx, count, { status, attention, ...changes }));
}

export async function current(bridge: Bridge, projectId: ProjectId): Promise<Project> {
  const project = await findProject(databaseOf(bridge).read, projectId);
  if (!project) throw new Error(`no project ${projectId}`);
  return project;
}

/** What the prompt of a run that is claimed now would be made of. */
export async function briefingOf(rig: Rig, projectId: ProjectId): Promise<Briefing> {
  return readBriefing(databaseOf(rig.bridge).read, await current(rig.bridge, projectId), false);
}

/** The types of all events, oldest first; of one project if it is given. */
export async function history(bridge: Bridge, projectId?: ProjectId): Promise<string[]> {
  return (await eventsAfter(databaseOf(bridge).read, BEGINNING, 100_000, projectId)).map(({ type }) => type);
}

const TABLES: readonly (keyof Tables)[] = [
  'projects',
  'dependencies',
  'schedules',
  'plans',
  'updates',
  'completions',
  'evidence',
  'approvals',
  'landings',
  'worktrees',
  'messages',
  'requests',
  'runs',
  'events',
  'holds',
  'quota',
  'credentials',
  'sign_in_codes',
  'receivers',
  'notifications',
  'supervisor',
];

export async function everything(bridge: Bridge): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const table of TABLES)
    rows[table] = await databaseOf(bridge).read.selectFrom(table).selectAll().execute();
  return rows;
}

/** Fails when `work` leaves any trace in the store. */
export async function changingNothing<T>(bridge: Bridge, work: () => Promise<T>): Promise<T> {
  const before = await everything(bridge);
  const result = await work();
  expect(await everything(bridge)).toEqual(before);
  return result;
}

export const TOKEN = asLeaseToken('the supervisor of this test');

/** Makes this test the supervisor. */
export async function beSupervisor(rig: Rig, token = TOKEN): Promise<void> {
  const candidate = { token, pid: 42, pidStartedAt: 'then', version: '1.0.0' };
  const attempt = await takeLease(rig.bridge, candidate, () => true);
  if (!attempt.taken) throw new Error('another supervisor is in the way');
}

/** A rig whose supervisor is this test. */
export async function supervised(): Promise<Rig> {
  const rig = await createRig();
  await beSupervisor(rig);
  return rig;
}

/** Starts the next run without giving it a process. */
export async function start(
  rig: Rig,
  defaults: {
    model?: string | null;
    heldFamilies?: readonly string[];
    findOverlap?: FindOverlap;
    probes?: readonly HoldKey[];
    policy?: RulesPolicy;
    isPendingHeld?: boolean;
    env?: Environment;
  } = {},
) {
  return startNextRun(
    { bridge: rig.bridge, token: TOKEN },
    { model: null, newSessionId: randomUUID, ...defaults },
  );
}

/** Starts the next run and gives it a process. */
export async function begin(rig: Rig, model: string | null = null): Promise<StartedRun> {
  const started = await start(rig, { model });
  if (!started) throw new Error('nothing is ready');
  rig.clock.advance(1_000);
  await recordSpawn({ bridge: rig.bridge, token: TOKEN }, started.run, 4242, 'then');
  return started;
}

export const ending: Ending = createEnding(0, { cost: { usd: 0.5, basis: 'reported' } });

export const byHand = { runId: null, requestId: null };

export async function submit(
  rig: Rig,
  projectId: ProjectId,
  run?: Run,
  summary = 'It ticks.',
): Promise<void> {
  rig.clock.advance(1_000);
  const submission = { summary, filesCreated: ['clock.ts'], filesModified: [], caveats: '' };
  const speaker = { runId: run?.id ?? null, requestId: null };
  accepted(await sendCompletion(rig.bridge, projectId, submission, speaker));
}
