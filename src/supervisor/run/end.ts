/**
 * What remains to be done when the process of a run has ended: nothing it started is left, or the leftover is named,
 * and how it went is in the store.
 */

import { rm } from 'node:fs/promises';
import { type EndedRun, endRun } from '../../bridge/runs.ts';
import { classify } from '../../claude/outcome.ts';
import type { Reading } from '../../claude/reading.ts';
import { costOf } from '../../claude/spending.ts';
import type { Tail } from '../../claude/tail.ts';
import { messageOf } from '../../error-message.ts';
import type { Exit } from '../../machine/child.ts';
import { findStrays } from '../../machine/strays.ts';
import type { Outcome } from '../../project/outcome.ts';
import { isCrash } from '../../project/retry.ts';
import { type Run, type RunCost, UNKNOWN_COST } from '../../project/run.ts';
import { type RunFiles, runFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, patiently } from '../patience.ts';
import type { RunSetting } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import type { HeldProcess } from './held-process.ts';
import { lastLines } from './last-lines.ts';
import { neverRan } from './never-ran.ts';
import { dropPartials } from './partial-output.ts';
import { promptId } from './process.ts';
import type { RunStop } from './stop.ts';

/** Everything there is to know of a run's end, once its file is read to the end. */
interface End {
  readonly exit: Exit;
  readonly files: RunFiles;
  readonly tail: Tail;
  readonly said: Reading;
  readonly hasPartials: boolean;
  readonly stop: RunStop;
}

/** Sweeps up after a run and records its outcome. */
export async function concludeRun(
  context: Context,
  setting: RunSetting,
  process: HeldProcess,
  end: End,
): Promise<EndedRun> {
  const { bridge, config, log, token } = context;
  const { run } = setting;
  await sweepUp(context, run, process);
  const skipped = end.tail.skipped();
  if (skipped > 0) log.warn('run.lines_skipped', { run: run.id, lines: skipped });
  const outcome = await outcomeOf(setting, end);
  await removeSecrets(context, run);
  const cost = costOfRun(setting, end);
  const ending = {
    cost,
    live: { ...end.said.progress.live, currentTool: null, costUsd: cost.usd ?? 0 },
    random: Math.random(),
    fingerprint: isCrash(outcome.kind) ? await fingerprint(run.workspace) : null,
    resumeNotBefore: config.resume_not_before ?? null,
    configuredModel: config.model ?? null,
    unkept: unkept(run, end.said.unanswered),
  };
  const ended = await patiently(context, () => endRun(bridge, token, run, outcome, ending));
  // Not before its end is recorded: a successor would read the cost out of these lines too.
  if (end.hasPartials) await dropPartials(end.files.output);
  return ended;
}

/** The prompt brings messages too: where it is not kept, none is. */
function unkept(run: Run, unanswered: readonly string[]): 'all' | readonly string[] {
  return unanswered.includes(promptId(run)) ? 'all' : unanswered;
}

/**
 * Ends a run whose watching failed, in an unforeseen way: its process is ended, since nobody would hear it any more. The
 * trouble stays with this run, unless it is the supervisor's own; then it is thrown on.
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
  const ending = { ...neverRan(), cost: UNKNOWN_COST };
  const outcome: Outcome = { kind: 'lost', message: `it could not be watched any longer: ${message}` };
  await patiently(context, () => stop.gently(outcome));
  await process.exited;
  await sweepUp(context, run, process);
  await removeSecrets(context, run);
  return patiently(context, () => endRun(context.bridge, context.token, run, outcome, ending));
}

async function sweepUp(context: Context, run: Run, process: HeldProcess): Promise<void> {
  const { log } = context;
  try {
    const leftovers = await patiently(context, () => process.sweep());
    for (const { pid, name } of leftovers) log.warn('run.leftover', { run: run.id, pid, name });
    for (const { pid, name } of await findStrays(process.identity, run.workspace))
      log.warn('run.stray', { run: run.id, pid, name }, STRAY);
  } catch (error) {
    if (endsSupervisor(error)) throw error;
    log.error('run.not_swept', { run: run.id }, messageOf(error));
  }
}

const STRAY =
  'it may be left of this run: it was started meanwhile, in the same folder or service, and belongs to nobody; it was not ended';

/** What cannot be removed now is removed by the daily cleaning. */
export async function removeSecrets({ bridge, log }: Context, run: Run): Promise<void> {
  const file = runFiles(bridge.home, run.id).mcpConfig;
  await rm(file, { force: true }).catch((error: unknown) => {
    log.warn('run.secrets_left', { run: run.id, file }, messageOf(error));
  });
}

async function outcomeOf(setting: RunSetting, { exit, files, tail, said, stop }: End): Promise<Outcome> {
  return classify({
    ended: stop.because,
    started: said.init !== undefined,
    resumed: setting.resumed,
    result: said.result,
    error: said.error,
    rateLimit: said.rateLimit,
    // One that was ended for not going after its last word: how it went says nothing.
    exit: stop.begun && !stop.because ? { code: null, signal: null } : exit,
    cut: tail.cut(),
    stderr: await lastLines(files.errors).catch(() => ''),
    model: setting.run.model ?? said.init?.model ?? 'default',
    budgetUsd: setting.budgetUsd,
  });
}

/** A run whose output is gone, and whose end nobody saw, may have made requests. */
function costOfRun({ sessionSpentUsd }: RunSetting, { exit, said }: End): RunCost {
  const isLost = exit.code === null && exit.signal === null && !said.spending.requested;
  return isLost ? UNKNOWN_COST : costOf(said.spending, sessionSpentUsd);
}
