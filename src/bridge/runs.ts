/**
 * The supervisor's verbs. Each begins by checking the lease in its own transaction, so that a supervisor that was
 * replaced can write nothing more.
 */

import { chargedUsd, sumCosts } from '../project/costs.ts';
import type { Happening, HistoryEvent } from '../project/event.ts';
import type { LeaseToken } from '../project/ids.ts';
import type { ModelSource, Outcome } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import type { LiveState, Run, RunKind } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { allHolds } from '../store/holds.ts';
import { giveWaiting, markDelivered, unmarkDelivered } from '../store/messages.ts';
import { findProject, type HeldModels, readyProjects, updateProject } from '../store/projects.ts';
import { findCompletion } from '../store/reviews.ts';
import { lastOwnModel } from '../store/run-facts.ts';
import { closeRun, findRun, insertRun, runsOf, updateLiveState, updateRun } from '../store/runs.ts';
import { follow } from './after-run.ts';
import { type Bridge, newRunId } from './bridge.ts';
import type { EndedRun, Ending } from './ended-run.ts';
import { type FindOverlap, type FreeWorkspace, findFreeWorkspace } from './free-workspace.ts';
import { holdLease } from './lease.ts';
import { completeRecord, recordChange } from './status-file.ts';

export type { EndedRun, Ending };

export interface StartedRun {
  readonly run: Run;
  readonly project: Project;
  /** Earlier runs of the project that had a process, in their order. */
  readonly earlier: readonly Run[];
  /** What the runs before this one count against the project's budget, in US dollars. */
  readonly spentUsd: number;
}

interface StartDefaults {
  readonly model: string | null;
  readonly newSessionId: () => string;
  /** Model families whose limit is reached. */
  readonly heldFamilies?: readonly string[];
  /** Whether a workspace is, contains or lies in one that has a run under way. Without it, only equal paths count. */
  readonly findOverlap?: FindOverlap;
}

/**
 * Claims the first ready project and records its run, in one transaction: highest priority first, then oldest, at most
 * one run in a workspace and whatever overlaps with it. Undefined when nothing is ready.
 */
export async function startNextRun(
  bridge: Bridge,
  token: LeaseToken,
  defaults: StartDefaults,
): Promise<StartedRun | undefined> {
  const families = defaults.heldFamilies ?? [];
  // Where nobody names a model it is Claude's own, known since its last run.
  const own = families.length > 0 ? await lastOwnModel(bridge.database.read) : null;
  const held = { families, model: defaults.model ?? own };
  for (;;) {
    const free = await findFreeWorkspace(bridge, held, defaults.findOverlap);
    if (!free) return undefined;
    const started = await claim(bridge, token, defaults, held, free);
    if (started !== 'changed') return started;
  }
}

/** `changed`: another project than the one whose workspace was looked at has become the first. */
async function claim(
  bridge: Bridge,
  token: LeaseToken,
  defaults: StartDefaults,
  held: HeldModels,
  free: FreeWorkspace,
): Promise<StartedRun | undefined | 'changed'> {
  const runId = newRunId();
  const newSessionId = defaults.newSessionId();
  return bridge.database.write(async ({ trx, now }) => {
    await holdLease(trx, token);
    // A pause that was said while this claim was on its way wins.
    if ((await allHolds(trx)).some(({ kind }) => kind === 'paused')) return undefined;
    const [project] = await readyProjects(trx, now, 1, held, free.busy);
    if (project?.workspace !== free.workspace) return 'changed';

    const claimed = await takeUp(trx, project, now);
    const earlier = (await runsOf(trx, project.id)).filter((run) => run.spawnedAt !== null);
    const sessionId = project.sessionId ?? newSessionId;
    const inSession = earlier.filter((run) => run.sessionId === sessionId);
    await insertRun(trx, {
      id: runId,
      project_id: project.id,
      kind: kindOfRun(claimed, earlier),
      round: claimed.round,
      workspace: project.workspace,
      session_id: sessionId,
      model: modelOfSession(inSession) ?? project.model ?? defaults.model,
      created_at: now,
    });
    await giveWaiting(trx, project.id, runId);
    await updateProject(trx, project.id, { session_id: sessionId });
    const costs = earlier.map(({ costUsd }) => costUsd);
    const spentUsd = project.budgetUsd === null ? sumCosts(costs).usd : chargedUsd(costs, project.budgetUsd);
    const run = await findRun(trx, runId);
    if (!run) throw new Error(`run ${runId} is not there right after it was inserted`);
    const data = { kind: run.kind, round: run.round, sessionId };
    await runEvent(trx, run, { type: 'run.started', data }, now);
    return { run, project: { ...claimed, sessionId }, earlier, spentUsd };
  });
}

