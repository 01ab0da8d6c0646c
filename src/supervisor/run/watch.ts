/** Checks a run once a second, with or without output: is it late, does it flood the disk, has it lost its folder. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import { answers } from '../../machine/answering.ts';
import { type FolderFate, folderFate } from '../../machine/folder-identity.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { RunFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import type { RunContext } from './context.ts';
import type { HeldProcess } from './held-process.ts';
import { judge, type Timeouts } from './lateness.ts';
import type { RunPhases } from './phase.ts';
import type { RunReader } from './reader.ts';
import type { RunStop } from './stop.ts';

const WATCH_EVERY_MS = 1_000;
/** A check later than this shows that the machine was suspended. */
const SUSPENDED_MS = 5_000;

interface RunParts {
  readonly files: RunFiles;
  readonly process: HeldProcess;
  readonly phases: RunPhases;
  readonly reader: RunReader;
  readonly stop: RunStop;
}

/**
 * Watches until the process has exited. Stops a run that takes too long, writes too much or has lost its folder. Throws
 * LeaseLost.
 */
export async function watchRun(
  { clock, config }: Pick<Context, 'clock' | 'config'>,
  runContext: RunContext,
  { files, process, phases, reader, stop }: RunParts,
): Promise<void> {
  const timeouts: Timeouts = {
    startMs: config.start_timeout,
    silenceMs: config.silence_timeout,
    toolMs: config.tool_timeout,
    runMs: runContext.runTimeoutMs,
    exitMs: config.exit_timeout,
    lastWordsMs: config.last_words_timeout,
  };
  const { ended } = phases;
  for (let last = clock.monotonic(); !ended.aborted; last = clock.monotonic()) {
    await clock.sleep(WATCH_EVERY_MS, ended);
    if (ended.aborted) continue;
    await process.look();
    if (phases.isStopping) continue;
    const late = clock.monotonic() - last - WATCH_EVERY_MS;
    if (late >= SUSPENDED_MS) phases.emit({ kind: 'suspended', ms: late });
    reader.report();
    const tooLarge = await overCap(files, config.run_output_max_mb);
    if (tooLarge) await stop.kill(tooLarge, files.output);
    // Before the first request, the handshake checks the folder, with an outcome of its own.
    const lost = reader.summary.init && (await lostWorkspace(runContext, clock));
    if (lost) await stop.gently(lost);
    const phase = livePhase(phases);
    if (!phase) continue;
    const lateness = judge(phase, reader.summary.progress.open.size > 0, timeouts, clock.monotonic());
    if (lateness.late) await stop.gently(lateness.outcome);
  }
}

/** The phase to judge; of a run whose stop failed, the phase before that stop. */
function livePhase({ current, isStopping }: RunPhases) {
  if (current.kind === 'ended' || isStopping) return undefined;
  return current.kind === 'stopping' ? current.live : current;
}

/**
 * The outcome of a run whose files exceed `maxMb` megabytes; undefined for others. Claude writes its files itself, so a
 * write cannot be stopped or shortened: the run is stopped, and what it wrote is kept.
 */
async function overCap(files: RunFiles, maxMb: number): Promise<Outcome | undefined> {
  const sizes = await Promise.all([files.output, files.errors].map(sizeOf));
  const writtenMb = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  return writtenMb > maxMb
    ? { kind: 'output_too_large', writtenMb: Math.round(writtenMb), maxMb }
    : undefined;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * Why to stop a run whose folder is gone; undefined while it exists, or is on a network drive that does not respond.
 * Without its folder the shell of Claude continues in the home folder (seen in 2.1.329).
 */
async function lostWorkspace(
  { run: { workspace }, workspaceIdentity }: Pick<RunContext, 'run' | 'workspaceIdentity'>,
  clock: Clock,
): Promise<Outcome | undefined> {
  const seen: { fate: FolderFate } = { fate: 'there' };
  await answers(workspace, clock, async (path) => {
    seen.fate = await folderFate(path, workspaceIdentity);
  });
  return seen.fate === 'there'
    ? undefined
    : { kind: 'workspace_missing', message: MESSAGES[seen.fate](workspace) };
}

const MESSAGES = {
  gone: (folder: string) =>
    `the folder ${folder} is gone: it was renamed or deleted while Claude worked in it, so Claude was stopped. Put it back, then retry`,
  replaced: (folder: string) =>
    `the folder ${folder} was replaced by another one while Claude worked in it, so Claude was stopped. Check which of them should be there, then retry`,
};
