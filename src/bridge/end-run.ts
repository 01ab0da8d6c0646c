/** How a run ends: once, with one outcome, and with what follows from it for its project and for everybody. */

import type { HistoryEvent } from '../project/event.ts';
import type { ModelSource, Outcome } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import type { Run } from '../project/run.ts';
import { removeProbe } from '../store/holds.ts';
import { unmarkDelivered } from '../store/messages.ts';
import { lockProject } from '../store/projects.ts';
import { hasSubmitted } from '../store/reviews.ts';
import { closeRun, findRun } from '../store/runs.ts';
import { applyOutcome } from './after-run.ts';
import { cutOffCalls, loseDeferred, waitForAnswers } from './asking.ts';
import type { EndedRun, Ending } from './ended-run.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import type { Bridge } from './open-bridge.ts';
import { runEvent } from './run-event.ts';
import { addToStatusFile, completeStatusFile } from './status-file.ts';
/**
 * Ends a run with its outcome, and gives the project what follows from it: nothing, a back-off, a hold for everyone, or
 * a person's attention. A completion in the store wins over whatever the process said. A run ends once: ending it again
 * changes nothing and returns how it ended.
 */
export async function endRun(lease: HeldLease, run: Run, seen: Outcome, ending: Ending): Promise<EndedRun> {
  const { ended, at } = await writeHolding(lease, async ({ trx, now }) => {
    const locked = await lockProject(trx, run.projectId);
    if (!locked) throw new Error(`project ${run.projectId} of run ${run.id} is not in the store`);
    const submitted = await hasSubmitted(trx, run);
    const outcome = finalOutcome(seen, locked, submitted, modelSource(run, locked, ending));
    if (!(await closeRun(trx, run.id, outcome, { ...ending, endedAt: now }))) {
      const before = (await findRun(trx, run.id))?.outcome ?? outcome;
      const ended: EndedRun = { outcome: before, project: locked, hold: undefined };
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
    const project = { ...locked, runId: null, updatedAt: now };
    await cutOffCalls(trx, run, ending.cutOff ?? [], now);
    if (outcome.kind === 'deferral_lost') await loseDeferred(trx, project.id, now);
    const applied = await applyOutcome(trx, new Date(now), { run: closed, project, outcome, ending });
    const ended = { ...applied, project: await waitForAnswers(trx, applied.project, now) };
    await removeProbe(trx, run.id);
    return { ended, at: now };
  });
  if (at === undefined) return ended;
  await recordEnd(lease.bridge, run, ended, ending, at);
  for (const project of ended.takenBack ?? []) await recordTakenBack(lease.bridge, project, at);
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
  // The end is in the store already: a file that cannot be completed now is no reason to fail.
  await completeStatusFile(bridge, project, run.id).catch(() => undefined);
  await addToStatusFile(bridge, project, entries);
}

/** Its file says that it needs a person. */
async function recordTakenBack(bridge: Bridge, project: Project, createdAt: string): Promise<void> {
  const stamp = { projectId: project.id, runId: null, actor: 'supervisor', createdAt };
  await addToStatusFile(bridge, project, [{ type: 'project.retried', data: { was: null }, ...stamp }]);
}

function finalOutcome(seen: Outcome, project: Project, submitted: boolean, source: ModelSource): Outcome {
  if (submitted) return { kind: 'submitted' };
  if (project.status === 'cancelled') return { kind: 'cancelled' };
  return seen.kind === 'model_unknown' ? { ...seen, source } : seen;
}

function modelSource(run: Run, project: Project, { configuredModel }: Ending): ModelSource {
  if (run.model === null) return 'claude';
  if (run.model === project.model) return 'plan';
  return run.model === configuredModel ? 'configuration' : 'session';
}