/**
 * A session goes on with the model of its last answered run, whatever the default is now; not with one that the service
 * has known no more since.
 */
function modelOfSession(runs: readonly Run[]): string | null {
  const last = runs.findLastIndex(({ answeredAt }) => answeredAt !== null);
  const model = runs[last]?.model ?? runs[last]?.modelUsed ?? null;
  const isUnknown = runs
    .slice(last + 1)
    .some(({ outcome }) => outcome?.kind === 'model_unknown' && outcome.model === model);
  return isUnknown ? null : model;
}

/** A pending project is claimed, a rejected one enters its next round, one in progress goes on. */
async function takeUp(trx: Writer, project: Project, now: string): Promise<Project> {
  const event = (happening: Happening) =>
    appendEvent(trx, {
      ...happening,
      projectId: project.id,
      runId: null,
      actor: 'supervisor',
      createdAt: now,
    });
  let round = project.round;
  if (project.status === 'pending') await event({ type: 'project.claimed', data: { by: 'supervisor' } });
  if (project.status === 'rejected') {
    round += 1;
    await event({ type: 'project.revision_started', data: { round } });
  }
  const status = 'in_progress';
  await updateProject(trx, project.id, {
    status,
    claimed_by: 'supervisor',
    round,
    not_before: null,
    updated_at: now,
  });
  return { ...project, status, claimedBy: 'supervisor', round, notBefore: null, updatedAt: now };
}

/** The first run of a round opens it; a later one resumes it. */
function kindOfRun(project: Project, earlier: readonly Run[]): RunKind {
  if (earlier.some((run) => run.round === project.round)) return 'resume';
  return project.round === 1 ? 'execute' : 'revise';
}

/**
 * Records the process of a run, right after it was spawned.
 *
 * @param workspaceIdentity Which folder it was started in; null when nobody knows.
 */
export async function recordSpawn(
  bridge: Bridge,
  token: LeaseToken,
  run: Run,
  pid: number,
  pidStartedAt: string,
  workspaceIdentity: string | null = null,
): Promise<void> {
  await supervise(bridge, token, async (trx, now) => {
    await updateRun(trx, run.id, {
      pid,
      pid_started_at: pidStartedAt,
      workspace_identity: workspaceIdentity,
      spawned_at: now,
    });
    await runEvent(trx, run, { type: 'run.spawned', data: { pid } }, now);
  });
}

/** Records that Claude started with our tools connected: from here on the run counts. */
export async function recordReady(
  bridge: Bridge,
  token: LeaseToken,
  run: Run,
  facts: { readonly model: string; readonly claudeVersion: string },
): Promise<void> {
  await supervise(bridge, token, async (trx, now) => {
    await updateRun(trx, run.id, {
      model_used: facts.model,
      claude_version: facts.claudeVersion,
      ready_at: now,
    });
    await runEvent(
      trx,
      run,
      { type: 'run.ready', data: { model: facts.model, claudeVersion: facts.claudeVersion } },
      now,
    );
  });
}

/** Keeps when the model first answered a run. A reading, not history: it appends no event. */
export async function recordAnswered(bridge: Bridge, token: LeaseToken, run: Run): Promise<void> {
  await supervise(bridge, token, (trx, now) => updateRun(trx, run.id, { answered_at: now }));
}

/** Overwrites what the run is doing now. */
export async function recordLive(
  bridge: Bridge,
  token: LeaseToken,
  run: Run,
  live: LiveState,
): Promise<void> {
  await supervise(bridge, token, (trx) => updateLiveState(trx, run.id, live));
}

/** Records that a run has taken in messages from the person. */
export async function recordDelivered(
  bridge: Bridge,
  token: LeaseToken,
  run: Run,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await supervise(bridge, token, async (trx, now) => {
    const count = await markDelivered(trx, messageIds, run.id, now);
    const data = { messages: [...messageIds] };
    if (count > 0) await runEvent(trx, run, { type: 'project.steering_delivered', data }, now);
  });
}

