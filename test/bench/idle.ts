/** What a supervisor costs that has nothing to do. */
import { systemClock } from '../../src/clock.ts';
import type { Measurement, Setting } from './measurement.ts';
import { processorMs, residentMb } from './process-cost.ts';
import { PATH, startSupervised } from './supervised.ts';

const PM2_DAEMON_MB = 57;
/** V8 tidies up once, some 8 s after a process has come to rest: that belongs to the start. */
const SETTLE_MS = 15_000;

export const idle: Measurement = {
  name: 'idle',
  title: 'An idle supervisor',
  about: `Measured: processor time of all its threads over 60 s, in percent of one processor, and resident memory at the end; it holds its lease, its queue is empty. Yardstick: a Node process with one timer that never fires, at the same time. The aim for memory is what the daemon of PM2 was seen to take (${PM2_DAEMON_MB} MB); PM2 itself is not started here.`,
  async measure({ stage, quick }: Setting) {
    const environment = { PATH, HOME: await stage.folder('home') };
    // The program it would start; it is never asked to.
    const supervised = await startSupervised(stage, { environment, claude: process.execPath });
    const bare = stage.spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], environment, {
      stdio: 'ignore',
    });
    const pids = [supervised.pid, bare.pid ?? 0] as const;
    await systemClock.sleep(SETTLE_MS, stage.signal);

    const before = await Promise.all(pids.map(processorMs));
    const from = systemClock.monotonic();
    await systemClock.sleep(quick ? 10_000 : 60_000, stage.signal);
    stage.signal.throwIfAborted();
    const after = await Promise.all(pids.map(processorMs));
    const tookMs = systemClock.monotonic() - from;
    const [ours = 0, theirs = 0] = after.map((ms, index) => (100 * (ms - (before[index] ?? 0))) / tookMs);
    const [ourMb = 0, theirMb = 0] = await Promise.all(pids.map(residentMb));
    return {
      rows: [
        { name: 'processor', unit: '%', measured: ours, yardstick: theirs, aim: { most: 0.1 } },
        { name: 'memory', unit: 'MB', measured: ourMb, yardstick: theirMb, aim: { most: PM2_DAEMON_MB } },
      ],
      notes: quick ? ['Quick: over 10 s, which hold only part of what it does now and then.'] : [],
    };
  },
};
