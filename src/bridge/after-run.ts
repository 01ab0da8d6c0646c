/**
 * What follows for a project, and for the queue, from how its run ended: the rule of whose fault it is and the retry
 * table, applied within the transaction that ends the run.
 */
import { faultOf } from '../project/fault.ts';
import { type Hold, type HoldKind, probeDelayMs } from '../project/hold.ts';
import { next, type Project } from '../project/project.ts';
import { limitedFamily } from '../project/quota.ts';
import { resumeTime } from '../project/resume-time.ts';
import { afterRun, burnsTry, holdOf, isCrash } from '../project/retry.ts';
import { describeOutcome, type LiveState, type Outcome, type Run, type RunCost } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { allHolds } from '../store/holds.ts';
import { updateProject } from '../store/projects.ts';
import { runsOf } from '../store/runs.ts';
import { latestUpdatesOf } from '../store/updates.ts';
import { gatherEvidence, probesFailedSince } from './evidence-of-fault.ts';
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
  /** The model that the configuration names. */
  readonly configuredModel: string | null;
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
  if (project.status !== 'in_progress') return { outcome, project, hold: undefined };

  const earlier = (await runsOf(trx, project.id)).filter((one) => one.id !== run.id);
  const evidence = await gatherEvidence(trx, settled, earlier);
  const fault = faultOf(outcome.kind, evidence);
  if (fault === 'everybody') {
    const hold = await holdEverybody(trx, now, settled);
    const back = await takeBack(trx, now, evidence.blamed, describeOutcome(outcome));
    return { outcome, project: back.find(({ id }) => id === project.id) ?? project, hold };
  }

  const idle = await runsWithoutProgress(trx, settled, earlier);
  if (idle >= IDLE_RUNS_ALLOWED) {
    const what = `${describeOutcome(outcome)}; ${idle} runs in a row ended like this, said nothing and changed nothing`;
    return { outcome, project: await park(trx, project, what, 1, now), hold: undefined };
  }
  const before = wasHealthy(run, now) ? 0 : project.tries;
  const tries = burnsTry(outcome.kind) ? before + 1 : before;
  const following = afterRun(outcome.kind, {
    triesInARow: tries,
    inOldSession:
      evidence.answered || earlier.some((one) => one.sessionId === run.sessionId && one.answeredAt !== null),
    refusals: refusalsInARow(run, earlier),
    modelChanges: outcome.kind === 'model_unknown' && outcome.source === 'session',
    firstKill: wasKilled(outcome) && !wasKilled(earlier.at(-1)?.outcome ?? null),
    random: ending.random,
  });
  switch (following.step) {
    case 'none':
      return { outcome, project, hold: undefined };
    case 'run_again': {
      const notBefore =
        following.delayMs > 0 ? new Date(now.getTime() + following.delayMs).toISOString() : null;
      const sessionId = following.fresh ? null : project.sessionId;
      await updateProject(trx, project.id, { tries, not_before: notBefore, session_id: sessionId });
      return { outcome, project: { ...project, tries, notBefore, sessionId }, hold: undefined };
    }
    case 'park':
      return {
        outcome,
        project: await park(trx, project, describeOutcome(outcome), following.tries, now),
        hold: undefined,
      };
  }
}

/** Sets the hold that this end calls for, or puts off the one that stands already. */
async function holdEverybody(trx: Writer, now: Date, { run, outcome, ending }: Settled): Promise<Hold> {
  const limited = outcome.kind === 'usage_limit' ? outcome : undefined;
  const kind = holdOf(outcome.kind);
  const scope = limited ? limitedFamily(limited.limit, run.modelUsed ?? run.model) : '';
  const until = limited
    ? resumeTime(
        { resetsAt: new Date(limited.resetsAt), metBy: new Date(run.spawnedAt ?? run.createdAt) },
        now,
        ending.random,
        ending.resumeNotBefore,
      ).toISOString()
    : await probeTime(trx, now, run, kind);
  const hold: Hold = { kind, scope, reason: reasonOf(kind, outcome), since: now.toISOString(), until };
  await setHold(trx, hold, 'supervisor');
  return hold;
}

