/**
 * Looks at a run once a second, whether it says something or not: for one that is late, floods the disk or has lost its
 * folder.
 */
import type { RunFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import type { RunSetting } from './context.ts';
import type { HeldProcess } from './held-process.ts';
import type { LiveDisplay } from './live-state.ts';
import { lostWorkspace } from './lost-workspace.ts';
import { overCap } from './output-cap.ts';
import type { RunReader } from './reader.ts';
import type { RunStop } from './stop.ts';
import { judge, type Limits, type Vitals } from './watchdog.ts';

const WATCH_EVERY_MS = 1_000;
const STOOD_STILL_MS = 5_000;

interface Parts {
  readonly files: RunFiles;
  readonly process: HeldProcess;
  readonly reader: RunReader;
  readonly vitals: () => Vitals;
  readonly stop: RunStop;
  readonly live: LiveDisplay;
}

/** Watches until `signal` aborts, and ends a run that takes too long, writes too much or has lost its folder. */
export async function watchRun(
  context: Context,
  setting: RunSetting,
  { files, process, reader, vitals, stop, live }: Parts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, config } = context;
  const limits: Limits = {
    startMs: config.start_timeout,
    silenceMs: config.silence_timeout,
    toolMs: config.tool_timeout,
    runMs: setting.runTimeoutMs,
    exitMs: config.exit_timeout,
    lastWordsMs: config.last_words_timeout,
  };
  for (let last = clock.monotonic(); !signal.aborted; last = clock.monotonic()) {
    await clock.sleep(WATCH_EVERY_MS, signal);
    if (signal.aborted) continue;
    await process.look();
    if (stop.begun) continue;
    // Time in which this process stood still, as in a suspended machine, is not held against Claude.
    const late = clock.monotonic() - last - WATCH_EVERY_MS;
    if (late >= STOOD_STILL_MS) reader.forgive(late);
    await live.show(reader.said.progress.live);
    const tooLarge = await overCap(files, config.run_output_max_mb);
    if (tooLarge) await stop.cutOff(tooLarge, files.output);
    // Where Claude begins is looked at before its first request, and has an outcome of its own.
    const lost = reader.said.init && (await lostWorkspace(setting, clock));
    if (lost) await stop.gently(lost);
    const verdict = judge(vitals(), limits, clock.monotonic());
    if (verdict.late) await stop.gently(verdict.outcome);
  }
}
