/**
 * What follows for a project, and for the queue, from how its run ended: the retry table, applied within the
 * transaction that ends the run.
 */
import { next, type Project } from '../project/project.ts';
import { limitedFamily } from '../project/quota.ts';
import { resumeTime } from '../project/resume-time.ts';
import { afterRun, burnsTry, type Hold, isCrash } from '../project/retry.ts';
import { describeOutcome, type LiveState, type Outcome, type Run, type RunCost } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { updateProject } from '../store/projects.ts';
import { runsOf } from '../store/runs.ts';
import { latestUpdatesOf } from '../store/updates.ts';
import { setHold } from './holds.ts';

export interface Ending {
  readonly cost: RunCost;
  readonly live: LiveState;
  /** In [0, 1): spreads the back-off. */
  readonly random: number;
  /** What the workspace looks like now; null when nobody looked. */
  readonly fingerprint: string | null;
  /** `HH:MM` local time before which no usage limit ends, if the owner wants that. */
  readonly resumeNotBefore: string | null;
}

export interface EndedRun {
  readonly outcome: Outcome;
  /** What the project waits for now. */
  readonly project: Project;
  readonly hold: Hold | undefined;
}

export interface Settled {
  readonly run: Run;
  readonly project: Project;
  readonly outcome: Outcome;
  readonly ending: Ending;
}

/** Gives the project nothing, a back-off, or a person's attention; or everyone a hold. */
export async function follow(trx: Writer, now: Date, settled: Settled): Promise<EndedRun> {
  const { run, project, outcome, ending } = settled;
  const after = (ms: number) => new Date(now.getTime() + ms).toISOString();
  if (project.status !== 'in_progress') return { outcome, project, hold: undefined };

  const idle = await runsWithoutProgress(trx, settled);
  if (idle >= MOST_IDLE_RUNS) {
    const what = `${describeOutcome(outcome)}; ${idle} runs in a row ended like this, said nothing and changed nothing`;
    return { outcome, project: await park(trx, project, what, 1, now), hold: undefined };
  }
  const before = wasHealthy(run, now) ? 0 : project.tries;
  const tries = burnsTry(outcome.kind) ? before + 1 : before;
  const following = afterRun(outcome.kind, tries, ending.random);
  switch (following.step) {
    case 'none':
      return { outcome, project, hold: undefined };
    case 'run_again': {
      const notBefore = following.delayMs > 0 ? after(following.delayMs) : null;
      const sessionId = following.fresh ? null : project.sessionId;
      await updateProject(trx, project.id, { tries, not_before: notBefore, session_id: sessionId });
      return { outcome, project: { ...project, tries, notBefore, sessionId }, hold: undefined };
    }
    case 'hold': {
      const limited = outcome.kind === 'usage_limit' ? outcome : undefined;
      const until = limited
        ? resumeTime(new Date(limited.resetsAt), now, ending.random, ending.resumeNotBefore).toISOString()
        : after(following.probeMs);
      const hold: Hold = {
        kind: following.hold,
        scope: limited ? limitedFamily(limited.limit) : '',
        reason: describeOutcome(outcome),
        since: now.toISOString(),
        until,
      };
      await setHold(trx, hold, 'supervisor');
      return { outcome, project, hold };
    }
    case 'park':
      return {
        outcome,
        project: await park(trx, project, describeOutcome(outcome), following.tries, now),
        hold: undefined,
      };
  }
}

/** A run that worked for this long was not a try at starting: the count of failures begins anew. */
const HEALTHY_MS = 10 * 60_000;

function wasHealthy(run: Run, now: Date): boolean {
  return run.spawnedAt !== null && now.getTime() - Date.parse(run.spawnedAt) >= HEALTHY_MS;
}

/** More crashes than this, with nothing said and nothing changed in between, prove that trying again is no use. */
const MOST_IDLE_RUNS = 3;

/** How many runs in a row, this one included, ended like this one, said nothing and left the workspace as it was. */
async function runsWithoutProgress(trx: Writer, { run, project, outcome, ending }: Settled): Promise<number> {
  if (!isCrash(outcome.kind) || ending.fingerprint === null) return 0;
  const runs = (await runsOf(trx, run.projectId)).reverse();
  const talked = new Set((await latestUpdatesOf(trx, run.projectId, 100)).map(({ runId }) => runId));
  const idle = (one: Run) =>
    one.outcome?.kind === outcome.kind && one.fingerprint === ending.fingerprint && !talked.has(one.id);
  const firstBusy = runs.findIndex((one) => !idle(one));
  // Runs before the person said `retry` do not count.
  return Math.min(firstBusy < 0 ? runs.length : firstBusy, project.tries + 1);
}

async function park(trx: Writer, project: Project, what: string, tries: number, now: Date): Promise<Project> {
  const status = next(project.status, 'park');
  if (!status) return project;
  const attention = tries > 1 ? `${what} (${tries} runs in a row)` : what;
  const updatedAt = now.toISOString();
  await updateProject(trx, project.id, { status, attention, updated_at: updatedAt });
  const event = { projectId: project.id, runId: null, type: 'project.needs_attention', actor: 'supervisor' };
  await appendEvent(trx, { ...event, data: { reason: attention }, createdAt: updatedAt });
  return { ...project, status, attention, updatedAt };
}