function reasonOf(kind: HoldKind, outcome: Outcome): string {
  const told = describeOutcome(outcome);
  return kind === 'claude_failing'
    ? `Claude fails alike for several projects before its first answer: ${told}`
    : told;
}

/** When the next run tries: a run that was under way when the hold was set was no probe of it. */
async function probeTime(trx: Writer, now: Date, run: Run, kind: HoldKind): Promise<string> {
  const standing = (await allHolds(trx)).find((hold) => hold.kind === kind && hold.scope === '');
  const wasProbe = standing !== undefined && run.createdAt > standing.since;
  if (standing?.until && !wasProbe && standing.until > now.toISOString()) return standing.until;
  const failed = wasProbe ? await probesFailedSince(trx, standing.since) : 0;
  return new Date(now.getTime() + probeDelayMs(kind, failed)).toISOString();
}

/** What turned out not to be theirs is not held against these projects: they go on, without a try spent. */
async function takeBack(
  trx: Writer,
  now: Date,
  alike: readonly Project[],
  because: string,
): Promise<readonly Project[]> {
  const back: Project[] = [];
  for (const project of alike) {
    const createdAt = now.toISOString();
    const clean = { tries: 0, notBefore: null };
    if (project.status !== 'attention') {
      await updateProject(trx, project.id, { tries: 0, not_before: null });
      back.push({ ...project, ...clean });
      continue;
    }
    const status = next(project.status, 'retry') ?? project.status;
    const event = { projectId: project.id, runId: null, type: 'project.retried', actor: 'supervisor' };
    await updateProject(trx, project.id, {
      status,
      attention: null,
      claimed_by: null,
      tries: 0,
      not_before: null,
      updated_at: createdAt,
    });
    await appendEvent(trx, { ...event, data: { was: project.attention, because }, createdAt });
    back.push({ ...project, ...clean, status, attention: null, claimedBy: null, updatedAt: createdAt });
  }
  return back;
}

function wasKilled(outcome: Outcome | null): boolean {
  return outcome?.kind === 'crashed' && outcome.signal !== null;
}

function refusalsInARow(run: Run, earlier: readonly Run[]): number {
  const before = [...earlier].reverse();
  const first = before.findIndex(
    (one) => one.outcome?.kind !== 'request_refused' || one.sessionId !== run.sessionId,
  );
  return (first < 0 ? before.length : first) + 1;
}

/** A run that worked for this long was not a try at starting: the count of failures begins at zero. */
const HEALTHY_MS = 10 * 60_000;

function wasHealthy(run: Run, now: Date): boolean {
  return run.spawnedAt !== null && now.getTime() - Date.parse(run.spawnedAt) >= HEALTHY_MS;
}

/** More crashes than this, with nothing said and nothing changed in between, prove that trying again is no use. */
const IDLE_RUNS_ALLOWED = 3;

/** How many runs in a row, this one included, ended like this one, said nothing and left the workspace as it was. */
async function runsWithoutProgress(
  trx: Writer,
  { run, project, outcome, ending }: Settled,
  earlier: readonly Run[],
): Promise<number> {
  if (!isCrash(outcome.kind) || ending.fingerprint === null) return 0;
  const talked = new Set((await latestUpdatesOf(trx, run.projectId, 100)).map(({ runId }) => runId));
  const idle = (one: Pick<Run, 'id' | 'outcome' | 'fingerprint'>) =>
    one.outcome?.kind === outcome.kind && one.fingerprint === ending.fingerprint && !talked.has(one.id);
  const runs = [{ id: run.id, outcome, fingerprint: ending.fingerprint }, ...[...earlier].reverse()];
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