/**
 * Ends a run with its outcome, and gives the project what follows from it: nothing, a back-off, a hold for everyone, or
 * a person's attention. A completion in the store wins over whatever the process said. A run ends once: ending it again
 * changes nothing and returns how it ended.
 */
export async function endRun(
  bridge: Bridge,
  token: LeaseToken,
  run: Run,
  seen: Outcome,
  ending: Ending,
): Promise<EndedRun> {
  const { ended, at } = await supervise(bridge, token, async (trx, now) => {
    const project = await findProject(trx, run.projectId);
    if (!project) throw new Error(`project ${run.projectId} of run ${run.id} is not in the store`);
    const submitted = await findCompletion(trx, run.projectId, run.round);
    const outcome = settle(seen, project, submitted !== undefined, modelSource(run, project, ending));
    if (!(await closeRun(trx, run.id, outcome, { ...ending, endedAt: now }))) {
      const before = (await findRun(trx, run.id))?.outcome ?? outcome;
      const ended: EndedRun = { outcome: before, project, hold: undefined };
      return { ended, at: undefined };
    }
    const unkept = await unmarkDelivered(trx, run.id, ending.unkept ?? []);
    const data = {
      outcome,
      costUsd: ending.cost.usd,
      costBasis: ending.cost.basis,
      ...(unkept.length > 0 && { undelivered: unkept }),
    };
    await runEvent(trx, run, { type: 'run.ended', data }, now);
    // As it is in the store: since it was started, it may have been answered.
    const closed = (await findRun(trx, run.id)) ?? run;
    const ended = await follow(trx, new Date(now), { run: closed, project, outcome, ending });
    return { ended, at: now };
  });
  if (at === undefined) return ended;
  await recordEnd(bridge, run, ended, ending, at);
  for (const project of ended.takenBack ?? []) await recordTakenBack(bridge, project, at);
  return ended;
}

async function recordEnd(
  bridge: Bridge,
  run: Run,
  { project, outcome }: EndedRun,
  { cost }: Ending,
  createdAt: string,
): Promise<void> {
  const stamp = { projectId: project.id, actor: 'supervisor', createdAt };
  const data = { outcome, costUsd: cost.usd, costBasis: cost.basis };
  const entries: HistoryEvent[] = [{ type: 'run.ended', data, runId: run.id, ...stamp }];
  if (project.attention !== null) {
    const reason = { reason: project.attention };
    entries.push({ type: 'project.needs_attention', data: reason, runId: null, ...stamp });
  }
  // The end is in the store already: a record that cannot be completed now is no reason to fail.
  await completeRecord(bridge, project, run.id).catch(() => undefined);
  await recordChange(bridge, project, entries);
}

/** Its file says that it needs a person. */
async function recordTakenBack(bridge: Bridge, project: Project, createdAt: string): Promise<void> {
  const stamp = { projectId: project.id, runId: null, actor: 'supervisor', createdAt };
  await recordChange(bridge, project, [{ type: 'project.retried', data: { was: null }, ...stamp }]);
}

function settle(seen: Outcome, project: Project, submitted: boolean, source: ModelSource): Outcome {
  if (submitted) return { kind: 'submitted' };
  if (project.status === 'cancelled') return { kind: 'cancelled' };
  return seen.kind === 'model_unknown' ? { ...seen, source } : seen;
}

function modelSource(run: Run, project: Project, { configuredModel }: Ending): ModelSource {
  if (run.model === null) return 'claude';
  if (run.model === project.model) return 'plan';
  return run.model === configuredModel ? 'configuration' : 'session';
}

async function supervise<T>(
  bridge: Bridge,
  token: LeaseToken,
  work: (trx: Writer, now: string) => Promise<T>,
): Promise<T> {
  return bridge.database.write(async ({ trx, now }) => {
    await holdLease(trx, token);
    return work(trx, now);
  });
}

async function runEvent(trx: Writer, run: Run, happening: Happening, createdAt: string): Promise<void> {
  const stamp = { projectId: run.projectId, runId: run.id, actor: 'supervisor', createdAt } as const;
  await appendEvent(trx, { ...happening, ...stamp });
}
