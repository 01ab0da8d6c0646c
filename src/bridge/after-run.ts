/**
 * What follows for a project, and for the queue, from how its run ended: the rule of whose fault it is and the retry
 * table, applied within the transaction that ends the run.
 */
import { isPeriod } from '../project/budget.ts';
import { faultOf } from '../project/fault.ts';
import type { Outcome } from '../project/outcome.ts';
import { describeOutcome } from '../project/outcome-text.ts';
import { afterRun, burnsTry, isCrash } from '../project/retry.ts';
import { isWork, type Run } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { updateProject } from '../store/projects.ts';
import { runsOf } from '../store/runs.ts';
import { latestUpdatesOf } from '../store/updates.ts';
import { park } from './attention.ts';
import type { EndedRun, EndedRunInput } from './ended-run.ts';
import { holdEverybody } from './hold-everybody.ts';
import { observeSymptoms } from './symptoms.ts';

/** Gives the project nothing, a back-off, or a person's attention; or everyone a hold. */
export async function applyOutcome(trx: Writer, now: Date, input: EndedRunInput): Promise<EndedRun> {
  const { run, project, outcome, ending } = input;
  if (project.status !== 'in_progress') return { outcome, project, hold: undefined };

  const earlier = (await runsOf(trx, project.id)).filter((one) => one.id !== run.id && isWork(one));
  const symptoms = await observeSymptoms(trx, now, input, earlier);
  const fault = faultOf(outcome.kind, symptoms);
  if (fault === 'everybody') return holdEverybody(trx, now, input, symptoms);

  const idle = await runsWithoutProgress(trx, input, earlier);
  if (idle >= IDLE_RUNS_ALLOWED) {
    const what = `${describeOutcome(outcome)}; ${idle} runs in a row ended like this, said nothing and changed nothing`;
    return { outcome, project: await park(trx, project, what, now.toISOString()), hold: undefined };
  }
  const before = wasHealthy(run, now) ? 0 : project.tries;
  const tries = burnsTry(outcome.kind) ? before + 1 : before;
  const following = afterRun(outcome.kind, {
    triesInARow: tries,
    inOldSession:
      symptoms.answered || earlier.some((one) => one.sessionId === run.sessionId && one.answeredAt !== null),
    refusals: refusalsInARow(run, earlier),
    causePasses: passes(outcome),
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
    case 'park': {
      const what = describeOutcome(outcome);
      const attention = following.tries > 1 ? `${what} (${following.tries} runs in a row)` : what;
      return { outcome, project: await park(trx, project, attention, now.toISOString()), hold: undefined };
    }
  }
}

/** Another run does not meet it: it asks for another model than the session did, or waits for the next budget. */
function passes(outcome: Outcome): boolean {
  if (outcome.kind === 'budget_spent') return isPeriod(outcome.scope);
  return outcome.kind === 'model_unknown' && outcome.source === 'session';
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
  { run, project, outcome, ending }: EndedRunInput,
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
