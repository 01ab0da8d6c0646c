/** Ends a run whose process has exited: sweeps what it started, names any leftover, and records the outcome. */

import { rm, stat } from 'node:fs/promises';
import { endRun } from '../../bridge/end-run.ts';
import type { EndedRun } from '../../bridge/ended-run.ts';
import { createEnding } from '../../bridge/ended-run.ts';
import { requestDeferredBy } from '../../bridge/requests.ts';
import { classify } from '../../claude/outcome.ts';
import type { RunSummary } from '../../claude/run-summary.ts';
import { contextOf } from '../../claude/session-context.ts';
import { costOf } from '../../claude/spending.ts';
import type { Tail } from '../../claude/tail.ts';
import { messageOf } from '../../error-message.ts';
import { findStrays } from '../../machine/strays.ts';
import type { Outcome } from '../../project/outcome.ts';
import { isCrash } from '../../project/retry.ts';
import { isWork, type Run, type RunCost, UNKNOWN_COST } from '../../project/run.ts';
import type { SessionContext } from '../../project/session-context.ts';
import { type RunFiles, runFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import type { RunContext } from './context.ts';
import { callsCutOff } from './cut-off.ts';
import { fingerprint } from './fingerprint.ts';
import type { HeldProcess } from './held-process.ts';
import { lastLines } from './last-lines.ts';
import { promptId } from './opening.ts';
import { dropPartials } from './partial-output.ts';
import type { RunPhase, RunPhases } from './phase.ts';
import type { RunStop } from './stop.ts';

/** A run whose process has exited and whose output is read to the end. */
interface ReadRun {
  readonly phases: RunPhases;
  readonly files: RunFiles;
  readonly tail: Tail;
  readonly summary: RunSummary;
  readonly hasPartials: boolean;
}

/** Sweeps up after a run and records its outcome. Throws StoreError and LeaseLost. */
export async function concludeRun(
  context: Context,
  runContext: RunContext,
  process: HeldProcess,
  read: ReadRun,
): Promise<EndedRun> {
  const { config, log, lease } = context;
  const { run } = runContext;
  const { files, hasPartials, phases, summary, tail } = read;
  await sweepUp(context, run, process);
  const skipped = tail.skipped();
  if (skipped > 0) log.warn('run.lines_skipped', { run: run.id, lines: skipped });
  // Read after the sweep: a person may cancel during it.
  const phase = endedPhase(phases);
  const outcome = await outcomeOf(context, runContext, phase, read);
  await removeSecrets(context, run);
  const cost = costOfRun(runContext, phase, summary);
  const ending = createEnding(Math.random(), {
    cost,
    context: await sessionContext(files.output, summary),
    live: { ...summary.progress.live, currentTool: null, costUsd: cost.usd ?? 0 },
    fingerprint: isCrash(outcome.kind) ? await fingerprint(run.workspace) : null,
    resumeNotBefore: config.resume_not_before ?? null,
    configuredModel: config.model ?? null,
    unkept: unkept(run, summary.unanswered),
    cutOff: await retryTransient(context, () => callsCutOff(context, run, outcome)),
  });
  const ended = await retryTransient(context, () => endRun(lease, run, outcome, ending));
  // Only after the end is recorded: a successor would also read the cost from these lines.
  if (hasPartials) await dropPartials(files.output);
  return ended;
}

/** Output that a predecessor left is read later than it was written: nothing in it is newer than its file. */
async function sessionContext(output: string, summary: RunSummary): Promise<SessionContext | null> {
  const context = contextOf(summary.context);
  const written = await stat(output).catch(() => undefined);
  if (!context || !written) return context;
  const at = written.mtime.toISOString();
  return at < context.at ? { ...context, at } : context;
}

/** The prompt contains messages too: when the conversation did not keep it, all of them wait again. */
function unkept(run: Run, unanswered: readonly string[]): 'all' | readonly string[] {
  return unanswered.includes(promptId(run)) ? 'all' : unanswered;
}

/**
 * Ends a run that can no longer be watched because of an unexpected error. Its process is stopped, since nobody reads
 * its output any more. The error affects this run only; one that ends the supervisor is rethrown.
 */
export async function giveUpRun(
  context: Context,
  run: Run,
  process: HeldProcess,
  stop: RunStop,
  error: unknown,
): Promise<EndedRun> {
  if (endsSupervisor(error)) throw error;
  const message = messageOf(error);
  context.log.error('run.unwatched', { run: run.id }, message);
  const outcome: Outcome = { kind: 'lost', message: `it could not be watched any longer: ${message}` };
  await retryTransient(context, () => stop.gently(outcome));
  await process.exited;
  await sweepUp(context, run, process);
  await removeSecrets(context, run);
  const cutOff = await retryTransient(context, () => callsCutOff(context, run, outcome));
  const ending = createEnding(Math.random(), { cost: UNKNOWN_COST, cutOff });
  return retryTransient(context, () => endRun(context.lease, run, outcome, ending));
}

async function sweepUp(context: Context, run: Run, process: HeldProcess): Promise<void> {
  const { log } = context;
  try {
    const leftovers = await retryTransient(context, () => process.sweep());
    for (const { pid, name } of leftovers) log.warn('run.leftover', { run: run.id, pid, name });
    for (const { pid, name } of await findStrays(process.identity, run.workspace))
      log.warn('run.stray', { run: run.id, pid, name }, STRAY);
  } catch (error) {
    if (endsSupervisor(error)) throw error;
    log.error('run.not_swept', { run: run.id }, messageOf(error));
  }
}

const STRAY =
  'possibly left by this run: it started meanwhile, in the same folder or service, and has no known owner. It was not ended';

/**
 * Removes the files of a run that may hold secrets. One that cannot be removed now is removed by the daily retention.
 */
export async function removeSecrets({ bridge, log }: Context, run: Run): Promise<void> {
  const file = runFiles(bridge.stateDir, run.id).mcpConfig;
  await rm(file, { force: true }).catch((error: unknown) => {
    log.warn('run.secrets_left', { run: run.id, file }, messageOf(error));
  });
}

type EndedPhase = RunPhase & { kind: 'ended' };

function endedPhase({ current }: RunPhases): EndedPhase {
  if (current.kind !== 'ended') throw new Error(`a run is concluded while it is ${current.kind}`);
  return current;
}

async function outcomeOf(
  context: Context,
  { run, resumed, resumesCall, budget }: RunContext,
  { reason, isStopped, exit }: EndedPhase,
  { files, tail, summary }: ReadRun,
): Promise<Outcome> {
  const deferred = summary.result?.deferred_tool_use;
  return classify({
    deferredRequest:
      deferred && (await retryTransient(context, () => requestDeferredBy(context.bridge, run, deferred.id))),
    resumesCall: resumesCall !== undefined,
    ended: reason,
    started: summary.init !== undefined,
    resumed,
    isReview: !isWork(run),
    result: summary.result,
    error: summary.error,
    rateLimit: summary.rateLimit,
    // We stopped the process, so its exit code means nothing.
    exit: isStopped ? { code: null, signal: null } : exit,
    cut: tail.cut(),
    stderr: await lastLines(files.errors).catch(() => ''),
    model: run.model ?? summary.init?.model ?? 'default',
    budget,
  });
}

/** A run with no output and no exit that anyone saw may have made requests: its cost is unknown. */
function costOfRun({ sessionSpentUsd }: RunContext, { exit }: EndedPhase, { spending }: RunSummary): RunCost {
  const isLost = exit.code === null && exit.signal === null && !spending.requested;
  return isLost ? UNKNOWN_COST : costOf(spending, sessionSpentUsd);
}
