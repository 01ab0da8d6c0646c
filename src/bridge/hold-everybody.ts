/** What follows when a run failed of what all share: everybody waits for one probe, and nothing is held against anybody. */
import { retryDelayMs } from '../project/back-off.ts';
import { type Hold, type HoldKind, isOver, probeDelayMs, subjectOf } from '../project/hold.ts';
import type { Outcome } from '../project/outcome.ts';
import { describeOutcome } from '../project/outcome-text.ts';
import { next, type Project } from '../project/project.ts';
import { limitedFamily } from '../project/quota.ts';
import { resumeTime } from '../project/resume-time.ts';
import { holdOf } from '../project/retry.ts';
import type { Run } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { allHolds } from '../store/holds.ts';
import { countRunsSince } from '../store/other-runs.ts';
import { lockProject, updateProject } from '../store/projects.ts';
import { goOn } from './attention.ts';
import type { EndedRun, EndedRunInput } from './ended-run.ts';
import { setHold } from './holds.ts';
import type { ObservedSymptoms } from './symptoms.ts';

/**
 * Sets the hold that this end calls for, or puts off the one that stands already. Nothing is held against the project, nor
 * against those that met the same before it; but one that fails again and again although others are answered lets them
 * go first for a while, so that it neither holds them each time nor costs its owner much.
 */
export async function holdEverybody(
  trx: Writer,
  now: Date,
  input: EndedRunInput,
  { blamed, failedBetweenAnswers }: ObservedSymptoms,
): Promise<EndedRun> {
  const { outcome, project, ending } = input;
  const hold = await holdFor(trx, now, input);
  const back = await takeBack(trx, now, blamed, describeOutcome(outcome));
  const parked = new Set(blamed.flatMap(({ id, status }) => (status === 'attention' ? id : [])));
  const takenBack = back.filter(({ id }) => parked.has(id));
  const its = back.find(({ id }) => id === project.id) ?? project;
  if (failedBetweenAnswers === 0) return { outcome, project: its, hold, takenBack };
  const waitMs = retryDelayMs(FIRST_WAIT_MS, failedBetweenAnswers, ending.random);
  const notBefore = new Date(now.getTime() + waitMs).toISOString();
  await updateProject(trx, project.id, { not_before: notBefore });
  return { outcome, project: { ...its, notBefore }, hold, takenBack };
}

const FIRST_WAIT_MS = 30_000;

async function holdFor(trx: Writer, now: Date, { run, outcome, ending }: EndedRunInput): Promise<Hold> {
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
  const reason = reasonOf(kind, outcome);
  const subject = subjectOf(kind, run.machineId, run.account);
  const hold: Hold = { kind, scope, reason, since: now.toISOString(), until, source: 'run' };
  await setHold(trx, subject, hold, 'supervisor');
  return hold;
}

function reasonOf(kind: HoldKind, outcome: Outcome): string {
  const description = describeOutcome(outcome);
  return kind === 'claude_failing'
    ? `Claude fails for several projects before its first answer. The last time: ${description}`
    : description;
}

/** When the next run tries: a run that was under way when the hold was set was no probe of it. */
async function probeTime(trx: Writer, now: Date, run: Run, kind: HoldKind): Promise<string> {
  const subject = subjectOf(kind, run.machineId, run.account);
  const standing = (await allHolds(trx)).find(
    (hold) => hold.kind === kind && hold.subject === subject && hold.scope === '',
  );
  const wasProbe = standing !== undefined && run.createdAt > standing.since;
  if (standing?.until && !wasProbe && !isOver(standing, now.toISOString())) return standing.until;
  // Every run that was started since then was a probe, and failed.
  const failed = wasProbe ? await countRunsSince(trx, standing.since) : 0;
  return new Date(now.getTime() + probeDelayMs(kind, failed)).toISOString();
}

/** What turned out not to be theirs is not held against these projects: they go on, without a try spent. */
async function takeBack(
  trx: Writer,
  now: Date,
  blamed: readonly Project[],
  because: string,
): Promise<readonly Project[]> {
  const back: Project[] = [];
  for (const { id } of blamed) {
    const project = await lockProject(trx, id);
    if (!project) continue;
    const createdAt = now.toISOString();
    if (project.status !== 'attention') {
      // It is over, or a person has it.
      if (!next(project, 'park')) continue;
      if (project.tries === 0 && project.notBefore === null) continue;
      // Its only change that has no event of its own.
      await updateProject(trx, project.id, { tries: 0, not_before: null, updated_at: createdAt });
      back.push({ ...project, tries: 0, notBefore: null, updatedAt: createdAt });
      continue;
    }
    const afterwards = await goOn(trx, project, next(project, 'retry') ?? project.status);
    await appendEvent(trx, {
      type: 'project.retried',
      data: { was: project.attention, because },
      projectId: project.id,
      runId: null,
      actor: 'supervisor',
      createdAt,
    });
    back.push({ ...afterwards, updatedAt: createdAt });
  }
  return back;
}
