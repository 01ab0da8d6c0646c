/** The scenario, from the start of the supervisor to the approved work in the person's folder, and what came of it. */

import { sep } from 'node:path';
import { projectDetails } from '../../bridge/queries.ts';
import type { ProjectId } from '../../project/ids.ts';
import { type Sandbox, sessionsOf } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import { approval, findWork, rejection } from './decisions.ts';
import { reportEvent } from './event-text.ts';
import { openEventWaiter } from './event-waiter.ts';
import { question } from './question.ts';
import type { Reporter } from './reporter.ts';
import { firstRound, repair, revision, type StepContext, sendPlan, startUp } from './steps.ts';

export interface ScenarioOptions {
  readonly sandbox: Sandbox;
  readonly reporter: Reporter;
  /** Aborts on ctrl-c. */
  readonly interrupted: AbortSignal;
}

/** The result, for programs. */
export interface LoopFacts {
  readonly projectId: ProjectId;
  readonly status: string;
  readonly rounds: number;
  readonly runs: number;
  readonly sessions: readonly string[];
  /** How often a failed check was sent back. */
  readonly repairs: number;
  readonly updates: number;
  /** The commit that the base branch has now; null without git. */
  readonly landed: string | null;
  readonly modelRequests: number;
  /** What Claude Code believes the scripted model has cost. Nothing was paid. */
  readonly estimatedUsd: number;
}

/** How the scenario ended. */
export type End =
  | { readonly kind: 'shown'; readonly facts: LoopFacts }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly message: string };

/** Runs it. The sandbox is left as it is then, with every process. */
export async function runScenario({ sandbox, reporter, interrupted }: ScenarioOptions): Promise<End> {
  const failed = new AbortController();
  const signal = AbortSignal.any([interrupted, failed.signal]);
  const events = openEventWaiter(sandbox.bridge, {
    report: (event) => reportEvent(reporter, event),
    live: (text) => reporter.live(text.replaceAll(sandbox.root + sep, '')),
    signal,
  });
  const context: StepContext = { sandbox, reporter, events, signal };
  try {
    await startUp(context, (message) => failed.abort(new SelftestError(message)));
    const work = await sendPlan(context);
    await firstRound(work);
    await question(work);
    await repair(work);
    const rejected = await rejection(work);
    await revision(rejected);
    const tree = await approval(rejected);
    await findWork(rejected, tree);
    return { kind: 'shown', facts: await factsOf(sandbox, work.projectId) };
  } catch (error) {
    if (interrupted.aborted) return { kind: 'interrupted' };
    // The cause of an aborted wait says more than the abort.
    const cause: unknown = failed.signal.aborted ? failed.signal.reason : error;
    if (cause instanceof SelftestError) return { kind: 'failed', message: cause.message };
    throw cause;
  } finally {
    reporter.end();
  }
}

async function factsOf(sandbox: Sandbox, projectId: ProjectId): Promise<LoopFacts> {
  const found = await projectDetails(sandbox.bridge, projectId, 100);
  if (!found.ok) throw new SelftestError(found.refusal);
  const { project, runs, updates, landings, spentUsd } = found.value;
  if (project.status !== 'complete')
    throw new SelftestError(`the project is ${project.status}, not complete`);
  return {
    projectId,
    status: project.status,
    rounds: project.round,
    runs: runs.length,
    sessions: sessionsOf(sandbox),
    repairs: runs.filter(({ kind }) => kind === 'repair').length,
    updates: updates.length,
    landed: landings.at(-1)?.toOid ?? null,
    modelRequests: sandbox.requests.length,
    estimatedUsd: spentUsd,
  };
}
