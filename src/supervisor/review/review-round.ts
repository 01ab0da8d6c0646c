/**
 * Lets the owner's reviewer read what was submitted, once its checks are green. What it says goes into the evidence; that
 * it says nothing does too. It never costs the round: whoever decides is asked either way.
 */
import { endedRun, type StartedReview, startReview } from '../../bridge/review-run.ts';
import type { ToVerify } from '../../bridge/verifying.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { readFindings } from '../../claude/review-answer.ts';
import { type Remainder, remainderOf, tightest } from '../../project/budget.ts';
import { NO_COST, sumCosts } from '../../project/costs.ts';
import type { Evidence, Finding, Review, Unreviewed } from '../../project/evidence.ts';
import { isWork, type Run } from '../../project/run.ts';
import type { ReviewRules } from '../../project/work-rules.ts';
import { evidenceFiles } from '../../state-folder.ts';
import { budgetCharges } from '../budgets.ts';
import type { Context } from '../context.ts';
import type { RunStarter } from '../run/run-plan.ts';
import { eventsOf } from '../run-events.ts';
import { retryTransient } from '../transient.ts';
import { costOfRuns } from '../verify/round-record.ts';
import { takePatchBack } from './patch-folder.ts';
import { prepareReview, type ReviewTask } from './prepare-review.ts';

/**
 * The evidence with the review that the owner asks for. Undefined when `stop` aborted, or the round is no longer verified.
 * Throws StoreError, LeaseLost, and the system's error for a file of ours.
 */
export async function withReview(
  context: Context,
  starter: RunStarter,
  due: ToVerify,
  evidence: Evidence,
  stop: AbortSignal,
): Promise<Evidence | undefined> {
  const { project, completion } = due;
  const { review: rules } = projectRules(context.config, project);
  if (rules === null || evidence.checksPassed === false) return evidence;
  const { diff } = evidence;
  if (diff === null) return { ...evidence, review: unreviewed({ kind: 'not_measured' }) };
  if (diff.files === 0) return { ...evidence, review: unreviewed({ kind: 'no_changes' }) };
  const budget = await budgetOf(context, due, rules);
  if (budget.leftUsd <= 0) return { ...evidence, review: unreviewed({ kind: 'no_budget' }) };
  const started = await start(context, due, rules.model);
  if (started === undefined) return undefined;
  if (!started.ok) return { ...evidence, review: unreviewed(started.refusal) };
  const { patch } = evidenceFiles(context.bridge.stateDir, completion.runId ?? project.id);
  const task = { project, rules, budget, diff, patchFile: patch };
  const run = await runReview(context, starter, started.value, task, stop);
  if (stop.aborted) return undefined;
  const runs = [...due.runs, run].filter(({ round }) => round === completion.round);
  return { ...evidence, review: await reviewOf(context, run), cost: await costOfRuns(context, runs) };
}

/** What a review may cost, or what any other budget leaves of that. */
async function budgetOf(
  context: Context,
  { project, runs }: ToVerify,
  { maxUsd }: ReviewRules,
): Promise<Remainder> {
  const spent = sumCosts(runs.map(({ costUsd }) => costUsd));
  const charges = await retryTransient(context, () => budgetCharges(context, project, spent));
  const own = { scope: 'review', limitUsd: maxUsd, spent: NO_COST } as const;
  return tightest([own, ...charges]) ?? remainderOf(own);
}

/** It is where the work was done. */
async function start(context: Context, due: ToVerify, own: string | null) {
  const { config, lease } = context;
  const folder = due.runs.findLast(isWork)?.workspace ?? due.project.workspace;
  const model = own ?? config.model ?? null;
  const sessionId = crypto.randomUUID();
  return retryTransient(context, () => startReview(lease, due, { model, folder, sessionId }));
}

/** Returns the run as it ended. */
async function runReview(
  context: Context,
  starter: RunStarter,
  started: StartedReview,
  task: ReviewTask,
  stop: AbortSignal,
): Promise<Run> {
  const { bridge } = context;
  const { run } = started;
  const plan = {
    run,
    limits: { timeoutMs: task.rules.timeoutMs },
    earlier: [],
    prepare: () => prepareReview(context, started, task),
  };
  try {
    await starter.runToEnd(plan, stop);
  } finally {
    await takePatchBack(context, run.projectId);
  }
  return (await retryTransient(context, () => endedRun(bridge, run.id))) ?? run;
}

async function reviewOf(context: Context, run: Run): Promise<Review> {
  const { costUsd, model, modelUsed, outcome } = run;
  const findings = outcome?.kind === 'reviewed' ? await answerOf(context, run) : undefined;
  const cause: Unreviewed | null = findings
    ? null
    : {
        kind: 'ended',
        outcome: outcome === null || outcome.kind === 'reviewed' ? { kind: 'no_review' } : outcome,
      };
  return { model: modelUsed ?? model, cause, findings: findings ?? [], costUsd };
}

/** Undefined when its output holds none. */
async function answerOf(context: Context, run: Run): Promise<Finding[] | undefined> {
  let findings: Finding[] | undefined;
  for await (const event of eventsOf(context, run))
    if (event.kind === 'result') findings = readFindings(event.result.structured_output);
  return findings;
}

function unreviewed(cause: Unreviewed): Review {
  return { model: null, cause, findings: [], costUsd: 0 };
}
